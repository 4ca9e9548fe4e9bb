"""Findings: what may be said follows from what was released."""

from __future__ import annotations

import json

import pandas as pd
import pytest

import evidencekit as ek


@pytest.fixture(scope="module")
def safe() -> ek.Released:
    fiction = ek.fictional.national_survey()
    data = ek.Dataset(fiction.frame, labels=fiction.labels, value_labels=fiction.value_labels, missing=fiction.missing)
    survey = ek.Survey(data, weights="weight", strata="stratum", psu="psu", population="children 12-17")
    return ek.release(ek.proportion(survey, "any_contact_unwanted", by="sex"))


def test_the_fraction_lies_in_the_interval_and_is_said(safe: ek.Released) -> None:
    find = ek.finding(safe, cell={"sex": "girl"})
    phrase = find.phrase
    assert phrase is not None
    low, high = safe.estimate.interval.low[1], safe.estimate.interval.high[1]
    assert low <= phrase.x / phrase.y <= high
    assert find.headline().startswith(f"About {phrase.x} in {phrase.y} children 12-17 (sex: girl)")
    assert "between" in find.interval_words()


def test_the_record_holds_every_number_and_where_it_came_from(safe: ek.Released) -> None:
    action = ek.Action(actor="a ministry", act="act", deadline="2027", marker="a share")
    record = json.loads(ek.finding(safe, cell={"sex": "boy"}, action=action).to_json())
    assert record["numbers"]["estimate"] == safe.estimate.points[0]
    assert record["provenance"]["version"] == ek.__version__
    assert record["action"]["actor"] == "a ministry"
    assert record["cell"]["sex"] == "boy"


@pytest.mark.parametrize("kind", ["icons", "dots"])
def test_pictures_have_alternative_text(safe: ek.Released, kind: str) -> None:
    picture = ek.finding(safe, cell={"sex": "girl"}).picture(kind)  # type: ignore[arg-type]
    assert picture.alt
    assert picture.to_svg().lstrip().startswith("<svg")


def test_what_is_not_released_is_refused(safe: ek.Released) -> None:
    with pytest.raises(ek.errors.InputError, match="release"):
        ek.finding(safe.estimate, cell=0)  # type: ignore[arg-type]
    with pytest.raises(ek.errors.InputError, match="actor"):
        ek.Action(actor=" ", act="x", deadline="x", marker="x")


def test_a_protected_cell_is_refused() -> None:
    frame = pd.DataFrame({"y": [1] * 3 + [0] * 77, "psu": list(range(8)) * 10, "w": 2.0})
    safe = ek.release(ek.proportion(ek.Survey(frame, weights="w", psu="psu"), "y"))
    with pytest.raises(ek.errors.Refused, match="protected"):
        ek.finding(safe)


def test_self_selected_answers_are_never_a_population() -> None:
    frame = pd.DataFrame({"y": [1] * 30 + [0] * 70})
    poll = ek.Survey(frame, design=ek.survey.NoDesign(inference="self-selected"), population="children")
    assert ek.proportion(poll, "y").flags == ("no design: self-selected",)
    assert (
        ek.release(ek.proportion(poll, "y")).status == ("protected",)
        or "those who answered" in ek.finding(ek.release(ek.proportion(poll, "y"))).headline()
    )
