"""What became of those who were selected: every label has a kind, and rates are the published formulas."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evidencekit as ek
from evidencekit.errors import InputError, UnknownColumn
from evidencekit.weighting import Dispositions, response_rates

LABELS = {"done": "respondent", "stopped": "interrupted", "ill": "nonrespondent", "no": "refused", "out": "not_contacted"}
LABELS |= {"empty": "ineligible", "unvisited": "unknown"}
FULL = Dispositions("result", **{kind: label for label, kind in LABELS.items()})
COUNTS = {"done": 60, "stopped": 5, "ill": 3, "no": 20, "out": 12, "empty": 25, "unvisited": 10}


def drawn(counts: dict[str, int] = COUNTS) -> pd.DataFrame:
    return pd.DataFrame({"result": [label for label, n in counts.items() for _ in range(n)]})


def test_rates_worked_out_by_hand() -> None:
    """I 60, P 5, R 20, NC 12, O 3, ineligible 25, U 10: 100 eligible, e = 100 / 125 = 0.8."""
    row = response_rates(drawn(), FULL).to_frame().iloc[0].to_dict()
    want = {
        "n": 135, "respondent": 60, "interrupted": 5, "nonrespondent": 35, "refused": 20, "not_contacted": 12, "ineligible": 25,
        "unknown": 10, "e": 0.8, "rr1": 60 / 110, "rr2": 65 / 110, "rr3": 60 / 108, "rr4": 65 / 108, "rr5": 0.6, "rr6": 0.65,
        "ref1": 20 / 110, "ref2": 20 / 108, "ref3": 0.2, "con1": 88 / 110, "con2": 88 / 108, "con3": 0.88,
        "coop1": 60 / 88, "coop2": 65 / 88, "coop3": 60 / 85, "coop4": 65 / 85,
    }  # fmt: skip
    assert row == pytest.approx(want, rel=1e-14)
    assert response_rates(drawn(), FULL, e=0.5).to_frame()["rr3"][0] == pytest.approx(60 / 105)


def test_rates_that_cannot_be_told_apart_are_not_given() -> None:
    plain = Dispositions(
        "result", respondent="done", interrupted="stopped", nonrespondent=("ill", "no", "out"), ineligible="empty", unknown="unvisited"
    )
    columns = set(response_rates(drawn(), plain).to_frame().columns)
    assert not any(c.startswith(("ref", "con", "coop")) for c in columns)
    for part in ({"refused": "no", "nonrespondent": ("ill", "out")}, {"not_contacted": "out", "nonrespondent": ("ill", "no")}):
        made = Dispositions("result", respondent="done", interrupted="stopped", ineligible="empty", unknown="unvisited", **part)
        found, full = response_rates(drawn(), made).to_frame(), response_rates(drawn(), FULL).to_frame()
        assert found.shape[1] > len(columns)
        for name in found:
            assert found[name][0] == pytest.approx(full[name][0])


def test_rates_by_group_weighted_and_combined() -> None:
    frame = drawn()
    frame["region"] = np.where(np.arange(len(frame)) % 3 == 0, "north", "south")
    frame["w"] = np.where(frame["region"] == "north", 2.0, 5.0)
    rates = response_rates(frame, FULL, by="region")
    table = rates.to_frame().set_index("region")
    for region, part in frame.groupby("region"):
        alone = response_rates(part, FULL).to_frame().iloc[0]
        assert table.loc[region].to_dict() == pytest.approx(alone.to_dict())
    eligible = ~frame["result"].isin(["empty", "unvisited"])
    want = frame["w"][frame["result"] == "done"].sum() / frame["w"][eligible].sum()
    assert response_rates(frame, FULL, weights="w").to_frame()["rr5"][0] == pytest.approx(want)
    survey = ek.Survey(frame, weights="w")
    assert response_rates(survey, FULL, weights=True).to_frame()["rr5"][0] == pytest.approx(want)
    assert response_rates(survey, FULL).to_frame()["rr5"][0] == pytest.approx(0.6)
    weighted = response_rates(survey, FULL, weights=True)
    assert weighted.columns["n"][0] == len(frame)
    assert "Response rates, weighted (n counts rows)\n" in repr(weighted)
    assert "weighted" not in repr(response_rates(survey, FULL))
    other = response_rates(frame.iloc[::-1], FULL, by="region")
    both = rates.combined(other).to_frame().set_index("region")
    for k in range(1, 7):
        np.testing.assert_allclose(both[f"rr{k}"], table[f"rr{k}"] ** 2)


def test_households_then_respondents() -> None:
    """Three of four homes took part; in them two of three children answered: one half in all."""
    frame = pd.DataFrame({"w": 1.0, "home": ["in", "in", "in", "no"], "child": ["yes", "yes", "no", None]})
    homes = Dispositions("home", respondent="in", refused="no")
    children = Dispositions("child", respondent="yes", refused="no")
    survey = ek.Survey(frame, weights="w")
    taking_part = ek.weighting.adjust_nonresponse(survey, homes)
    both = response_rates(survey, homes).combined(response_rates(taking_part, children))
    np.testing.assert_allclose([both.columns[f"rr{k}"][0] for k in range(1, 7)], 0.5)
    made = ek.weighting.adjust_nonresponse(taking_part, children)
    assert made.w is not None
    np.testing.assert_allclose(made.w, [2, 2, 0, 0])


def test_nobody_of_whom_it_is_known() -> None:
    frame = drawn({"done": 1, "unvisited": 2})
    frame["part"] = ["a", "b", "b"]
    table = response_rates(frame, FULL, by="part").to_frame().set_index("part")
    assert table.loc["a", "rr3"] == 1
    assert np.isnan(table.loc["b", ["e", "rr3", "rr5"]].astype(float)).all()
    assert table.loc["b", "rr1"] == 0


@pytest.mark.parametrize("codes", [{"done": 1, "no": 2}, {"done": 1.0, "no": 2.0}, {"done": True, "no": False}])
def test_labels_are_values_or_value_labels(codes: dict[str, Any]) -> None:
    frame = drawn({"done": 3, "no": 1})
    frame["result"] = frame["result"].map(codes)
    by_value = Dispositions("result", respondent=codes["done"], refused=(codes["no"],))
    assert response_rates(frame, by_value).to_frame()["rr5"][0] == 0.75
    data = ek.Dataset(frame, value_labels={"result": {v: k for k, v in codes.items()}})
    by_label = Dispositions("result", respondent=["done"], refused="no")
    assert response_rates(data, by_label).to_frame()["rr5"][0] == 0.75
    assert response_rates(data, by_value).to_frame()["rr5"][0] == 0.75
    assert response_rates(pl.from_pandas(frame), by_value).to_frame()["rr5"].to_list() == [0.75]


SECRET, OTHER = "Zanzibarella-7f3", "Marzipan-22"
GOOD = Dispositions("result", respondent="done", refused="no")
PLAIN = drawn({"done": 3, "no": 2})
WRONG: dict[str, tuple[Any, type[Exception], str]] = {
    "unmatched": (
        lambda: response_rates(pd.concat([PLAIN, drawn({SECRET: 4, OTHER: 1})]), GOOD),
        InputError,
        "5 rows have one of 2 labels",
    ),
    "missing": (lambda: response_rates(drawn({"done": 3, None: 2}), GOOD), InputError, "2 rows have no disposition"),
    "other type": (
        lambda: response_rates(PLAIN.assign(result=1), Dispositions("result", respondent="1")),
        InputError,
        "5 rows have one of 1",
    ),
    "case": (
        lambda: response_rates(PLAIN, Dispositions("result", respondent="Done", refused="no")),
        InputError,
        "3 rows have one of 1 label",
    ),
    "two meanings": (
        lambda: response_rates(
            ek.Dataset(PLAIN.assign(result=1), value_labels={"result": {1: "done"}}), Dispositions("result", respondent="done", refused=1)
        ),
        InputError,
        "5 rows have a label whose value and value label",
    ),
    "no column": (lambda: response_rates(PLAIN, Dispositions("reslt", respondent="done")), UnknownColumn, "Did you mean 'result'"),
    "a mapping": (lambda: response_rates(PLAIN, {"done": "respondent"}), InputError, "takes Dispositions, not a dict"),
    "nobody responds": (lambda: Dispositions("result", respondent=()), InputError, "No label says who responded"),
    "twice": (lambda: Dispositions("result", respondent=SECRET, refused=(OTHER, SECRET)), InputError, "stands twice"),
    "twice in one": (lambda: Dispositions("result", respondent=(1, 1.0)), InputError, "stands twice"),
    "not a label": (lambda: Dispositions("result", respondent=[None]), InputError, "text or numbers"),
    "NaN": (lambda: Dispositions("result", respondent=float("nan")), InputError, "text or numbers"),
    "no name": (lambda: Dispositions("", respondent=1), InputError, "name of the column"),
    "by missing": (lambda: response_rates(PLAIN.assign(h=[1, None, 2, 2, 2]), GOOD, by="h"), InputError, "1 rows have no 'h'"),
    "by a rate": (lambda: response_rates(PLAIN.assign(rr1="a"), GOOD, by="rr1"), InputError, "column of that name"),
    "e": (lambda: response_rates(PLAIN, GOOD, e=1.2), InputError, "from 0 to 1"),
    "weights": (lambda: response_rates(PLAIN.assign(w=[1, -1, None, 1, 1]), GOOD, weights="w"), InputError, "negative in 2 rows"),
    "weights of a frame": (lambda: response_rates(PLAIN, GOOD, weights=True), InputError, "weights of a Survey"),
    "lazy": (lambda: response_rates(pl.from_pandas(PLAIN).lazy(), GOOD), InputError, "lazy"),
    "empty": (lambda: response_rates(PLAIN.iloc[:0], GOOD), InputError, "no rows"),
    "not rates": (lambda: response_rates(PLAIN, GOOD).combined(1), InputError, "takes ResponseRates"),
    "other by": (
        lambda: response_rates(PLAIN, GOOD).combined(response_rates(PLAIN.assign(h=1), GOOD, by="h")),
        InputError,
        "same columns",
    ),
    "other groups": (
        lambda: response_rates(PLAIN.assign(h=SECRET), GOOD, by="h").combined(response_rates(PLAIN.assign(h=OTHER), GOOD, by="h")),
        InputError,
        "2 groups occur in one",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_refused_names_no_label(case: str) -> None:
    call, error, words = WRONG[case]
    with pytest.raises(error, match=words) as caught:
        call()
    assert SECRET not in str(caught.value)
    assert OTHER not in str(caught.value)


def test_what_is_shown_names_no_label() -> None:
    made = Dispositions("result", respondent=SECRET, refused=(OTHER, 4))
    assert repr(made) == "Dispositions('result': 1 label respondent, 2 refused)"
    frame = drawn({SECRET: 3, OTHER: 1})
    rates = response_rates(frame, made)
    for shown in (repr(rates), rates._repr_html_()):
        assert SECRET not in shown
        assert OTHER not in shown
        assert "rr1" in shown
    assert made == Dispositions("result", respondent=SECRET, refused=(OTHER, 4))


@given(st.lists(st.integers(0, 40), min_size=7, max_size=7), st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_rates_are_ordered(numbers: list[int], e: float) -> None:
    counts = dict(zip(LABELS, numbers, strict=True)) | {"done": numbers[0] + 1}
    row = response_rates(drawn(counts), FULL, e=e).to_frame().iloc[0]
    assert row["rr1"] <= row["rr3"] + 1e-12 <= row["rr5"] + 2e-12
    for k in (1, 3, 5):
        assert 0 < row[f"rr{k}"] <= row[f"rr{k + 1}"] + 1e-12 <= 1 + 2e-12
    assert row["rr2"] + row["ref1"] <= 1 + 1e-12
    assert row["con3"] * row["coop2"] == pytest.approx(row["rr6"])
