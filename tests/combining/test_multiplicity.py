"""The adjustments of Holm and of Benjamini and Hochberg: against statsmodels, by hand, and what they promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidencekit.combining import benjamini_hochberg, holm
from evidencekit.errors import InputError

P = st.lists(st.floats(0, 1), min_size=1, max_size=40)


@pytest.mark.slow
@given(P)
def test_it_equals_statsmodels(p: list[float]) -> None:
    multitest = pytest.importorskip("statsmodels.stats.multitest")
    np.testing.assert_allclose(holm(p), multitest.multipletests(p, method="holm")[1], atol=1e-15)


@given(P)
def test_the_false_discovery_rate_equals_statsmodels(p: list[float]) -> None:
    multitest = pytest.importorskip("statsmodels.stats.multitest")
    np.testing.assert_allclose(benjamini_hochberg(p), multitest.multipletests(p, method="fdr_bh")[1], atol=1e-15)


@given(P)
def test_it_is_between_the_p_values_and_holm(p: list[float]) -> None:
    made = benjamini_hochberg(p)
    assert (made >= np.array(p) - 1e-15).all()
    assert (made <= holm(p) + 1e-15).all()


def test_the_false_discovery_rate_by_hand() -> None:
    np.testing.assert_allclose(benjamini_hochberg([[0.01, np.nan], [0.03, 0.005]]), [[0.015, np.nan], [0.03, 0.015]])
    assert benjamini_hochberg([]).shape == (0,)
    with pytest.raises(InputError, match="from 0 to 1"):
        benjamini_hochberg([2.0])


def test_by_hand() -> None:
    np.testing.assert_allclose(holm([[0.01, 0.04], [0.03, 0.005]]), [[0.03, 0.06], [0.06, 0.02]])
    assert holm([]).shape == (0,)


@given(P)
def test_what_has_no_test_is_no_claim(p: list[float]) -> None:
    mixed = [x for one in p for x in (one, float("nan"))]
    np.testing.assert_array_equal(holm(mixed)[::2], holm(p))
    assert np.isnan(holm(mixed)[1::2]).all()


@pytest.mark.parametrize("bad", [[-0.1], [1.5], ["a"], [[0.1], [0.1, 0.2]]])
def test_what_is_no_chance_is_refused(bad: object) -> None:
    with pytest.raises(InputError, match="from 0 to 1"):
        holm(bad)
