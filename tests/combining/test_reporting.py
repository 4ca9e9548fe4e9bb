"""Published numbers come in with their limits as they are, and nothing is made up about them."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import evidencekit as ek
from evidencekit.combining import reported
from evidencekit.errors import InputError, UnknownColumn
from evidencekit.estimate import Estimate

SECRET = "tamarind-7731"
TABLE = {"country": ["A", "B", "C"], "estimate": [0.271, 0.162, 0.046], "low": [0.231, 0.136, 0.035], "high": [0.306, 0.189, 0.061]}


def brought(table: Any = None, **more: Any) -> Estimate:
    told: dict[str, Any] = {"by": "country", "level": 0.95, "inference": "probability", "source": "an invented report, table 1"} | more
    return reported(pd.DataFrame(TABLE) if table is None else table, **told)


def test_limits_stay_and_errors_are_half_the_width() -> None:
    est = brought()
    np.testing.assert_allclose(est.se, [0.0375 / 1.959963984540054, 0.0265 / 1.959963984540054, 0.013 / 1.959963984540054])
    np.testing.assert_array_equal(est.interval.low, TABLE["low"])
    np.testing.assert_array_equal(est.vcov, np.diag(est.se**2))
    assert np.isnan(est.counts.n).all()
    assert est.cells.by == ("country",)
    assert "an invented report" in est.provenance.method
    assert dict(est.provenance.policies)["standard errors"].startswith("from 95% limits")
    assert brought(level=0.9).se[0] == pytest.approx(0.0375 / 1.6448536269514722)


def test_on_the_logit_scale() -> None:
    """Limits that were made there give back the error that they were made from."""
    p, se = np.array([0.03, 0.2]), np.array([0.006, 0.02])
    reach = 1.959963984540054 * se / (p * (1 - p))
    odds = np.log(p / (1 - p))
    table = {"country": ["A", "B"], "estimate": p, "low": 1 / (1 + np.exp(-odds + reach)), "high": 1 / (1 + np.exp(-odds - reach))}
    np.testing.assert_allclose(brought(pd.DataFrame(table), scale="logit").se, se)
    with pytest.raises(InputError, match="no place on the logit scale"):
        brought(pd.DataFrame({"country": ["A"], "estimate": [0.01], "low": [0.0], "high": [0.03]}), scale="logit")
    with pytest.raises(InputError, match="are of shares"):
        brought(statistic="mean", scale="logit")


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame, pa.table])
def test_every_kind_of_frame_comes_back_as_it_was(kind: Any) -> None:
    est = brought(kind(TABLE | {"n": [1000, 900, 950]}))
    assert isinstance(est.to_frame(), type(kind(TABLE)))
    np.testing.assert_array_equal(est.counts.n, [1000, 900, 950])
    assert est.cells.columns["country"] == ("A", "B", "C")


def test_it_can_be_ranked_and_subtracted() -> None:
    est = brought()
    assert ek.combining.rank_sets(est).first == (1, 2, 3)
    gap = ek.difference(est, {"country": "A"}, {"country": "B"})
    assert gap.se[0] == pytest.approx(np.hypot(est.se[0], est.se[1]))
    assert "as published" in gap.flags[0]
    assert np.isfinite(gap.interval.low[0])


def test_limits_that_were_not_published_are_not_made() -> None:
    est = brought(pd.DataFrame(TABLE | {"low": [0.231, 0.136, None], "high": [0.306, 0.189, None]}))
    assert np.isnan(est.se[2])
    made = ek.combining.rank_sets(est)
    assert (made.first[2], made.last[2]) == (1, 3)


def test_a_release_says_that_nobody_knows_what_it_rests_on() -> None:
    safe = ek.release(brought())
    assert safe.status == ("protected",) * 3
    assert "not known" in safe.reason[0]
    shown = ek.release(brought(estimand="were asked for an image", population="children 12-17"), profile="open")
    assert shown.status == ("uncertain",) * 3
    assert shown.reason == ("too uncertain: how many answered is not known",) * 3
    said = ek.finding(shown, cell={"country": "A"})
    assert said.headline().startswith("About 27 in 100 children 12-17 (country: A)")
    assert any("an invented report" in line for line in said.caveats())
    assert json.loads(said.to_json(), parse_constant=pytest.fail)["numbers"]["df"] is None  # infinite is no number in JSON


BAD: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "percent": ({"estimate": [27.1, 16.2, 4.6], "low": [23.1, 13.6, 3.5], "high": [30.6, 18.9, 6.1]}, {}, "Divide percentages by 100"),
    "outside": ({"low": [0.3, 0.136, 0.035]}, {}, "outside its own limits"),
    "one limit": ({"low": [None, 0.136, 0.035]}, {}, "one limit only"),
    "no estimate": ({"estimate": [None, 0.162, 0.046]}, {}, "estimate is missing"),
    "twice": ({"country": [SECRET, SECRET, "C"]}, {}, "Two rows have the same labels"),
    "no label": ({"country": [None, SECRET, "C"]}, {}, "label in by= 'country' is missing"),
    "text": ({"estimate": [SECRET, "b", "c"]}, {}, "does not hold numbers"),
    "no source": ({}, {"source": " "}, "where the numbers were published"),
    "class": ({}, {"inference": "random"}, "inference='random' is not known"),
    "scale": ({}, {"scale": "log"}, "scale='log' is not known"),
    "level": ({}, {"level": 95}, "level="),
    "numbers": ({}, {"by": "low"}, "none of the numbers"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_table_of_published_numbers_is_refused(case: str) -> None:
    columns, options, words = BAD[case]
    with pytest.raises(InputError, match=words) as caught:
        brought(pd.DataFrame(TABLE | columns), **options)
    assert SECRET not in str(caught.value)


def test_a_column_that_is_not_there() -> None:
    with pytest.raises(UnknownColumn):
        brought(by="nation")
    with pytest.raises(UnknownColumn):
        brought(pd.DataFrame(TABLE).drop(columns="low"))
    with pytest.raises(InputError):
        brought([1, 2, 3])
