"""`import evidencekit` costs little more than numpy and narwhals, and what is heavy loads on first use."""

from __future__ import annotations

import statistics
import subprocess
import sys

import pytest

HEAVY = ("pandas", "scipy.stats", "statsmodels", "pandera", "matplotlib")
RUNS = 9


def run(code: str) -> str:
    """What a fresh interpreter prints."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def seconds(statement: str) -> float:
    """Processor time of a fresh interpreter that runs one statement."""
    return float(run(f"{statement}\nimport time; print(time.process_time())"))


def test_import_costs_little_more_than_numpy() -> None:
    pairs = [(seconds("import evidencekit"), seconds("import numpy, narwhals")) for _ in range(RUNS)]
    ours, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    assert ours <= 1.5 * theirs


@pytest.mark.parametrize("statement", ["import evidencekit", "import evidencekit as ek; [getattr(ek, name) for name in ek.__all__]"])
def test_nothing_heavy_is_loaded(statement: str) -> None:
    loaded = run(f"{statement}\nimport sys; print(*(m for m in {HEAVY} if m in sys.modules))")
    assert loaded.split() == []
