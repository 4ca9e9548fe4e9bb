"""The wheel holds what example 01 needs, in a clean environment."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.outside
def test_example_01_runs_from_the_wheel(tmp_path: Path) -> None:
    wheels, home = tmp_path / "wheels", tmp_path / "env"
    subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(wheels), str(ROOT)], check=True)
    (wheel,) = wheels.glob("evidencekit-*.whl")
    venv.create(home, with_pip=True)
    python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", str(wheel)], check=True)
    script = (ROOT / "examples" / "01_first_statistic.py").read_text(encoding="utf-8")
    made = subprocess.run([str(python), "-I", "-c", script], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert "About 1 in" in made.stdout
    assert (tmp_path / "out" / "first_statistic.json").is_file()
    found = subprocess.run(
        [str(python), "-I", "-c", "import evidencekit; print(evidencekit.__file__)"], check=True, capture_output=True, text=True
    )
    assert str(home) in found.stdout
