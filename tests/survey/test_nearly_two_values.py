"""A column of 0s and 1s in which a few answers are others has cases all the same, and an Estimate of it says so."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import evidencekit as ek
from evidencekit.disclosure import Publication
from evidencekit.estimate import NEARLY_TWO
from evidencekit.survey.summing.twovalued import _two_of


def survey_of(y: list[float] | np.ndarray, **more: object) -> ek.Survey:
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({"y": np.asarray(y, dtype=float), "psu": rng.integers(0, 20, len(y)), "w": 10.0, **more})
    return ek.Survey(frame, psu="psu", weights="w")


def answers(size: int, ones: int, stray: dict[float, int]) -> np.ndarray:
    """Ones spread over the rows, then others, then zeros."""
    out = np.zeros(size)
    at = np.random.default_rng(11).permutation(size)
    out[at[:ones]] = 1
    for value, many in stray.items():
        out[at[ones : ones + many]] = value
        ones += many
    return out


def said(est: ek.Estimate) -> bool:
    return any(what == NEARLY_TWO for what, _ in est.provenance.policies)


@pytest.mark.parametrize("stray", [{9.0: 1}, {-9.0: 1}, {98.0: 3, 99.0: 2}, {9.0: 99}])
def test_a_stray_number_hides_no_case_from_the_count(stray: dict[float, int]) -> None:
    """Once such a column was one of amounts, and a share of which five said yes was shown."""
    survey = survey_of(answers(2000, 5, stray))
    est = ek.mean(survey, "y")
    assert est.counts.cases.tolist() == [5], "those who answered 1, and none of the others"
    assert said(est)
    assert ek.release(est).status == ("protected",)
    assert ek.variance(survey, "y").counts.cases.tolist() == [5]


def test_where_no_is_the_rarer_answer_it_is_counted_by_itself() -> None:
    y = 1 - answers(2000, 6, {})
    y[np.flatnonzero(y == 1)[:7]] = 9
    est = ek.mean(survey_of(y), "y")
    assert (est.counts.n - est.counts.cases).tolist() == [6]
    assert ek.release(est).status == ("protected",)


def test_columns_of_two_values_and_of_amounts_are_what_they_were() -> None:
    rng = np.random.default_rng(1)
    for y, cases in (
        (answers(2000, 40, {}), 40),
        (answers(2000, 40, {}) + 1, 40),
        (answers(2000, 40, {9.0: 101}), None),
        (rng.integers(1, 6, 2000), None),
        (rng.normal(size=2000), None),
        (np.zeros(50), 0),
        (np.full(50, 2.0), 50),
    ):
        est = ek.mean(survey_of(y), "y")
        assert not said(est)
        assert np.isnan(est.counts.cases[0]) if cases is None else est.counts.cases[0] == cases


@given(st.lists(st.sampled_from([0.0, 1.0, 2.0, 9.0, float("nan")]), min_size=1, max_size=60), st.randoms(use_true_random=False))
def test_which_values_they_are_does_not_depend_on_the_order_of_rows(values: list[float], random: object) -> None:
    """And whoever is a case has an answer in that of the two which fewer gave, or is not of those who gave it."""
    again = list(values)
    random.shuffle(again)  # type: ignore[attr-defined]
    one, other = _two_of(np.array(values)), _two_of(np.array(again))
    assert one == other
    known = [v for v in values if v == v]
    if one is not None and one.nearly:
        beside = [len([v for v in known if v not in pair]) for pair in ((0.0, 1.0), (1.0, 2.0))]
        assert min(beside) <= max(2, len(known) / 20)
        cases = int(one.at(np.array(known)).sum())
        assert one.value in {0.0, 1.0, 2.0}
        fewer = len(known) - cases if one.other else cases
        assert fewer == known.count(one.value)
        assert fewer <= len(known) / 2


def test_a_mean_of_such_a_column_is_no_share_for_the_ledger() -> None:
    """It is not the number of cases over that of answers, so a ledger with both would contradict itself; a person looks at it."""
    y = answers(2000, 60, {9.0: 1})
    how = Publication(title="Mean", universe="round 1")
    survey = survey_of(y, again=np.where(y == 9, np.nan, y))
    first = ek.release(ek.proportion(survey, "again"), ledger=ek.Ledger(), publication=how).entry
    assert first is not None
    ledger = ek.Ledger().with_(first)
    safe = ek.release(ek.mean(survey, "y"), ledger=ledger, publication=Publication(title="Other mean", universe="round 1"))
    assert safe.status == ("review",)
    assert any("nearly two values" in note for note in safe.notes)
