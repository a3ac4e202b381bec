"""The wheel works in other environments and projects, and does not change them."""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import venv
import zipfile
from types import SimpleNamespace

import pytest
from folders import ROOT

from rnn_reference.implementations.adapters import names, package_of
from rnn_reference.paths import golden_folder

pytestmark = pytest.mark.waits


def _pip(*arguments, python=sys.executable):
    command = [python, "-m", "pip", "--quiet", "--disable-pip-version-check", *map(str, arguments)]
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=500)


def _source(folder):
    """A copy of the files that git tracks, or would track. Other files of the clone cannot get into the wheel."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    for name in listed:
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The wheel and the source distribution: ``wheel`` made from the sources, ``again`` from ``sdist``."""
    pytest.importorskip("build", reason="build is not installed: pip install 'rnn-reference[dev]'")
    folder = tmp_path_factory.mktemp("build")
    source = _source(folder / "source")
    for kind, out in (("--wheel", "direct"), (None, "both")):
        command = [sys.executable, "-m", "build", *([kind] if kind else []), "--outdir", folder / out, source]
        done = subprocess.run(command, capture_output=True, text=True, timeout=500, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    (wheel,), (again,) = (folder / "direct").glob("*.whl"), (folder / "both").glob("*.whl")
    return SimpleNamespace(wheel=wheel, again=again, source=source)


@pytest.fixture(scope="session")
def site(built, tmp_path_factory):
    """A folder of installed packages with the wheel in it; its name has spaces and letters that are not ASCII."""
    folder = tmp_path_factory.mktemp("site") / "größe der Welt"
    _pip("install", "--no-deps", "--target", folder, built.wheel)
    return folder


@pytest.fixture
def project(tmp_path):
    """Somebody's project: settings that would disturb others, a folder named checks, a right network."""
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "own_spec.py").write_text("def test_own():\n    assert True\n")
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\npython_files = *_spec.py\naddopts = -ra --strict-markers --strict-config\n"
        "filterwarnings = error\nmarkers =\n    slow: theirs\npython_functions = test_own*\ntestpaths = checks\n"
    )
    shutil.copy(ROOT / "examples" / "right.py", tmp_path / "mein Netz.py")
    return tmp_path


@pytest.fixture
def installed(site):
    """Run Python with the wheel installed, and nothing of the clone in reach."""

    def run(*arguments, cwd, **environment):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_",))}
        settings = {"PYTHONPATH": str(site), "NO_COLOR": "1", "COLUMNS": "100", **environment}
        return subprocess.run(
            [sys.executable, *map(str, arguments)], cwd=cwd, env=kept | settings,
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip

    return run


def test_the_wheel_holds_one_package(built):
    """The wheel's top level has rnn_reference alone. Checks, golden values and settings are inside it."""
    names = zipfile.ZipFile(built.wheel).namelist()
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"rnn_reference"}
    inside = {name.removeprefix("rnn_reference/") for name in names}
    assert {"py.typed", "checks/ids.txt", "isolated.ini", "checks/conftest.py"} <= inside
    assert {f"cells/rnn/golden/{path.name}" for path in golden_folder().glob("*.json")} <= inside
    assert not any("__pycache__" in name or name.startswith("rnn_reference/tests") for name in names)


def test_the_source_distribution_makes_the_same_wheel(built):
    """The wheel that comes out of the source distribution has the same files with the same contents."""
    first, second = (zipfile.ZipFile(wheel) for wheel in (built.wheel, built.again))
    assert {i.filename: i.CRC for i in first.infolist()} == {i.filename: i.CRC for i in second.infolist()}


def test_the_entry_point_bears_its_modules_name(site):
    """So that a clone's conftest and an installed package load the plugin once between them."""
    (metadata,) = site.glob("rnn_reference-*.dist-info")
    assert "[pytest11]\nrnn_reference.plugin = rnn_reference.plugin" in (metadata / "entry_points.txt").read_text()


def test_a_clone_beside_an_installation(built, installed):
    """In a clone, with the wheel installed as well, pytest runs: the plugin is there once, and it is the clone's."""
    path = f"{built.source}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    done = installed("-m", "pytest", "-q", "checks/test_protocol.py", f"--rnn={ROOT / 'examples' / 'right.py'}",
                     cwd=built.source)  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr + path
    assert "right.py: conforms" in done.stdout


WAYS = {
    "plain": [],
    "in two processes": ["-n", "2"],
    "without a cache": ["-p", "no:cacheprovider"],
    "imported otherwise": ["--import-mode=importlib"],
}


@pytest.mark.parametrize("way", WAYS)
def test_inside_somebodys_project(installed, project, way):
    """``pytest --pyargs rnn_reference.checks`` runs all checks, independently of the project's own settings."""
    options = ["--rnn=mein Netz.py", "--rnn-examples=1", "--rnn-report=report.json"]
    done = installed("-m", "pytest", "--pyargs", "rnn_reference.checks", *options, *WAYS[way], cwd=project)
    assert done.returncode == 0, done.stdout + done.stderr
    ids = [check["id"] for check in json.loads((project / "report.json").read_text())["checks"]]
    known = (ROOT / "checks" / "ids.txt").read_text().split()
    assert sorted(ids) == sorted(check for check in known if "[lstm" not in check)


def test_the_projects_own_tests_are_left_alone(installed, project):
    """A pytest run that has nothing to do with us runs its own tests, and has nothing of ours in it."""
    done = installed("-m", "pytest", cwd=project)
    assert (done.returncode, "1 passed" in done.stdout) == (0, True), done.stdout + done.stderr
    assert "conforms" not in done.stdout


def test_the_plugin_imports_nothing_heavy(installed, tmp_path):
    """In a foreign run the plugin is there, and has brought in no numpy."""
    (tmp_path / "test_own.py").write_text(
        "import sys\n\ndef test_own(pytestconfig):\n"
        "    assert pytestconfig.pluginmanager.hasplugin('rnn_reference.plugin')\n"
        "    assert not {'numpy', 'nbformat', 'jinja2'} & set(sys.modules)\n"
    )
    done = installed(
        "-m", "pytest", "-q", "-p", "rnn_reference.plugin", cwd=tmp_path, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"
    )
    assert done.returncode == 0, done.stdout


def test_a_read_only_installation(installed, site, project):
    """Nothing is written into the folder of the package, which may be read-only."""
    folders = [site, *(path for path in site.rglob("*") if path.is_dir())]
    before = sorted(site.rglob("*"))
    try:
        for folder in folders:
            folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
        done = installed(
            "-m", "rnn_reference", "mein Netz.py", "--rnn-examples=1", cwd=project, PYTHONDONTWRITEBYTECODE="1"
        )
    finally:
        for folder in folders:
            folder.chmod(stat.S_IRWXU)
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(site.rglob("*")) == before


def test_an_absolute_path_from_a_clone(built, project, run):
    """From a clone an absolute path works with ``=``, also one with spaces."""
    done = run("-m", "pytest", "-q", f"--rnn={project / 'mein Netz.py'}", "--rnn-only=protocol", cwd=built.source)
    assert done.returncode == 0, done.stdout + done.stderr


def _fresh(folder):
    venv.create(folder, with_pip=True)
    return folder / ("Scripts" if os.name == "nt" else "bin") / "python"


def test_from_the_wheel_to_a_verdict_in_two_commands(built, tmp_path):
    """A stranger with an empty environment gets from the wheel to a page on a notebook in two commands."""
    python = _fresh(tmp_path / "new")
    _pip("install", f"{built.wheel}[check]", python=python)
    shutil.copy(ROOT / "examples" / "document.ipynb", tmp_path / "homework.ipynb")
    command = [python.parent / "rnn-check", "homework.ipynb", "--rnn-report=verdict.html"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "carry-dropped" in (tmp_path / "verdict.html").read_text(encoding="utf-8")


TOLERANCES = (
    "import json; from rnn_reference.problems.problem import Problem;"
    "from rnn_reference.problems.answers import network_answers;"
    "print(json.dumps({name: float(value.max()) for name, value in network_answers(Problem()).tolerance.items()}))"
)
"""The largest tolerance of each tensor of a problem, as a line of JSON."""


@pytest.mark.slow
def test_oldest_versions(built, tmp_path):
    """The oldest versions that the package says it works with give the same verdict, by the same tolerances."""
    python = _fresh(tmp_path / "old")
    oldest = ("numpy==1.26.0", "pytest==8.4.0", "nbformat==5.9.0")
    _pip("install", *oldest, f"{built.wheel}[check]", python=python)
    done = subprocess.run(
        [python, "-m", "rnn_reference", ROOT / "examples" / "right.py"],
        cwd=tmp_path, capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    theirs = subprocess.run([python, "-c", TOLERANCES], capture_output=True, text=True, check=True, cwd=tmp_path).stdout
    ours = subprocess.run(
        [sys.executable, "-c", TOLERANCES], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout
    assert json.loads(theirs) == pytest.approx(json.loads(ours), rel=0.01)


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """What ``make`` would run in a fresh clone, or with some environments already made."""

    def made(*arguments, has=()):
        environment = tmp_path_factory.mktemp("environment")
        for name in has:
            (environment / name).touch()
        command = ["make", "--dry-run", f"VENV={environment}", *arguments]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        return re.findall(r"--editable '\.\[(.*)\]'", done.stdout)

    return made


@pytest.mark.parametrize("arguments, installs", [
    ((), ["check"]), (("RNN=homework.ipynb",), ["check"]), (("RNN=my torch notes.ipynb",), ["check", "check,torch"]),
    (("RNN=flax-nnx",), ["check", "check,flax"]), (("RNN=model.onnx",), ["check", "check,onnxruntime"]),
    (("RNN=layer.py:L", "WITH=torch jax"), ["check", "check,jax", "check,torch"]),
])  # fmt: skip
def test_make_check_installs_what_the_target_needs(made, arguments, installs):
    """``make check`` installs little, and a framework when the target names it."""
    assert made("check", *arguments) == installs


@pytest.mark.parametrize("name", names())
def test_make_check_knows_every_framework(made, name):
    """Every adapter that needs a package gets it by its name."""
    extra = package_of(name)
    assert made("check", f"RNN={name}")[1:] == ([] if extra in ("reference", "stepwise") else [f"check,{extra}"])


def test_make_test_installs_everything_also_after_make_check(made):
    """``make test`` installs everything, after ``make check`` too; then ``make check`` installs nothing more."""
    assert made("test") == ["dev"]
    assert made("test", has=["check"]) == ["dev"]
    assert made("check", "RNN=torch", has=["ready", "check"]) == []
