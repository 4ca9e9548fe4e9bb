"""Results show themselves, in a console and in a notebook."""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any

import pytest

import evidencekit as ek

ASKED_FOR = {"Benchmark", "Heading"}  # what the analyst makes, and three words
RESULTS = {
    f"{room.__name__.rpartition('.')[2]}.{name}": getattr(room, name)
    for room in (ek.tables, ek.models, ek.combining)
    for name in room.__all__
    if inspect.isclass(getattr(room, name)) and name not in ASKED_FOR
} | {"Test": ek.Test}


@pytest.mark.parametrize("name", RESULTS)
def test_every_result_has_a_page_of_its_own(name: str) -> None:
    assert {"__repr__", "_repr_html_"} <= set(vars(RESULTS[name]))


@cache
def survey() -> ek.Survey:
    fiction = ek.fictional.national_survey()
    return ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")


def shown(made: Any) -> str:
    html = made._repr_html_()
    assert html.startswith("<table>")
    assert html.endswith("</table>")
    return html


def test_models_and_interviewers() -> None:
    assert "age_group" in shown(ek.models.multinomial(survey(), "age_group ~ sex"))
    made = ek.models.interviewer_effect(survey(), "internet_daily", interviewer="psu")
    assert f"{made.estimate.points[0]:.4f}" in shown(made)
