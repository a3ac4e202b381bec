"""The names of targets in a table, and what tells that a target has changed."""

import pytest

from rnn_reference.many.content import digest
from rnn_reference.many.names import names_of


@pytest.mark.parametrize(("targets", "folders", "names"), [
    (["s/ada_123/hw5.ipynb", "s/bob_7/hw5.ipynb"], [], ["ada_123", "bob_7"]),
    (["s/ada_123/hw5.ipynb", "s/bob_7/hw5.ipynb"], ["s"], ["ada_123", "bob_7"]),
    (["s/ada/RNN final.ipynb", "s/bob/w5/hw.py"], ["s"], ["ada", "bob"]),
    (["s/ada/hw.py", "s/bob/old.py", "s/bob/w5/hw.py"], ["s/"], ["ada", "bob/old.py", "bob/w5"]),
    (["w5/ada/hw.py", "w5/bob/hw.py", "w6/ada/hw.py", "w6/bob/hw.py"], ["w5", "w6"],
     ["w5/ada", "w5/bob", "w6/ada", "w6/bob"]),
    (["s/ada.ipynb", "s/bob.ipynb"], ["s"], ["ada", "bob"]),
    (["s/ada.ipynb", "s/bob.py"], ["s"], ["ada.ipynb", "bob.py"]),
    (["examples/right.py", "mine/net.py"], [], ["examples/right", "mine/net"]),
    (["examples/right.py", "mine/net.ipynb"], [], ["examples/right.py", "mine/net.ipynb"]),
    (["torch", "/a/b.py", "x.py:Net"], [], ["torch", "/a/b.py", "x.py:Net"]),
    (["s/x.py:One", "s/x.py:Two"], [], ["x.py:One", "x.py:Two"]),
    (["s/ada_123/hw5.ipynb"], ["s"], ["ada_123"]),
    (["s/ada_123/hw5.ipynb"], [], ["hw5.ipynb"]),
    (["./s/ada/hw.py", "./s/bob/hw.py"], ["."], ["ada", "bob"]),
])  # fmt: skip
def test_a_name_is_what_is_not_common_to_all(targets, folders, names):
    """A target's name leaves out what all paths share, and keeps what tells it from the others."""
    assert names_of(targets, folders) == dict(zip(targets, names, strict=True))


def test_names_differ_in_any_tree():
    """However files lie in folders, no two have the same name."""
    tree = [f"{a}/{b}/{c}" for a in "xy" for b in ("", "p/", "p/q/") for c in ("hw.py", "p.py", "q.ipynb")]
    for step in (1, 2, 3, 5):
        for folders in ([], ["x"], ["x", "y"], ["."]):
            names = names_of(tree[::step], folders)
            assert len(set(names.values())) == len(tree[::step])


def test_a_digest_follows_the_files_that_a_target_names(tmp_path):
    """A target's digest changes with its file, and with files that it names, not with others beside it."""
    target, helper, other = tmp_path / "hw.py", tmp_path / "helper.py", tmp_path / "bob.py"
    target.write_text("from helper import step\n")
    helper.write_text("import weights\n")
    (tmp_path / "weights").mkdir()
    inner = tmp_path / "weights" / "__init__.py"
    inner.write_text("a = 1\n")
    seen = [digest(str(target))]
    for changed in (target, helper, inner):
        changed.write_text(changed.read_text() + "# more\n")
        seen.append(digest(str(target)))
    assert len(set(seen)) == 4
    other.write_text("import hw\n")
    assert digest(str(target)) == seen[-1] == digest(f"{target}:attribute")


def test_only_files_have_a_digest(tmp_path):
    """An adapter and a missing file have none; several files in one target have one together."""
    one, two = tmp_path / "one.py", tmp_path / "two.py"
    one.write_text("a = 1\n")
    assert digest("torch") == digest(str(two)) == digest(f"{one}+{two}") == ""
    two.write_text("b = 1\n")
    before = digest(f"{one}+{two}")
    two.write_text("b = 2\n")
    assert "" != before != digest(f"{one}+{two}")
