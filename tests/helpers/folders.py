"""The folders that tests read."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
RIGHT = ROOT / "tests" / "targets" / "right"
OWN = RIGHT.parent / "own"
MISBEHAVING = ROOT / "tests" / "targets" / "misbehaving"
BLACK_BOXES = ROOT / "tests" / "targets" / "black_boxes.py"
