"""dev.py says what it is doing to the environment, and copies the template of a method."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def dev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """dev.py with an environment of its own, in which nothing is installed."""
    spec = importlib.util.spec_from_file_location("dev", ROOT / "dev.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    (tmp_path / "python").touch()
    monkeypatch.setattr(made, "MARK", str(tmp_path / "mark"))
    monkeypatch.setattr(made, "PYTHON", str(tmp_path / "python"))
    monkeypatch.setattr(made, "run", lambda arguments: 0)
    monkeypatch.setattr(made.subprocess, "call", lambda arguments: 0)
    return made


def test_the_test_packages_are_added_to_what_demo_made(dev: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    said = []
    for extras in ("[]", "[]", "[test]", "[test]", "[]"):
        dev.set_up(extras)
        said.append(capsys.readouterr().out)
    assert said == ["Setting up .venv (once; a minute or two) ...\n", "", "Adding the test packages to .venv (once) ...\n", "", ""]


@pytest.fixture
def methods(dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of methods with the template in it."""
    folder = tmp_path / "methods"
    shutil.copytree(ROOT / "methods" / "_template", folder / "_template")
    monkeypatch.setattr(dev, "METHODS", str(folder))
    return folder


def test_a_new_method_is_the_template_under_its_name(dev: ModuleType, methods: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (methods / "_template" / "__pycache__").mkdir(exist_ok=True)
    (methods / "_template" / "__pycache__" / "left.pyc").write_bytes(b"\xff")
    assert dev.new_method("river_boats") == 0
    made = {
        p.relative_to(methods / "river_boats").as_posix(): p.read_text(encoding="utf-8") for p in (methods / "river_boats").rglob("*.*")
    }
    assert set(made) == {"__init__.py", "card.toml", "example.toml", "tests/test_river_boats.py"}
    assert 'name = "river_boats"' in made["card.toml"]
    assert not [name for name, text in made.items() if "_template" in text]
    assert "4. python3 dev.py test methods/river_boats" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["River", "2boats", "river-boats", "class", "_hidden", "", "boats\n", "../boats", "bóats"])
def test_a_method_is_named_as_a_module(dev: ModuleType, methods: Path, name: str) -> None:
    with pytest.raises(SystemExit, match="small letters"):
        dev.new_method(name)
    assert [p.name for p in methods.iterdir()] == ["_template"]


def test_a_name_that_is_taken_is_left_alone(dev: ModuleType, methods: Path) -> None:
    (methods / "river_boats").mkdir()
    with pytest.raises(SystemExit, match="There is a method of that name: methods/river_boats"):
        dev.new_method("river_boats")
    assert not list((methods / "river_boats").iterdir())
