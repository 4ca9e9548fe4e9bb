"""sdcMicro's example data, which are not ours to distribute, and small frames for protection."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("EVIDENCEKIT_PROTECT", ROOT.parent / "shared" / "reference" / "protect"))
KEYS7 = ["urbrur", "roof", "walls", "water", "electcon", "relat", "sex"]
needs_testdata = pytest.mark.skipif(
    not (FOLDER / "testdata.csv").is_file(), reason="sdcMicro's testdata are not here; EVIDENCEKIT_PROTECT can name their folder"
)


def testdata() -> pd.DataFrame:
    """4,580 records of sdcMicro 5.8.0."""
    return pd.read_csv(FOLDER / "testdata.csv")


testdata.__test__ = False  # type: ignore[attr-defined]


def matching(frame: pd.DataFrame, keys: list[str]) -> list[int]:
    """How many records match each one, a missing key matching anything: the slow way."""
    rows = frame[keys].astype(object).where(frame[keys].notna(), None).to_numpy().tolist()
    fits = lambda a, b: all(x is None or y is None or x == y for x, y in zip(a, b, strict=True))  # noqa: E731
    return [sum(fits(one, other) for other in rows) for one in rows]


def people(n: int = 60, seed: int = 1) -> pd.DataFrame:
    """Invented records with an odd index, gaps, codes and columns of every kind."""
    rng = np.random.default_rng(seed)
    made: dict[str, Any] = {
        "area": rng.choice(["north", "south", "east"], n, p=[0.6, 0.3, 0.1]),
        "sex": rng.integers(1, 3, n),
        "age": rng.integers(12, 18, n),
        "size": rng.choice([1.0, 2.0, 3.0, 9.0, np.nan], n, p=[0.4, 0.3, 0.2, 0.05, 0.05]),
        "hours": np.round(np.exp(rng.normal(0.7, 0.6, n)), 2),
        "weight": rng.uniform(50, 300, n),
    }
    return pd.DataFrame(made, index=rng.permutation(n) // 2)
