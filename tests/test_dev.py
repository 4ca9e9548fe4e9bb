"""dev.py says what it is doing to the environment."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def dev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """dev.py with an environment of its own, in which nothing is installed."""
    spec = importlib.util.spec_from_file_location("dev", Path(__file__).resolve().parents[1] / "dev.py")
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
