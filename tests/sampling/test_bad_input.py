"""Odd and hostile input to frames and draws: refused in our own words, or drawn from as it should be."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import evidencekit as ek
from evidencekit.errors import DesignError, EvidencekitError, InputError
from evidencekit.sampling.selecting.simple import draw_replaced
from evidencekit.sampling.streams import Drawn

LIST = pd.DataFrame({"unit": range(20), "size": np.arange(1.0, 21.0), "area": ["a", "b"] * 10})
PLAIN, SIZED = ek.Frame(LIST, id="unit"), ek.Frame(LIST, id="unit", size="size")
NUMBERS = [10**400, 10**20, 2**63, 1e308, float("inf"), float("nan"), -1, 0, 2.5, True, "5", None, [5], {}, 5 + 0j, pd.NA]
ALL_AT_ONCE = [
    "srs",
    "systematic",
    "circular_systematic",
    "pps_systematic",
    "pareto",
    "poisson",
    "conditional_poisson",
    "brewer",
    "pivotal",
]


@pytest.mark.parametrize("number", NUMBERS, ids=lambda value: f"{type(value).__name__} {str(value)[:6]}")
def test_numbers_that_count_nothing_are_refused(number: Any) -> None:
    for call in (
        lambda: ek.sampling.srs(PLAIN, number, seed=1),
        lambda: ek.sampling.srs_wr(PLAIN, number, seed=1),
        lambda: ek.sampling.in_each(PLAIN, number),
        lambda: ek.sampling.releases(ek.sampling.srs(PLAIN, 9, seed=1), number),
        lambda: ek.sampling.panel_wave(SIZED, 5, wave=1, rotation=-1 if number is True else number, seed=1),
        lambda: ek.sampling.random_walk(ek.sampling.srs(SIZED, 5, seed=1), visits=number),
        lambda: ek.sampling.random_walk(ek.sampling.srs(SIZED, 5, seed=1), visits=2, step=0 if number is None else number),
    ):
        with pytest.raises(EvidencekitError) as told:
            call()
        assert "=" in str(told.value)  # says which parameter


def test_a_seed_or_an_identifier_of_thousands_of_digits_is_refused() -> None:
    frame: Any = ek.Frame
    with pytest.raises(InputError, match="digits"):
        ek.sampling.srs(PLAIN, 3, seed=10**5000)
    for role in ("id", "strata"):
        huge = pd.DataFrame({"unit": range(3), "huge": [10**5000 + k for k in range(3)]})
        with pytest.raises(InputError, match=r"whole numbers or text|digits"):
            frame(huge, **{"id": "unit", role: "huge"})


def test_half_a_letter_in_a_stream_is_a_stream_like_any_other() -> None:
    draw = ek.sampling.srs(PLAIN, 3, seed=1, stream="\ud800")
    assert ek.sampling.verify(ek.sampling.Record.from_json(draw.record.to_json()), PLAIN).n == 3


@pytest.mark.parametrize("verb", ALL_AT_ONCE)
def test_a_draw_of_all_units_has_a_design(verb: str) -> None:
    draw = getattr(ek.sampling, verb)(SIZED, 20, seed=1)
    survey = ek.Survey(draw.sample, design=draw.design)
    assert ek.total(survey, "size", population_total="weights").se.tolist() == [0.0]
    with pytest.raises(InputError, match="not split" if verb == "poisson" else "0 that were not certain"):
        ek.sampling.releases(draw, 3)


def test_an_empty_poisson_sample_has_a_design_and_a_walk() -> None:
    draw = next(d for d in (ek.sampling.poisson(PLAIN, 1, seed=seed) for seed in range(99)) if not d.n)
    assert draw.design.psu == ("unit",)
    assert "0 areas" in repr(ek.sampling.random_walk(draw, visits=2, step=3))


def test_draws_with_replacement_many_times_over_are_quick() -> None:
    draw = ek.sampling.srs_wr(PLAIN, 100_000, seed=1)  # each of 5,000 turns once went through all rows
    assert sorted(draw.selection.tolist()) == list(range(1, 100_001))


def test_joint_chances_of_too_many_units_are_refused() -> None:
    many = ek.Frame(pd.DataFrame({"unit": range(30_000)}), id="unit")
    with pytest.raises(DesignError, match="too many"):
        ek.sampling.srs(many, 25_000, seed=1).joint()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("visits", "counted"), [(5e-324, 9), (1e308, 9), (1, 10**400), (1, 1e308), (1, None), (1, True)])
def test_visits_and_counts_that_make_no_weight_are_refused(visits: float, counted: Any) -> None:
    periods = pd.DataFrame({"venue": ["Pier", "Park"], "day": "Fri", "time": 18})
    draw = ek.sampling.srs(ek.sampling.venue_frame(periods, venue="venue", day="day", time="time"), 2, seed=1)
    answers = pd.DataFrame({"venue_day_time": draw.frame.ids, "visits": [2.0, visits]})
    with pytest.raises(InputError, match=r"visits=|counted="):
        ek.sampling.venue_sample(draw, answers, visits="visits", counted=dict.fromkeys(draw.frame.ids, counted))


@pytest.mark.parametrize("labels", [None, 5, "ab", ["a"], ["a", 1], [["a"], ["b"]], [{}, "b"], {"a", "b"}])
def test_labels_that_name_no_parts_are_refused(labels: Any) -> None:
    with pytest.raises(InputError, match="two or more words"):
        ek.sampling.split_psus(ek.sampling.srs(PLAIN, 9, seed=1), labels)


@pytest.mark.parametrize("columns", [None, 5, [5], [None], [{}]])
def test_columns_to_bring_that_are_no_names_are_refused(columns: Any) -> None:
    draw = ek.sampling.srs(PLAIN, 9, seed=1)
    with pytest.raises(InputError, match="columns="):
        ek.sampling.with_answers(draw, draw.sample[["unit"]], columns=columns)


def test_a_column_that_two_phases_would_write_over_is_refused() -> None:
    answers = pd.DataFrame({"unit": range(20), "told": [0, 1] * 10, "phase2": "kept"})
    second = ek.sampling.srs(ek.Frame(answers, id="unit", strata="told"), {0: 3, 1: 3}, seed=1)
    with pytest.raises(InputError, match="already have a column 'phase2'"):
        ek.sampling.two_phase(ek.sampling.srs(PLAIN, 20, seed=1), second)


def test_strata_called_alike_are_one() -> None:
    mixed = pd.DataFrame({"unit": range(12), "area": [1, "1", "\u00e9", "e\u0301"] * 3})
    frame = ek.Frame(mixed, id="unit", strata="area")
    assert frame.keys == (("1",), ("\u00e9",))
    draw = ek.sampling.srs(frame, {1: 2, "\u00e9": 3}, seed=1)
    assert np.bincount(draw.variance_stratum).tolist() == [0, 2, 3]
    assert ek.sampling.check_frame(mixed, id="unit", strata="area").strata == 2


def _draw_of(data: Any) -> tuple[Any, ...]:
    frame = ek.Frame(data, id="unit", strata="area", order="code")
    draw = ek.sampling.systematic(frame, ek.sampling.in_each(frame, 3), seed=1)
    return frame.fingerprint, frame.ids, draw.chosen.tolist(), draw.variance_stratum.tolist()


def test_categories_are_what_they_stand_for_in_every_kind_of_frame() -> None:
    text = pd.DataFrame({"unit": range(30), "area": list("zba") * 10, "code": list("xqmkc") * 6})
    wanted = _draw_of(text)
    turned = text.iloc[::-1]
    for rows in (text, turned):
        table = pa.Table.from_pandas(rows, preserve_index=False)
        coded = pa.table(
            {name: table[name].combine_chunks().dictionary_encode() if name != "unit" else table[name] for name in table.schema.names}
        )
        assert _draw_of(rows.astype({"area": "category", "code": "category"})) == wanted
        assert _draw_of(pl.from_pandas(rows).with_columns(pl.col("area", "code").cast(pl.Categorical))) == wanted
        assert _draw_of(coded) == wanted


def test_an_order_that_was_declared_is_kept() -> None:
    levels = ["low", "middle", "high"]
    data = pd.DataFrame({"unit": range(6), "risk": pd.Categorical(["high", "low", "middle"] * 2, categories=levels, ordered=True)})
    assert ek.Frame(data, id="unit", order="risk").ids == ("1", "4", "2", "5", "0", "3")


def test_an_order_of_long_codes_keeps_all_their_digits() -> None:
    codes = pd.DataFrame({"unit": [1, 2, 3], "code": [2**60 + 2, 2**60 + 1, 2**60]})
    assert ek.Frame(codes, id="unit", order="code").ids == ("3", "2", "1")


def test_days_are_called_the_same_in_every_kind_of_frame() -> None:
    days = {"unit": list(range(6)), "day": [dt.date(2024, 1, 1), dt.date(2024, 1, 2)] * 3}
    frames = [ek.Frame(make(days), id="unit", strata="day") for make in (pd.DataFrame, pl.DataFrame, pa.table)]
    assert {frame.fingerprint for frame in frames} == {frames[0].fingerprint}
    assert frames[0].keys[0] == ("2024-01-01",)


def test_a_blank_category_is_missing_like_a_blank_text() -> None:
    for blank in (["", "b", "c"], pd.Categorical(["", "b", "c"]), pl.Series(["", "b", "c"], dtype=pl.Categorical)):
        data = pl.DataFrame({"unit": blank}) if isinstance(blank, pl.Series) else pd.DataFrame({"unit": blank})
        with pytest.raises(InputError, match="missing for 1 unit"):
            ek.Frame(data, id="unit")


@pytest.mark.parametrize("sizes", [[1e-9, 1e9, 1.0], [5e-324, 1.0, 1.0], [1e308, 1.0, 1.0]])
def test_sizes_whose_chances_would_be_lost_in_rounding_are_refused(sizes: list[float]) -> None:
    data = pd.DataFrame({"unit": range(3), "size": sizes})
    for call in (ek.Frame, ek.sampling.check_frame):
        with pytest.raises(InputError, match="factor"):
            call(data, id="unit", size="size")


@pytest.mark.filterwarnings("error")
def test_huge_sizes_are_drawn_from_without_a_warning() -> None:
    frame = ek.Frame(pd.DataFrame({"unit": range(9), "size": np.full(9, 1e308)}), id="unit", size="size")
    assert np.allclose(ek.sampling.pps_systematic(frame, 3, seed=1).chance, 1 / 3)


@pytest.mark.parametrize("values", [[0.5, float("inf"), 1.0], [[1], [2], [3]], [{"a": 1}] * 3], ids=["infinite", "lists", "dicts"])
@pytest.mark.parametrize("role", ["strata", "order"])
def test_a_check_refuses_the_columns_that_a_frame_refuses(role: str, values: list[Any]) -> None:
    data = pd.DataFrame({"unit": range(3), "odd": values})
    calls: list[Any] = [ek.Frame, ek.sampling.check_frame]
    for call in calls:
        with pytest.raises(InputError):
            call(data, **{"id": "unit", role: "odd"})


@pytest.mark.slow
def test_millions_of_draws_with_replacement_add_up() -> None:
    expected = np.full(100_002, 10**7 / 100_002)  # their sum misses the whole number by more than the billionth that small ones do
    assert draw_replaced(expected, Drawn(np.random.default_rng(1), expected.size)).sum() == 10**7
