"""All measures at once: what is printed, what is kept apart, what is refused."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evidencekit as ek
from evidencekit.disclosure.microdata import Diversity, Suda

risk = ek.disclosure.microdata.risk
FICTION = ek.fictional.national_survey()
KEYS = ["sex", "age", "province"]


def full(data: Any = FICTION.data, **more: Any) -> ek.disclosure.microdata.MicrodataRisk:
    options = {"weights": "weight", "household": "psu", "sensitive": ["knew_sender", "hours_online"], **more}
    return risk(data, keys=KEYS, diversity=Diversity(ordered=["hours_online"]), **options)


def test_every_measure_is_the_one_that_stands_alone() -> None:
    got, frame = full(), FICTION.data
    f = ek.disclosure.microdata.frequencies(frame, keys=KEYS, weights="weight")
    own = ek.disclosure.microdata.individual_risk(f.sample, f.population)
    assert got.frequencies.sample.tolist() == f.sample.tolist()
    assert got.found.own.tolist() == own.tolist()
    assert got.found.household is not None
    np.testing.assert_allclose(got.found.household, ek.disclosure.microdata.household_risk(own, FICTION.frame["psu"]), rtol=1e-14)
    assert (got.expected, got.share, got.highest) == (own.sum(), own.mean(), own.max())
    l = ek.disclosure.microdata.l_diversity(frame, keys=KEYS, sensitive=["knew_sender", "hours_online"])  # noqa: E741
    t = ek.disclosure.microdata.t_closeness(frame, keys=KEYS, sensitive=["knew_sender", "hours_online"], ordered=["hours_online"])
    assert got.diversity is not None
    assert got.closeness is not None
    assert got.suda is not None
    assert got.diversity.lowest == l.lowest
    assert got.closeness.highest == t.highest
    assert got.suda.score.tolist() == ek.disclosure.microdata.suda2(frame, keys=KEYS).score.tolist()
    assert got.closeness.how("hours_online") == "ordered distance"
    assert got.closeness.how("knew_sender") == "equal distance"


def test_the_tables_are_of_the_callers_kind() -> None:
    for kind, data in (
        (pd.DataFrame, FICTION.frame),
        (pl.DataFrame, pl.from_pandas(FICTION.frame)),
        (pa.Table, pa.Table.from_pandas(FICTION.frame)),
    ):
        got = full(data)
        rows, measures = got.rows(), got.to_frame()
        assert isinstance(rows, kind)
        assert isinstance(measures, kind)
        assert len(rows) == len(FICTION.frame)
    names = ["f", "F", "risk", "household_risk", "suda", "dis"]
    parts = ("distinct", "entropy", "recursive")
    names += [f"{name}_{part}" for name in ("knew_sender", "hours_online") for part in parts]
    assert full(FICTION.frame).rows().columns.tolist() == [*names, "knew_sender_distance", "hours_online_distance"]
    table = full(FICTION.frame).to_frame().set_index(["measure", "of"])["value"]
    assert table["rows", ""] == len(FICTION.frame)
    assert table["rows in combinations of fewer than 10", ""] == full().below[10]
    assert table["t-closeness, ordered distance", "hours_online"] == full().closeness.highest["hours_online"]  # type: ignore[union-attr]


def test_it_prints_counts_on_one_screen() -> None:
    got = full()
    shown = repr(got)
    assert len(shown.splitlines()) <= 15
    assert f"fewer than 5: {got.below[5]:,}" in shown
    assert "(exact)" in shown
    assert "household" in shown
    html = got._repr_html_()
    assert html.startswith("<table><caption>MicrodataRisk(")
    assert f"fewer than 5: {got.below[5]:,}" in html


def test_nothing_that_was_not_asked_for_is_measured() -> None:
    got = risk(FICTION.data, keys=["sex"], weights="weight")
    assert (got.found.household, got.diversity, got.closeness) == (None, None, None)
    assert list(got.rows().columns) == ["f", "F", "risk", "suda", "dis"]


def test_without_weights_the_rows_are_the_population() -> None:
    got = risk(FICTION.data, keys=KEYS)
    np.testing.assert_allclose(got.found.own, 1 / got.frequencies.sample, rtol=1e-14)
    assert got.expected == pytest.approx(got.frequencies.combinations)
    assert any("whole population" in note for note in got.notes)


def test_weights_below_one_are_capped_and_counted() -> None:
    table = pd.DataFrame({"a": [1, 1, 2, 3], "w": [0.2, 0.4, 90.0, 70.0]})
    got = risk(table, keys=["a"], weights="w")
    assert got.found.own[:2].tolist() == [0.5, 0.5]
    assert any("2 rows rarer in the population than in the sample" in note for note in got.notes)


def test_keys_of_one_value_and_missing_ones_are_said() -> None:
    table = pd.DataFrame({"a": [1, 1, 2, None], "b": [5, 5, 5, 5], "void": [None] * 4})
    got = risk(table, keys=["a", "b", "void"])
    assert got.frequencies.sample.tolist() == risk(table, keys=["a"]).frequencies.sample.tolist()
    assert any("tell nobody apart: b, void" in note for note in got.notes)
    assert any("4 rows miss a key" in note for note in got.notes)


def test_many_keys_are_searched_three_at_a_time_unless_asked() -> None:
    rng = np.random.default_rng(2)
    table = pd.DataFrame({f"k{j}": rng.integers(0, 2, 30) for j in range(17)})
    got = risk(table, keys=list(table))
    assert got.suda is not None
    assert got.suda.score.tolist() == ek.disclosure.microdata.suda2(table, keys=list(table), how=Suda(size=3)).score.tolist()


ROW = st.tuples(*(st.sampled_from([None, 1.0, 2.0, 3.0]) for _ in range(3)), st.floats(1.2, 300), st.integers(0, 3))
TABLES = st.lists(ROW, min_size=1, max_size=15).map(lambda rows: pd.DataFrame(rows, columns=["a", "b", "c", "w", "h"]).astype("float64"))


@settings(max_examples=60)
@given(TABLES.filter(lambda t: bool(t[["a", "b"]].notna().any(axis=None))), st.sampled_from([0.0, 0.4, 1.0]))
def test_one_more_key_never_lowers_a_risk(table: pd.DataFrame, alpha: float) -> None:
    """With sdcMicro's rule for rows without any key it could."""
    one = risk(table, keys=["a", "b"], weights="w", household="h", alpha=alpha)
    more = risk(table, keys=["a", "b", "c"], weights="w", household="h", alpha=alpha)
    assert (more.frequencies.sample <= one.frequencies.sample + 1e-12).all()
    assert (more.found.own >= one.found.own * (1 - 1e-10)).all()
    assert one.found.household is not None
    assert more.found.household is not None
    assert (more.found.household >= one.found.household * (1 - 1e-10)).all()


def test_a_sensitive_column_without_answers_is_said_to_have_none() -> None:
    got = risk(pd.DataFrame({"a": [1, 2, 2], "told": [None] * 3}), keys=["a"], sensitive=["told"])
    assert repr(got).count("no answers") == 2
    assert "nan" not in repr(got)


SECRET = "q7-canary"


def planted() -> pd.DataFrame:
    n = 30
    words = [f"{SECRET}-{i % 4}" for i in range(n)]
    table = pd.DataFrame({"district": words, "grade": words[::-1], "told": words, "home": words})
    return table.assign(weight=np.linspace(20, 50, n), code=np.arange(n) + 730_001)


@pytest.mark.parametrize(
    "options",
    [
        {"keys": []},
        {"keys": ["district", "district"]},
        {"keys": [f"{SECRET}-1"]},
        {"keys": planted()["district"].tolist()},
        {"keys": ["district"], "weights": "told"},
        {"keys": ["district"], "weights": "district"},
        {"keys": ["district"], "weights": f"{SECRET}-1"},
        {"keys": ["district"], "household": "district"},
        {"keys": ["district"], "household": f"{SECRET}-1"},
        {"keys": ["district"], "sensitive": ["district"]},
        {"keys": ["district"], "sensitive": ["home"], "household": "home"},
        {"keys": ["district"], "sensitive": "told", "weights": "told"},
        {"keys": ["district"], "sensitive": ["told"], "diversity": Diversity(ordered=["told"])},
        {"keys": ["district"], "diversity": Diversity(ordered=["told"])},
        {"keys": ["district"], "diversity": 2.0},
        {"keys": ["district"], "suda": 3},
        {"keys": ["district"], "alpha": SECRET},
        {"keys": ["district"], "method": "exactly"},
    ],
)
def test_no_message_holds_a_value(options: dict[str, Any]) -> None:
    for data in (planted(), pl.from_pandas(planted())):
        with pytest.raises(ek.errors.EvidencekitError) as caught:
            risk(data, **options)
        assert SECRET not in str(caught.value)
        assert caught.value.__cause__ is None


def test_no_message_about_rows_holds_a_value() -> None:
    table = planted()
    lost = table.assign(home=[None, *table["home"][1:]])
    worse = table.assign(weight=[-4711.25, *table["weight"][1:]])
    for data, options, problem in (
        (lost, {"household": "home"}, "household= is missing in 1 row"),
        (worse, {"weights": "weight"}, "1 negative"),
        (table.assign(weight=None), {"weights": "weight"}, "numbers"),
        (table.assign(weight=1 + np.linspace(-0.001, 0.001, 30)), {"weights": "weight"}, "add up"),
        (table.iloc[:0], {}, "no rows"),
        (table.assign(district=[[w] for w in table["district"]]), {}, "neither numbers nor text"),
        (pl.from_pandas(table).lazy(), {}, "lazy"),
        (SECRET, {}, "data frame"),
    ):
        with pytest.raises(ek.errors.EvidencekitError, match=problem) as caught:
            risk(data, keys=["district"], **options)
        assert SECRET not in str(caught.value)
        assert "4711" not in str(caught.value)


def test_no_value_is_printed_saved_or_pickled() -> None:
    got = risk(planted(), keys=["district", "grade", "code"], weights="weight", household="home", sensitive=["told"])
    parts = (got, got.frequencies, got.suda, got.diversity, got.closeness)
    for shown in (*map(repr, parts), got._repr_html_(), got.to_frame().to_csv(), got.rows().to_csv()):
        assert SECRET not in shown
        assert "7300" not in shown
    for held in (*parts, got.found, got.diversity.answers["told"]):  # type: ignore[union-attr]
        with pytest.raises(ek.errors.InputError, match="not pickled"):
            pickle.dumps(held)
    with pytest.raises(FrozenInstanceError):
        got.keys = ()  # type: ignore[misc]


def test_names_of_columns_that_look_like_answers_are_not_printed() -> None:
    """A file that was read without its header."""
    table = pd.DataFrame({"0812 555 777": [1, 1, 2], "b": [1, 2, 3]})
    got = risk(table, keys=["0812 555 777", "b"])
    assert "0812" not in repr(got)
    assert "0812" not in got._repr_html_()


def test_the_same_rows_give_the_same_bytes() -> None:
    one, other = full(), full()
    assert one.rows().to_csv() == other.rows().to_csv()
    assert repr(one) == repr(other)
