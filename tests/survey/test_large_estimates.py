"""Covariances are worked out some units at a time: the numbers do not depend on how many, and memory does not grow with units by cells."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pandas as pd
import pytest

import evidencekit as ek
from evidencekit.survey.uncertainty import influence


def people(rows: int = 400) -> pd.DataFrame:
    """Eight strata; the last has one sampling unit, and domain 3 one unit in some."""
    rng = np.random.default_rng(8)
    frame = pd.DataFrame(
        {"h": rng.integers(0, 8, rows), "p": rng.integers(0, 6, rows), "c": rng.integers(0, 3, rows), "w": rng.uniform(5, 9, rows)}
    )
    frame["p"] = frame.p.mask(frame.h == 7, 0)
    g = rng.integers(0, 3, rows)
    return frame.assign(
        N=np.where(frame.h == 7, 9, 12.0), M=5.0, y=rng.normal(9, 2, rows), x=rng.gamma(2, 3, rows), g=np.where(frame.p == 1, 3, g)
    )


@pytest.mark.parametrize("fpc", [None, ("N", "M")])
@pytest.mark.parametrize("lonely_domain", ["none", "adjust", "average"])
@pytest.mark.parametrize("lonely", ["certainty", "adjust", "average"])
def test_blocks_of_any_size_give_the_same(monkeypatch: pytest.MonkeyPatch, lonely: Any, lonely_domain: Any, fpc: Any) -> None:
    design = ek.Stages(weights="w", strata="h", psu=("p", "c"), fpc=fpc, lonely=lonely, lonely_domain=lonely_domain)
    held = ek.Survey(people(), design=design)
    want = ek.mean(held, ["y", "x"], by="g")
    for block, piece in ((1, 1), (30, 1_280), (1_000, 2_000)):
        monkeypatch.setattr(influence, "BLOCK", block)
        monkeypatch.setattr(influence, "PIECE", piece)
        np.testing.assert_allclose(ek.mean(held, ["y", "x"], by="g").vcov, want.vcov, rtol=1e-11, atol=1e-14)


def test_blocks_after_calibration(monkeypatch: pytest.MonkeyPatch) -> None:
    held = ek.weighting.rake(ek.Survey(people(), weights="w", strata="g"), {"h": dict.fromkeys(range(8), 500.0)})
    want = ek.total(held, ["y", "x"], by="g")
    monkeypatch.setattr(influence, "BLOCK", 30)
    np.testing.assert_allclose(ek.total(held, ["y", "x"], by="g").vcov, want.vcov, rtol=1e-9)


def test_many_domains_of_many_units_need_little_memory() -> None:
    rng = np.random.default_rng(1)
    rows = 100_000
    frame = pd.DataFrame({"w": rng.uniform(1, 3, rows), "y": rng.normal(size=rows), "g": rng.integers(0, 39, rows)})
    held = ek.Survey(frame, weights="w")
    ek.mean(held, "y")
    tracemalloc.start()
    est = ek.mean(held, "y", by="g")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert est.covariance.matrix is not None
    assert peak < rows * 39 * 8  # one table of units by cells; four stood side by side
    here = frame[frame.g == 5]
    z = np.where(frame.g == 5, frame.w * (frame.y - est.points[5]), 0) / here.w.sum()
    assert est.covariance.variances[5] == pytest.approx(rows / (rows - 1) * ((z - z.mean()) ** 2).sum())
