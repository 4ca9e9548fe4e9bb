"""Every example runs from top to bottom in an empty folder."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).resolve().parents[1] / "examples").glob("*.py"))
NEED_A_FILE = {"02_national_school_survey"}  # run by tests/test_real_survey.py


@pytest.mark.parametrize("path", [p for p in EXAMPLES if p.stem not in NEED_A_FILE], ids=lambda path: path.stem)
def test_example_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [str(path)])
    runpy.run_path(str(path), run_name="__main__")
    assert "About 1 in" in capsys.readouterr().out
    assert list((tmp_path / "out").iterdir())
