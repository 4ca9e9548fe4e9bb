"""The house limits, and the surface: small, sorted, loadable, documented, cheap to import."""

from __future__ import annotations

import doctest
import importlib
import importlib.util
import os
import pkgutil
import runpy
import statistics
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import evidencekit as ek

ROOT = Path(__file__).resolve().parents[1]


def _house() -> list[str]:
    spec = importlib.util.spec_from_file_location("house", ROOT / "tools" / "house.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.problems()


def test_house_limits_are_kept() -> None:
    assert _house() == []


def test_the_surface_is_small_sorted_and_loads() -> None:
    names = ek.__all__
    assert len(names) <= 50
    assert len(set(names)) == len(names)
    assert names == sorted(names, key=lambda n: (not n[0].isupper(), n))
    for name in names:
        assert getattr(ek, name) is not None
    with pytest.raises(AttributeError, match="no attribute"):
        _ = ek.nothing_of_that_name


def test_no_public_function_has_the_name_of_a_module() -> None:
    modules = {m.name.rsplit(".", 1)[-1] for m in pkgutil.walk_packages(ek.__path__, "evidencekit.")}
    functions = {n for n in ek.__all__ if callable(getattr(ek, n)) and n.islower()}
    assert not modules & functions


def test_the_version_is_one() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == ek.__version__


MODULES = [m.name for m in pkgutil.walk_packages(ek.__path__, "evidencekit.")]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_run(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


@pytest.mark.parametrize("name", [n for n in ek.__all__ if n != "__version__"])
def test_everything_public_is_described(name: str) -> None:
    text = getattr(ek, name).__doc__ or ""
    assert len(text) > 20
    if callable(getattr(ek, name)) and name.islower():
        for section in ("Parameters", "Returns", "Examples"):
            assert section in text, section


def test_importing_costs_little_more_than_numpy_and_narwhals() -> None:
    def cpu(code: str) -> float:
        before = os.times()
        subprocess.run([sys.executable, "-c", code], check=True)
        after = os.times()
        return after.children_user + after.children_system - before.children_user - before.children_system

    ours, theirs = [], []
    for _ in range(9):
        theirs.append(cpu("import numpy, narwhals.stable.v2"))
        ours.append(cpu("import evidencekit"))
    assert statistics.median(ours) <= 1.5 * statistics.median(theirs)
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, evidencekit; print(*sys.modules)"], check=True, capture_output=True, text=True
    ).stdout.split()
    assert not {"pandas", "scipy.stats", "statsmodels", "pandera", "matplotlib"} & set(loaded)


@pytest.mark.parametrize("name", ["01_first_statistic.py"])
def test_examples_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(ROOT / "examples" / name), run_name="__main__")
    assert "About 1 in" in capsys.readouterr().out
    assert len(list((tmp_path / "out").iterdir())) == 4
