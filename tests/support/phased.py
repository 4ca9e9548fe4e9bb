"""Fictional samples of two phases for tests."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

import evidencekit as ek


def two_phase(frame: pd.DataFrame, method: Any = "full", *, first: dict[str, Any], second: dict[str, Any]) -> ek.Survey:
    design = ek.TwoPhase(phase1=ek.Stages(**first), phase2=ek.Stages(**second), subset="inside", method=method)
    return ek.Survey(frame, design=design)


def drawn(seed: int, strata: int = 3, units: int = 5, cells: int = 2) -> pd.DataFrame:
    """Schools of unequal numbers in strata, pupils in them, half of each cell in phase 2."""
    rng = np.random.default_rng(seed)
    stratum = np.repeat(np.arange(strata), units + np.arange(strata))
    size = rng.integers(3, 7, len(stratum))
    frame = pd.DataFrame({"h": np.repeat(stratum, size), "i": np.repeat(np.arange(len(stratum)), size)})
    n = len(frame)
    frame["M"] = 12 + 2 * frame["h"]
    frame["w"] = frame["M"] / np.bincount(stratum)[frame["h"]]
    frame["cell"] = rng.permutation(np.arange(n) % cells)
    frame["y"] = rng.normal(5, 2, n) + frame["cell"] + rng.normal(0, 1, len(stratum))[frame["i"]]
    frame["x"] = rng.uniform(1, 2, n)
    frame["d"] = rng.integers(0, 2, n)
    frame["k"] = rng.choice(["a", "b", "c"], n)
    lots = rng.permutation(n)
    frame["inside"] = frame.assign(lots=lots).groupby("cell")["lots"].rank() <= frame.groupby("cell")["h"].transform("size") // 2
    return frame
