"""Changes of numpy source that cosmic-ray has no operator for. Each gives the texts for the place of a node."""

import functools
from collections.abc import Callable, Iterator

import parso
from cosmic_ray.operators.operator import Operator
from parso.python.tree import Name
from parso.tree import NodeOrLeaf

Texts = Callable[[NodeOrLeaf], list[str]]


class Rewrite(Operator):
    """An operator of cosmic-ray that puts each of some texts in place of a node."""

    def __init__(self, texts: Texts):
        self.name, self.texts = texts.__name__.replace("_", " "), texts

    def mutation_positions(self, node: NodeOrLeaf) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
        """Yield the place of a node once for each text."""
        for _ in self.texts(node):
            yield node.start_pos, node.end_pos

    def mutate(self, node: NodeOrLeaf, index: int) -> NodeOrLeaf:
        """Return the node of a text."""
        return parso.parse(node.get_first_leaf().prefix + self.texts(node)[index])

    @classmethod
    def examples(cls) -> tuple[()]:
        """Return no examples: the tests have them."""
        return ()


def statement_dropped(node: NodeOrLeaf) -> list[str]:
    """Return ``pass`` for a statement of a function."""
    return ["pass\n"] if node.type == "simple_stmt" and node.parent.type == "suite" else []


def operand_dropped(node: NodeOrLeaf) -> list[str]:
    """Return a sum or a product without each of its operands."""
    if node.type not in ("arith_expr", "term"):
        return []
    parts, sign = node.children, "-" if node.children[1] == "-" else ""
    without = [[*parts[: k - 1], *parts[k + 1 :]] for k in range(2, len(parts), 2)]
    return [sign + _code(parts[2:]), *map(_code, without)]


def call_dropped(node: NodeOrLeaf) -> list[str]:
    """Return the first argument in place of a call, and the object in place of a call of its method."""
    if node.type not in ("atom_expr", "power"):
        return []
    parts, found = node.children, []
    for k, part in enumerate(parts[1:], 1):
        if part.type != "trailer" or part.children[0] != "(":
            continue
        if parts[k - 1].type == "trailer" and parts[0].get_code(False) != "np":
            found.append(_code(parts[: k - 1]) + _code(parts[k + 1 :]))
        elif argument := _first_argument(part):
            found.append(f"({argument}){_code(parts[k + 1 :])}")
    return found


def _first_argument(call: NodeOrLeaf) -> str:
    inner = call.children[1]
    first = inner.children[0] if inner.type == "arglist" else inner
    return "" if first.type == "argument" or first == ")" else first.get_code(False)


def transpose_dropped(node: NodeOrLeaf) -> list[str]:
    """Return nothing in place of ``.T``."""
    return [""] if node.type == "trailer" and node.get_code(False) == ".T" else []


def slice_turned(node: NodeOrLeaf) -> list[str]:
    """Return ``:n`` for ``n:`` and the other way round, and a slice without its step."""
    if node.type != "subscript":
        return []
    *ends, last = node.children
    return [_code(ends) or ":"] if last.type == "sliceop" else [_code(node.children[::-1])]


def sum_overwritten(node: NodeOrLeaf) -> list[str]:
    """Return ``=`` in place of ``+=`` and ``|=``."""
    return ["="] if node.type == "operator" and node.value in ("+=", "|=") else []


def product_by_element(node: NodeOrLeaf) -> list[str]:
    """Return ``*`` in place of ``@``."""
    return ["*"] if node.type == "operator" and node.value == "@" and node.parent.type == "term" else []


def another_name(node: NodeOrLeaf) -> list[str]:
    """Return the names of the same function that come first before and after a name that is read."""
    function = node.search_ancestor("funcdef") if isinstance(node, Name) else None
    if function is None or node.is_definition() or node.parent.type in ("trailer", "param", "funcdef"):
        return []
    if node.parent.type == "argument" and node.parent.children[0] is node:
        return []
    return _neighbours(node.value, _variables(function))


@functools.lru_cache(maxsize=64)
def _variables(function: NodeOrLeaf) -> list[str]:
    return [leaf.value for leaf in _leaves(function) if _is_variable(leaf)]


def _is_variable(leaf: NodeOrLeaf) -> bool:
    return isinstance(leaf, Name) and leaf.is_definition() and leaf.parent.type not in ("funcdef", "trailer")


def another_string(node: NodeOrLeaf) -> list[str]:
    """Return the strings of the file that come first before and after a string."""
    return _neighbours(node.value, _strings(node.get_root_node())) if _is_string(node) else []


@functools.lru_cache(maxsize=64)
def _strings(module: NodeOrLeaf) -> list[str]:
    return [leaf.value for leaf in _leaves(module) if _is_string(leaf)]


def _is_string(leaf: NodeOrLeaf) -> bool:
    return leaf.type == "string" and not leaf.value.startswith('"""')


def _neighbours(own: str, every: list[str]) -> list[str]:
    """Return the one before and the one after, in the order of their first places."""
    ordered = list(dict.fromkeys(every))
    if own not in ordered:
        return []
    place = ordered.index(own)
    return [*ordered[max(0, place - 1) : place], *ordered[place + 1 : place + 2]]


def _leaves(node: NodeOrLeaf) -> Iterator[NodeOrLeaf]:
    leaf, last = node.get_first_leaf(), node.get_last_leaf()
    while leaf is not None:
        yield leaf
        leaf = None if leaf is last else leaf.get_next_leaf()


def _code(nodes: list[NodeOrLeaf]) -> str:
    return "".join(node.get_code() for node in nodes).strip()


REWRITES = [
    Rewrite(texts)
    for texts in (
        statement_dropped, operand_dropped, call_dropped, transpose_dropped, slice_turned, sum_overwritten,
        product_by_element, another_name, another_string,
    )
]  # fmt: skip
