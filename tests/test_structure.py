"""The house limits hold, the checks that say so can fail, and the top level is the committed list of names."""

from __future__ import annotations

import ast
import inspect
import pkgutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import evidencekit as ek
import house

ROOT = Path(__file__).resolve().parents[1]


def test_house_limits() -> None:
    assert house.problems() == []


LONG = "def f() -> None:\n" + "    pass\n" * 60
WIDE = "def f(a, *, b, c, d, e, g, h, i, j, k): ...\n"
PLANTED = {
    "a file of 401 lines": ({"src/evidencekit/a.py": "#\n" * 401}, "401 lines"),
    "a function of 61 lines": ({"tests/test_a.py": LONG}, "61 lines without its docstring"),
    "nine options": ({"methods/m/__init__.py": WIDE}, "9 parameters"),
    "kwargs": ({"src/evidencekit/a.py": "def f(a, **kw): ...\n"}, "takes **kwargs"),
    "a network client": ({"src/evidencekit/a.py": "def f():\n    from urllib.request import urlopen\n"}, "imports urllib"),
    "a method named by the core": ({"src/evidencekit/a.py": "from evidencekit.methods import rds\n"}, "never names one"),
    "an absolute path": ({"tests/a/make.R": "read.csv('" + "/" + "home/me/a.csv')\n"}, "an absolute path"),
    "an absolute path at the top": ({"README.md": "C:" + "\\Users\\me"}, "an absolute path"),
    "a cycle hidden in a function": (
        {"src/evidencekit/a.py": "def f():\n    from evidencekit import b\n", "src/evidencekit/b.py": "from evidencekit.a import f\n"},
        "evidencekit.a -> evidencekit.b -> evidencekit.a",
    ),
    "a cycle through relative imports": (
        {"src/evidencekit/b/c.py": "from . import d\n", "src/evidencekit/b/d.py": "def f():\n    from .c import g\n"},
        "evidencekit.b.c -> evidencekit.b.d -> evidencekit.b.c",
    ),
    "a cycle through a package": (
        {"src/evidencekit/b/__init__.py": "from evidencekit.b.c import f\n", "src/evidencekit/b/c.py": "import evidencekit.b\n"},
        "evidencekit.b -> evidencekit.b.c -> evidencekit.b",
    ),
    "a cycle through a lazy import": (
        {"src/evidencekit/a.py": "import_module('evidencekit.b')\n", "src/evidencekit/b.py": "import evidencekit.a\n"},
        "evidencekit.a -> evidencekit.b -> evidencekit.a",
    ),
    "a cycle for type checkers only": (
        {
            "src/evidencekit/a.py": "if TYPE_CHECKING:\n    from evidencekit.b import B\n",
            "src/evidencekit/b.py": "import evidencekit.a\n",
        },
        "",
    ),
    "the lazy top level used inside": (
        {
            "src/evidencekit/__init__.py": "if TYPE_CHECKING:\n    from evidencekit.a import A\n",
            "src/evidencekit/a.py": "from evidencekit import B\n",
        },
        "evidencekit -> evidencekit.a -> evidencekit",
    ),
}


@pytest.mark.parametrize("case", PLANTED)
def test_house_sees_what_is_planted(case: str, tmp_path: Path) -> None:
    planted, expected = PLANTED[case]
    for name, text in planted.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = house.problems(tmp_path)
    assert [expected in problem for problem in found] == ([True] if expected else [])


def test_top_level_is_the_committed_list() -> None:
    assert ek.__all__ == sorted(ek.__all__)
    assert set(ek.__all__) == {*ek._ROOMS, "__version__"}
    assert len(ek.__all__) <= 50
    assert dir(ek) == sorted([*ek.__all__, *ek._MODULES])


@pytest.mark.parametrize("name", ek._ROOMS)
def test_names_resolve_to_their_room(name: str) -> None:
    made = getattr(ek, name)
    assert made is getattr(getattr(ek, ek._ROOMS[name]), name)
    assert made.__module__.startswith(f"evidencekit.{ek._ROOMS[name]}")


def test_rooms_are_reachable_and_no_name_is_a_module_too() -> None:
    modules = {m.name.rpartition(".")[2] for m in pkgutil.walk_packages(ek.__path__, "evidencekit.")}
    assert set(ek._ROOMS.values()) <= set(ek._MODULES) <= modules
    assert all(inspect.ismodule(getattr(ek, room)) for room in ek._MODULES)
    assert not modules & set(ek.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'proportions'"):
        _ = ek.proportions


def test_type_checkers_see_the_same_names() -> None:
    tree = ast.parse(inspect.getsource(ek))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {alias.name: node.module for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    wanted = {name: f"evidencekit.{room}" for name, room in ek._ROOMS.items()}
    assert seen == wanted | dict.fromkeys(ek._MODULES, "evidencekit")


def test_version_is_the_one_that_is_built() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert ek.__version__ == project["version"]
    assert f"version: {ek.__version__}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


def test_constraints_name_no_place() -> None:
    for path in (ROOT / "constraints").glob("py*.txt"):
        for line in path.read_text(encoding="utf-8").splitlines():
            assert line.startswith("#") or line.count("==") == 1, line
            assert "/" not in line, line


@pytest.mark.parametrize("version", [(3, 4), (3, 7)])
def test_dev_parses_on_old_pythons(version: tuple[int, int]) -> None:
    ast.parse((ROOT / "dev.py").read_text(encoding="utf-8"), feature_version=version)


def test_dev_names_what_it_can_do() -> None:
    made = subprocess.run([sys.executable, str(ROOT / "dev.py"), "dance"], capture_output=True, text=True, check=False)
    assert made.returncode == 1
    assert made.stderr.startswith("usage: python3 dev.py demo | test | check | bench NAME | new-method NAME | methods-page")
