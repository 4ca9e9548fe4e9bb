"""The wheel, in a clean environment and an empty folder, does what the first example shows."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "01_first_statistic.py"
CONSTRAINTS = ROOT / "constraints" / f"py{sys.version_info.major}.{sys.version_info.minor}.txt"


def call(*command: str | Path, cwd: Path) -> str:
    """What a command prints; its own words when it fails."""
    made = subprocess.run([str(c) for c in command], cwd=cwd, capture_output=True, text=True, encoding="utf-8", check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    return made.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    call(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", out, ROOT, cwd=out)
    (made,) = out.glob("*.whl")
    return made


@pytest.mark.outside
def test_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"evidencekit"}
    assert "evidencekit/py.typed" in names
    assert "evidencekit/methods/__init__.py" in names
    assert not [name for name in names if "/tests/" in name or "/_template/" in name]
    ours = {p.relative_to(ROOT / "src").as_posix() for kind in ("*.py", "*.toml", "*.po", "*.pot") for p in (ROOT / "src").rglob(kind)}
    assert "evidencekit/instrument/indicators/catalogue/victimisation.toml" in ours
    assert "evidencekit/disclosure/profiles/files/child-survey.toml" in ours
    assert "evidencekit/findings/languages/catalogues/km.po" in ours
    assert ours <= set(names)


@pytest.mark.outside
def test_first_example_runs_from_the_wheel(wheel: Path, tmp_path: Path) -> None:
    environment, empty = tmp_path / "environment", tmp_path / "empty"
    venv.create(environment, with_pip=True, symlinks=os.name != "nt")
    python = environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    pinned = ["--constraint", CONSTRAINTS] if CONSTRAINTS.is_file() else []
    call(python, "-m", "pip", "install", "--quiet", wheel, *pinned, cwd=tmp_path)
    empty.mkdir()
    where = call(python, "-I", "-c", "import evidencekit; print(evidencekit.__file__)", cwd=empty)
    assert Path(where.strip()).is_relative_to(environment)
    code = EXAMPLE.read_text(encoding="utf-8")
    assert call(python, "-I", "-X", "utf8", "-c", code, cwd=empty).strip()
