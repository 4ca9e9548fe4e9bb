"""An Estimate is titled in words, and its cells are found or the message says how they are named."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import evidencekit as ek
from evidencekit.errors import InputError

FICTION = ek.fictional.national_survey()
DESIGN = {"weights": "weight", "strata": "stratum", "psu": "psu"}
SURVEY = ek.Survey(FICTION.data, **DESIGN)  # type: ignore[arg-type]
LABEL = "Goes online every day"


def first_line(made: ek.Estimate) -> str:
    return repr(made).splitlines()[0]


def test_the_title_says_what_the_variable_is() -> None:
    by_sex = ek.proportion(SURVEY, "internet_daily", by="sex")  # sex has a label too, which is not the variable's
    assert first_line(by_sex).startswith(f'Estimate: share of internet_daily "{LABEL}"; ')
    assert f"share of internet_daily &quot;{LABEL}&quot;" in by_sex._repr_html_()
    made = ek.difference(by_sex, {"sex": "girl"}, {"sex": "boy"})
    assert first_line(made).startswith(f'Estimate: difference: share of internet_daily "{LABEL}"; ')
    assert by_sex.estimand == "share of internet_daily"


def test_a_title_without_one_label_is_the_estimand() -> None:
    assert first_line(ek.proportion(SURVEY, ["school", "internet_daily"])).startswith("Estimate: share of school, internet_daily; ")
    bare = ek.Survey(FICTION.frame, **DESIGN)  # type: ignore[arg-type]
    assert first_line(ek.proportion(bare, "school")).startswith("Estimate: share of school; ")
    assert '"' not in first_line(ek.count(SURVEY, by="sex"))


def test_a_label_is_put_as_it_stands() -> None:
    frame = pd.DataFrame({"q.1": [0, 1] * 10, "w": 2.0, "psu": list(range(10)) * 2})
    survey = ek.Survey(ek.Dataset(frame, labels={"q.1": r"Half \1 \g<0>"}), weights="w", psu="psu")
    assert r'share of q.1 "Half \1 \g<0>"' in first_line(ek.proportion(survey, "q.1"))


@pytest.mark.parametrize("wanted", ["girl", None, ["girl"], 0.0])
def test_a_cell_is_named_by_a_mapping(wanted: Any) -> None:
    by_sex = ek.proportion(SURVEY, "internet_daily", by=["sex", "area"])
    with pytest.raises(InputError, match=r'Give a mapping, for example \{"sex": \.\.\., "area": \.\.\.\}') as caught:
        by_sex.cells.find(wanted)
    assert "girl" not in str(caught.value)
    with pytest.raises(InputError, match=r'for example \{"variable": \.\.\.\}'):
        ek.mean(SURVEY, ["age", "hours_online"]).cells.find("age")  # type: ignore[arg-type]


def test_codes_are_not_labels() -> None:
    by_school = ek.mean(SURVEY, "age", by="school")
    assert by_school.cells.find({"school": "yes"}) == 1
    with pytest.raises(InputError, match=r"Use the labels shown by to_frame\(\), not codes; cells are told apart by school"):
        by_school.cells.find({"school": 1})
    with pytest.raises(InputError, match="has one cell: number 0"):
        ek.mean(SURVEY, "age").cells.find({"variable": "hours_online"})
