"""Every example runs from top to bottom in an empty folder, and the README's script prints what the README shows."""

from __future__ import annotations

import re
import runpy
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
NEED_A_FILE = {"02_national_school_survey"}  # run by tests/test_real_survey.py
TAKE_LONG = {"05_draw_a_sample"}  # a hundred samples
RUN = [pytest.param(p, marks=pytest.mark.slow if p.stem in TAKE_LONG else (), id=p.stem) for p in EXAMPLES if p.stem not in NEED_A_FILE]


@pytest.mark.parametrize("path", RUN)
def test_example_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [str(path)])
    runpy.run_path(str(path), run_name="__main__")
    assert "about 1 in" in capsys.readouterr().out.lower()
    assert list((tmp_path / "out").iterdir())
    for written in re.findall(r'out / "([^"]+)"', path.read_text(encoding="utf-8")):
        assert (tmp_path / "out" / written).exists()  # a ledger that was opened was written to as well


def test_the_readme_shows_what_its_script_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    script, shown = re.search(r"```python\n(.*?)```\n\n((?:    [^\n]*\n|\n)+)", text, re.DOTALL).groups()
    monkeypatch.chdir(tmp_path)
    exec(compile(script, "README.md", "exec"), {})
    printed = capsys.readouterr().out.rstrip("\n")
    assert [line.removeprefix("    ") for line in shown.rstrip("\n").split("\n")] == printed.split("\n")
    assert (tmp_path / "dots.png").stat().st_size > 10_000
    assert len([line for line in script.splitlines() if line]) <= 15
