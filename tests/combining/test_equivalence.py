"""Equivalence: against statsmodels, by its interval, where a share has no variance."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_estimates import made_estimate

import evidencekit as ek
from evidencekit.combining import equivalent
from evidencekit.errors import InputError


def test_it_equals_statsmodels() -> None:
    weightstats = pytest.importorskip("statsmodels.stats.weightstats")
    rng = np.random.default_rng(2)
    a, b = rng.normal(0.5, 1, 60), rng.normal(0.4, 1.3, 60)
    pooled = weightstats.CompareMeans(weightstats.DescrStatsW(a), weightstats.DescrStatsW(b))
    p, (below, above) = pooled.ttost_ind(-0.5, 0.5, usevar="pooled")
    gap = made_estimate("difference", [a.mean() - b.mean()], se=pooled.std_meandiff_pooledvar, df=118)
    made = equivalent(gap, margin=0.5)
    np.testing.assert_allclose([made.p[0], made.p_below[0], made.p_above[0]], [p, below[1], above[1]], rtol=1e-10)
    assert made.equivalent == (p < 0.05,)


@given(st.floats(-1, 1), st.floats(0.001, 1), st.floats(3, 200), st.floats(0.01, 1), st.sampled_from([0.9, 0.95, 0.99]))
def test_a_difference_is_within_the_margin_where_its_interval_is(d: float, se: float, df: float, margin: float, level: float) -> None:
    made = equivalent(made_estimate("difference", [d], se=se, df=df), margin=margin, level=level)
    inside = -margin < made.low[0] and made.high[0] < margin
    assert made.equivalent == (inside,)
    if abs(made.p[0] - (1 - level)) > 1e-9:
        assert inside == (made.p[0] < 1 - level)


def test_not_significant_is_not_similar() -> None:
    gap = made_estimate("difference", [0.02, 0.0, 0.05], se=[0.03, 0.01, 0.01])
    assert equivalent(gap, margin=0.03).equivalent == (False, True, False)
    assert np.array(gap.interval.low < 0)[0]


def test_hidden_and_without_degrees_of_freedom_there_is_no_test() -> None:
    made = equivalent(made_estimate("difference", [np.nan, 0.0], se=0.001, df=[100, 0]), margin=0.5)
    assert made.equivalent == (False, False)
    assert np.isnan(made.p).all()


def test_a_share_of_nobody_is_judged_by_the_limits() -> None:
    frame = pd.DataFrame({"g": ["a"] * 200 + ["b"] * 200, "y": [0] * 200 + [1] * 4 + [0] * 196, "w": 1.0})
    gap = ek.difference(ek.proportion(ek.Survey(frame, weights="w"), "y", by="g"), 0, 1)
    wide, narrow = equivalent(gap, margin=0.06), equivalent(gap, margin=0.03)
    assert wide.equivalent == (True,)
    assert narrow.equivalent == (False,)
    assert np.isnan(wide.p[0])
    assert (wide.low[0], wide.high[0]) == (gap.interval.low[0], gap.interval.high[0])
    assert equivalent(gap, margin=0.06, level=0.99).equivalent == (False,)  # 95 % limits cannot say so


def test_what_is_no_difference_or_margin_is_refused() -> None:
    with pytest.raises(InputError, match="this is a proportion"):
        equivalent(made_estimate("proportion", [0.1]), margin=0.1)
    with pytest.raises(InputError, match="takes an Estimate"):
        equivalent(0.1, margin=0.1)  # type: ignore[arg-type]
    for margin in (0, -0.1, True, "0.1", float("nan"), float("inf")):
        with pytest.raises(InputError, match="above 0"):
            equivalent(made_estimate("difference", [0.1]), margin=margin)  # type: ignore[arg-type]


def test_it_is_shown_as_a_table_that_names_its_differences() -> None:
    gap = made_estimate("difference", [0.02, np.nan, 0.001], se=[0.03, 0.01, 0.001])
    made = equivalent(gap, margin=0.03)
    assert len(made) == 3
    text = repr(made)
    assert "array(" not in text
    assert text.startswith("Equivalence: differences within 0.03 either way; two one-sided tests at 95%, 90% intervals\n")
    assert [line.rsplit("  ", 1)[-1] for line in text.splitlines()[2:]] == ["not shown", "not shown", "yes"]
    assert list(made.to_frame()["equivalent"]) == [False, False, True]
    assert list(made.to_frame()["variable"]) == list(gap.cells.columns["variable"])
    assert "<caption>Equivalence" in made._repr_html_()
