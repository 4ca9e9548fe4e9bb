"""Under a profile that rounds only counts go out: multiples that add up, and nothing that tells more of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

import evidencekit as ek
from evidencekit.disclosure import Method, Profile, counting
from evidencekit.disclosure.tables import CellSystem, Rounded, RoundingAudit, audit_rounding
from evidencekit.errors import InputError, Refused


def rounds(base: int) -> Profile:
    return replace(ek.disclosure.profile("child-survey"), name="rounds", method=Method(kind="round", base=base))


@pytest.fixture(scope="module")
def survey() -> ek.Survey:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"g": rng.integers(0, 4, 400), "h": rng.integers(0, 2, 400), "y": rng.integers(0, 2, 400) * 1.0})
    frame["kind"] = np.array(["a", "b", "c"])[rng.integers(0, 3, 400)]
    frame["psu"], frame["weight"] = rng.integers(0, 12, 400), rng.uniform(5, 15, 400)
    frame.loc[3, "y"] = np.nan
    return ek.Survey(frame, weights="weight", psu="psu")


@pytest.mark.parametrize(("variable", "by"), [("y", ["g", "h"]), ("y", []), ("kind", ["g"])])
def test_counts_are_multiples_near_the_truth_and_nothing_else_is_left(survey: ek.Survey, variable: str, by: list[str]) -> None:
    est = ek.proportion(survey, variable, by=by or None)
    safe = ek.release(est, profile=rounds(10))
    table = safe.to_frame()
    assert set(safe.status) == {"rounded"}
    for name, true in (("n", est.counts.n), ("cases", est.counts.cases)):
        shown = table[name].to_numpy(dtype=float)
        assert (shown % 10 == 0).all()
        assert (abs(shown - true) < 20).all()
    gone = ["estimate", "se", "rse", "low", "high", "df", "psus", "weighted_n", "n_eff", "deff", "kish"]
    assert table[gone].isna().all().all()
    assert np.isnan(safe.estimate.vcov).all()
    assert not safe.estimate.provenance.missing
    assert not safe.estimate.provenance.sample
    assert "missing" not in repr(safe.estimate) + repr(safe)
    assert safe.to_json() == ek.release(est, profile=rounds(10)).to_json()
    assert "only counts, rounded" in safe.reason[0]
    if variable == "kind":
        sums = table.groupby("g").agg(n=("n", "first"), cases=("cases", "sum"))
        assert (sums["n"] == sums["cases"]).all()


def test_a_table_that_tells_a_small_count_is_refused(survey: ek.Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    """Controlled rounding seldom does, so the audit is made to say that it did."""

    def failing(found: Rounded, system: CellSystem, *, threshold: int, progress: bool | None) -> RoundingAudit:
        audit = audit_rounding(found, system, threshold=threshold)
        assert audit.threshold == 10
        return replace(audit, determined=np.ones(len(system), dtype=bool))

    monkeypatch.setattr(counting, "audit_rounding", failing)
    with pytest.raises(Refused, match="tells a small count exactly"):
        ek.release(ek.proportion(survey, "y", by="g"), profile=rounds(5))


def test_few_places_are_for_review_and_no_finding_is_made(survey: ek.Survey) -> None:
    frame = survey.data.assign(psu=lambda f: np.where(f["g"] == 0, f["psu"] % 2, f["psu"] + 2))
    safe = ek.release(ek.proportion(ek.Survey(frame, weights="weight", psu="psu"), "y", by="g"), profile=rounds(10))
    assert safe.status == ("review", "rounded", "rounded", "rounded")
    signed = safe.signed(ek.disclosure.Signature(name="A. Steward", role="data steward", on=date(2026, 6, 30), approves=(0,)))
    assert signed.status[0] == "rounded"
    with pytest.raises(Refused, match="a finding says a share"):
        ek.finding(safe, cell=1)


def test_what_cannot_be_rounded_is_refused(survey: ek.Survey) -> None:
    est = ek.proportion(survey, "y", by="g")
    for wrong in ({"ledger": ek.Ledger()}, {"hide": [0]}):
        with pytest.raises(InputError, match="rounds: release"):
            ek.release(est, profile=rounds(10), **wrong)  # type: ignore[call-overload]
    with pytest.raises(InputError, match="rounds: release"):
        ek.release([est], profile=rounds(10))
    with pytest.raises(InputError, match="behind shares"):
        ek.release(ek.mean(survey, "y"), profile=rounds(10))
