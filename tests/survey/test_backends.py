"""The same numbers from every kind of frame, in memory or lazy."""

from __future__ import annotations

import narwhals.stable.v2 as nw
import numpy as np
import pytest
from kinds import EAGER, LAZY, frame_as

import evidencekit as ek

FICTION = ek.fictional.national_survey()


def survey_of(kind: str) -> ek.Survey:
    return ek.Survey(frame_as(kind, FICTION.frame), weights="weight", strata="stratum", psu="psu")


def estimates(survey: ek.Survey) -> dict[str, ek.Estimate]:
    old = nw.col("age") >= 15
    return {
        "mean": ek.mean(survey, ["hours_online", "age"], by="sex", where=old),
        "total": ek.total(survey, "internet_daily", by=["province", "area"]),
        "count": ek.count(survey, by="province"),
        "ratio": ek.ratio(survey, "hours_online", "age", where=old),
        "share": ek.proportion(survey, ["asked_for_image", "told_someone"], by="sex", where=old),
        "text": ek.proportion(survey, "province"),
    }


def same(got: ek.Estimate, want: ek.Estimate, rtol: float) -> None:
    assert {k: list(map(str, v)) for k, v in got.cells.columns.items()} == {k: list(map(str, v)) for k, v in want.cells.columns.items()}
    assert set(got.columns) == set(want.columns)
    for name, wanted in want.columns.items():
        if np.asarray(wanted).dtype.kind == "f":
            np.testing.assert_allclose(np.asarray(got.columns[name]), np.asarray(wanted), rtol=rtol, err_msg=name)
        else:
            assert list(map(str, got.columns[name])) == list(map(str, wanted)), name
    np.testing.assert_allclose(got.vcov, want.vcov, rtol=rtol, atol=rtol * float(np.nanmax(np.abs(want.vcov))))
    assert got.provenance.missing == want.provenance.missing


@pytest.fixture(scope="module")
def reference() -> dict[str, ek.Estimate]:
    return estimates(survey_of("pandas"))


@pytest.mark.parametrize("kind", EAGER[1:])
def test_frames_in_memory_agree(kind: str, reference: dict[str, ek.Estimate]) -> None:
    for name, made in estimates(survey_of(kind)).items():
        same(made, reference[name], 1e-14)


@pytest.mark.parametrize("kind", LAZY)
def test_lazy_frames_agree(kind: str, reference: dict[str, ek.Estimate]) -> None:
    for name, made in estimates(survey_of(kind)).items():
        same(made, reference[name], 1e-10)


@pytest.mark.parametrize("kind", LAZY)
def test_what_revisits_rows_is_refused_on_lazy_frames(kind: str) -> None:
    with pytest.raises(ek.errors.InputError, match="lazy"):
        ek.quantile(survey_of(kind), "age")


@pytest.mark.parametrize("kind", EAGER)
def test_results_come_in_the_callers_kind(kind: str) -> None:
    made = ek.mean(survey_of(kind), "age").to_frame()
    assert type(made).__module__.startswith(kind.split("-")[0])
