"""What goes out: the columns that a publication names and no others, rounded as the ledger took them to be."""

from __future__ import annotations

import dataclasses
from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evidencekit as ek
from evidencekit.disclosure import Method, Publication, Released, Signature
from evidencekit.errors import Refused

WORDS = ("n", "cases", "percent", "se", "limits", "deff", "n_eff", "weighted_n")
COLUMNS = {
    "percent": ["percent"],
    "se": ["percent_se"],
    "limits": ["percent_low", "percent_high"],
}


FICTION = ek.fictional.national_survey()
SURVEY = ek.Survey(FICTION.data, weights="weight", strata="stratum", psu="psu", population=FICTION.population)


def released(est: ek.Estimate, **how: object) -> Released:
    return ek.release(est, ledger=ek.Ledger(), publication=Publication(title="A table", universe="round 1", **how))  # type: ignore[arg-type]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from(WORDS), min_size=1, unique=True), st.integers(0, 4), st.sampled_from(["sex", "province"]))
def test_what_is_published_is_what_was_audited(shows: list[str], decimals: int, by: str) -> None:
    """Every number is one of the ledger's, or, where the ledger has none of its kind, covers the number that it rounds."""
    est = ek.proportion(SURVEY, "image_shared", by=by)
    safe = released(est, shows=shows, decimals=decimals)
    frame = safe.published()
    named = [c for word in WORDS if word in shows for c in COLUMNS.get(word, [word])]
    assert list(frame.columns) == ["variable", by, *named, "symbol"]
    step = 10.0**-decimals
    assert safe.entry is not None
    for i, row in enumerate(frame.to_dict("records")):
        if safe.status[i] == "protected":
            assert row["symbol"] == safe.rules.symbols.protected
            assert all(np.isnan(row[c]) for c in named)
            continue
        audited = safe.entry.cells[i]
        counts = [number.value for number in audited if number.kind == "count"]
        assert [row[c] for c in ("n", "cases") if c in row] == [counts[k] for k, c in enumerate(("n", "cases")) if c in row]
        shares = [number for number in audited if number.kind == "percent"]
        assert [number.value for number in shares] == ([row["percent"]] if "percent" in row else [])
        for number in shares:
            low, high = number._weighted()
            assert low <= est.points[i] <= high, "the true share is one of those that the ledger takes for possible"
        if "percent_low" in row:
            for name, true, sign in (("percent_low", est.interval.low[i], 1), ("percent_high", est.interval.high[i], -1)):
                assert -1e-7 <= sign * (100 * true - row[name]) < step + 1e-7, "outwards, and by less than a step"
        if "percent_se" in row:
            assert -1e-7 <= row["percent_se"] - 100 * est.se[i] < step + 1e-7
        for name in {"percent", "percent_se", "percent_low", "percent_high"} & set(row):
            assert row[name] == round(row[name], decimals)


def test_without_a_publication_there_is_nothing_to_publish() -> None:
    safe = ek.release(ek.proportion(SURVEY, "image_shared", by="sex"))
    with pytest.raises(Refused, match=r"publication=ek\.disclosure\.Publication"):
        safe.published()


def test_hidden_cells_carry_the_symbol_and_nothing_else() -> None:
    """Their labels stay: a table shows its levels."""
    safe = released(ek.proportion(SURVEY, "image_shared", by=["province", "sex"]), shows=WORDS)
    frame, hidden = safe.published(), np.array(safe.status) == "protected"
    assert hidden.any()
    assert not hidden.all()
    assert (frame["symbol"][hidden] == safe.rules.symbols.protected).all()
    numbers = frame.drop(columns=["variable", "province", "sex", "symbol"])
    assert numbers[hidden].isna().all(axis=None)
    assert numbers[~hidden].notna().all(axis=None)


def test_numbers_for_review_wait_for_the_steward() -> None:
    est = ek.quantile(SURVEY, "hours_online", q=[0.5])
    safe = released(est)
    assert safe.status == ("review",)
    frame = safe.published()
    assert np.isnan(frame["estimate"][0])
    assert np.isnan(frame["n"][0])
    signed = safe.signed(Signature(name="A. Steward", role="data steward", on=date(2026, 6, 30), approves=(0,)))
    assert signed.published()["estimate"].tolist() == [round(float(est.points[0]), 2)]
    assert "percent" not in signed.published().columns


def test_numbers_of_people_are_whole() -> None:
    est = ek.total(SURVEY, "image_shared", by="sex")
    frame = released(est, shows=["percent", "limits", "se"], decimals=2).published()
    assert list(frame.columns) == ["variable", "sex", "estimate", "se", "low", "high", "symbol"]
    assert (frame["low"] <= est.interval.low).all()
    assert (frame["high"] >= est.interval.high).all()
    assert all(str(frame[c].dtype) == "int64" for c in ("estimate", "se", "low", "high"))


def test_a_list_that_is_changed_after_the_audit_shows_no_more() -> None:
    shows = ["percent"]
    safe = released(ek.proportion(SURVEY, "image_shared", by="sex"), shows=shows)
    shows.append("n_eff")
    assert list(safe.published().columns) == ["variable", "sex", "percent", "symbol"]


def test_of_a_release_by_rounding_the_counts_are_published() -> None:
    by_rounding = dataclasses.replace(ek.disclosure.profile("child-survey"), method=Method(kind="round", base=10))
    safe = ek.release(ek.proportion(SURVEY, "image_shared", by="sex"), profile=by_rounding)
    frame = safe.published()
    assert list(frame.columns) == ["variable", "sex", "n", "cases", "symbol"]
    assert (frame["n"] % 10 == 0).all()


def test_the_callers_kind_of_frame_comes_out() -> None:
    data = pl.from_pandas(FICTION.data.to_frame())
    survey = ek.Survey(data, weights="weight", strata="stratum", psu="psu")
    assert isinstance(released(ek.proportion(survey, "image_shared", by="sex")).published(), pl.DataFrame)
