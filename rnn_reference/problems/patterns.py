"""Says for which values of a size something is wrong: for multiples, for odd values, from a threshold on."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

PERIODS = (1, 2, 3, 4, 5, 8, 16, 32, 64)

TRIED = (*range(1, 35), 40, 47, 48, 49, 63, 64, 65, 80, 95, 96, 97, 112, 127, 128, 129, 130)
"""The values of a size that are tried to find a pattern."""


class Pattern(NamedTuple):
    """The values with these residues of ``period``, from ``first`` to ``last``. Without ``last`` there is no end."""

    period: int
    residues: frozenset[int]
    first: int
    last: int | None

    def holds(self, value: int) -> bool:
        """True if the pattern has the value."""
        inside = value >= self.first and (self.last is None or value <= self.last)
        return inside and value % self.period in self.residues


def pattern_of(wrong: Mapping[int, bool]) -> Pattern | None:
    """Returns the pattern with the smallest period of the values that are wrong; None if none of these fits."""
    values = sorted(value for value, is_wrong in wrong.items() if is_wrong)
    if not values:
        return None
    for period in PERIODS:
        last = None if values[-1] + period > max(wrong) else values[-1]
        found = Pattern(period, frozenset(value % period for value in values), values[0], last)
        repeats = period == 1 or len(values) >= 2 * len(found.residues)
        if repeats and all(found.holds(value) == is_wrong for value, is_wrong in wrong.items()):
            return found
    return None


def with_ends(wrong: dict[int, bool], fails: Callable[[int], bool]) -> None:
    """Add values to the table until the first and the last of a range of wrong values are exact."""
    found = pattern_of(wrong)
    if found is None or found.period > 1:
        return
    ends = [(found.first, max((v for v in wrong if v < found.first), default=0))]
    ends += [(found.last, min(v for v in wrong if v > found.last))] if found.last is not None else []
    for inside, outside in ends:
        while abs(inside - outside) > 1:
            middle = (inside + outside) // 2
            wrong[middle] = fails(middle)
            inside, outside = (middle, outside) if wrong[middle] else (inside, middle)


def in_words(axis: str, wrong: Mapping[int, bool]) -> str:
    """Returns the pattern of a size in words: ``where T_x is a multiple of 16``."""
    values = sorted(value for value, is_wrong in wrong.items() if is_wrong)
    found = pattern_of(wrong)
    if len(values) <= 2 and values[-1] < max(wrong):
        return f"where {axis} is {' or '.join(map(str, values))}"
    if found is None:
        return f"for some values of {axis}: {', '.join(map(str, values[:6]))}"
    if found.period == 1:
        return f"for {axis} from {found.first} {'on' if found.last is None else f'to {found.last}'}"
    smallest = min(value for value in wrong if value % found.period in found.residues)
    begins = "" if found.first == smallest else f", from {found.first}"
    ends = "" if found.last is None else f", up to {found.last}"
    return f"where {axis} is {_kind(found)}{begins}{ends}"


def _kind(found: Pattern) -> str:
    period, residues = found.period, found.residues
    if period == 2:
        return "even" if residues == {0} else "odd"
    if residues == {0}:
        return f"a multiple of {period}"
    if residues == set(range(1, period)):
        return f"not a multiple of {period}"
    return f"{' or '.join(map(str, sorted(residues)))} more than a multiple of {period}"
