"""A method is added by a folder or by an entry point of another package, and what cannot be loaded is named."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import evidencekit as ek
from evidencekit.errors import InputError
from evidencekit.testing import check_method

ROOT = Path(__file__).resolve().parents[2]
THIRD_PARTY = Path(__file__).parent / "third_party"
Install = Callable[[str, str, str], None]


@pytest.fixture
def no_trace() -> Iterator[None]:
    """What a test imports is forgotten after it."""
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name.split(".")[0] in ("kiosk_survey", "planted"):
            del sys.modules[name]


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_trace: None) -> Install:
    """Install a package `planted` with some code and one entry point, by a name and a value."""

    def install(code: str, name: str, value: str) -> None:
        (tmp_path / "planted").mkdir()
        (tmp_path / "planted" / "__init__.py").write_text(code, encoding="utf-8")
        about = tmp_path / "planted-3.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text("Metadata-Version: 2.1\nName: planted\nVersion: 3.0\n", encoding="utf-8")
        (about / "entry_points.txt").write_text(f"[evidencekit.methods]\n{name} = {value}\n", encoding="utf-8")
        monkeypatch.syspath_prepend(str(tmp_path))

    return install


@pytest.mark.usefixtures("no_trace")
def test_another_package_adds_a_method(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "kiosk_survey" not in ek.method_names()
    monkeypatch.syspath_prepend(str(THIRD_PARTY))
    assert "kiosk_survey" in ek.method_names()
    assert "kiosk_survey" not in sys.modules, "names are listed without loading anything"
    found = check_method(ek.method_named("kiosk_survey"), sims=40)
    assert found.coverage is None
    assert found.floor is None
    assert "none: its numbers carry no interval" in repr(found)


def test_a_name_clash_names_both_and_hides_nothing(installed: Install) -> None:
    installed("METHOD = 1\n", "household_one_child", "planted:METHOD")
    for call in (ek.method_names, lambda: ek.method_named("household_one_child")):
        with pytest.raises(InputError, match="Two methods are called 'household_one_child'") as caught:
            call()
        assert "the folder methods/household_one_child" in str(caught.value)
        assert "the entry point planted:METHOD of the package planted" in str(caught.value)


@pytest.mark.parametrize(
    ("code", "says", "behind"),
    [
        ("import a_package_that_is_not_here\n", "ModuleNotFoundError: No module named 'a_package_that_is_not_here'", ModuleNotFoundError),
        ("METHOD = 1 / 0\n", "ZeroDivisionError: division by zero", ZeroDivisionError),
        ("def METHOD(:\n", "SyntaxError", SyntaxError),
        ("import sys\nsys.exit('no licence')\n", "SystemExit: no licence", SystemExit),
        ("OTHER = 1\n", "AttributeError: module 'planted' has no attribute 'METHOD'", AttributeError),
        (
            "import evidencekit as ek\nMETHOD = ek.planning.read_card(__file__)\n",
            "InputError: The card is not TOML",
            InputError,
        ),
    ],
)
def test_what_cannot_be_loaded_is_named_with_what_went_wrong(installed: Install, code: str, says: str, behind: type) -> None:
    installed(code, "boats", "planted:METHOD")
    assert "boats" in ek.method_names(), "a broken one does not hide the others"
    assert ek.method_named("household_one_child").name == "household_one_child"
    with pytest.raises(InputError) as caught:
        ek.method_named("boats")
    assert "The method boats (the entry point planted:METHOD of the package planted) cannot be loaded" in str(caught.value)
    assert says in str(caught.value)
    assert isinstance(caught.value.__cause__, behind)


@pytest.mark.parametrize("code", ["METHOD = None\n", "METHOD = 'boats'\n", "from evidencekit.planning import Method as METHOD\n"])
def test_a_method_of_a_wrong_type(installed: Install, code: str) -> None:
    installed(code, "boats", "planted:METHOD")
    with pytest.raises(InputError, match=r"the entry point planted:METHOD of the package planted gives for boats is a \w+, not a"):
        ek.method_named("boats")


def test_an_entry_point_without_an_object_gives_a_module(installed: Install) -> None:
    installed("", "boats", "planted")
    with pytest.raises(InputError, match=r"is a module, not a planning\.Method"):
        ek.method_named("boats")


def test_an_entry_point_and_a_card_have_one_name(installed: Install) -> None:
    code = f"import sys\nsys.path.insert(0, {str(THIRD_PARTY)!r})\nfrom kiosk_survey import METHOD\nsys.path.pop(0)\n"
    installed(code, "boats", "planted:METHOD")
    with pytest.raises(InputError, match="calls its method otherwise"):
        ek.method_named("boats")


@pytest.mark.parametrize(
    ("asked", "hint"), [("household_one_chld", "Did you mean 'household_one_child'"), ("zzz", "There are "), (3, "There")]
)
def test_an_unknown_name(asked: object, hint: str) -> None:
    with pytest.raises(InputError, match="There is no method of that name") as caught:
        ek.method_named(asked)  # pyright: ignore[reportArgumentType]
    assert hint in str(caught.value)


def test_a_copy_of_the_template_is_found_and_passes(tmp_path: Path) -> None:
    """`dev.py new-method` in a copy of the checkout; nothing else of it changes."""
    for name in ("src", "methods"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "dev.py", tmp_path / "dev.py")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    code = (
        "import evidencekit as ek\nfrom evidencekit.testing import check_method\n"
        "assert 'river_boats' in ek.method_names()\nassert '_template' not in ek.method_names()\n"
        "print(check_method(ek.method_named('river_boats'), sims=60).method)"
    )
    for command in (["dev.py", "new-method", "river_boats"], ["-c", code]):
        made = subprocess.run([sys.executable, *command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert made.returncode == 0, made.stderr
    assert made.stdout == "river_boats\n"
    assert {path: path.read_bytes() for path in before} == before
    assert {p.relative_to(tmp_path).parts[:2] for p in tmp_path.rglob("*") if p.is_file() and p not in before} == {
        ("methods", "river_boats")
    }


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout of which `dev.py new-method` needs no more."""
    shutil.copy(ROOT / "dev.py", tmp_path / "dev.py")
    shutil.copytree(ROOT / "methods" / "_template", tmp_path / "methods" / "_template", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def new_method(checkout: Path, *names: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "dev.py", "new-method", *names]
    return subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (("x" * 300,), "at most 60 small letters"),
        (("class",), "small letters"),
        (("../boats",), "small letters"),
        (("Boats",), "small letters"),
        (("",), "small letters"),
        (("_template",), "small letters"),
        ((), "usage"),
        (("one", "two"), "usage"),
    ],
)
def test_names_under_which_no_method_is_made(checkout: Path, names: tuple[str, ...], says: str) -> None:
    made = new_method(checkout, *names)
    assert made.returncode != 0
    assert says in made.stderr
    assert "Traceback" not in made.stderr
    assert [one.name for one in (checkout / "methods").iterdir()] == ["_template"]


def test_a_method_is_made_once_and_from_a_template(checkout: Path) -> None:
    assert new_method(checkout, "boats").returncode == 0
    again = new_method(checkout, "boats")
    assert "There is a method of that name" in again.stderr
    shutil.rmtree(checkout / "methods" / "_template")
    without = new_method(checkout, "ferries")
    assert (without.returncode, "There is no template to copy" in without.stderr) == (1, True)
    assert not (checkout / "methods" / "ferries").exists()


def test_a_copy_that_fails_leaves_nothing(checkout: Path) -> None:
    (checkout / "methods" / "_template" / "gone.py").symlink_to(checkout / "nowhere")
    made = new_method(checkout, "boats")
    assert "methods/boats cannot be made: No such file" in made.stderr
    assert not (checkout / "methods" / "boats").exists()
