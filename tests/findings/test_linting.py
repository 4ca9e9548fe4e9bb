"""What people type beside numbers holds none of its own, in letters or in signs, and keeps the rules for words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import evidencekit as ek
from evidencekit.errors import InputError
from evidencekit.findings import Basis, Words, cascade, overlap, ranked, recall

NUMBERS = (
    "three in four girls",
    "one in ten of the children",
    "½ of girls",
    "girls (⅓)",
    "ninety percent of girls",
    "ninety per cent of girls",
    "half of the girls",
    "two thirds of girls",
    "a quarter of girls",
    "the majority of girls",
    "most girls",
    "every tenth girl",
    "every other child",
    "thousands of girls",
    "two hundred girls",
    "nine out of ten girls",
    "one girl every two minutes",
    "Ⅻ girls",
)
FINE = (
    "children aged 12-17",
    "children aged twelve to seventeen",
    "children under eighteen",
    "children who were asked one or more times",
    "children with a one-time account",
    "children with two parents",
    "children who were asked two or three times",
    "children of an ethnic minority",
    "young people under the age of majority",
    "children in half-day schools",
    "children told by a third party",
    "first-time users aged 12-17",
    "children who use it most",
    "children in secondary school in 2026",
    "children of single-parent families",
    "children who were online at least once a week",
)


@pytest.mark.parametrize("said", NUMBERS)
@pytest.mark.parametrize("slot", ["did", "people", "recall", "groups"])
def test_a_number_in_letters_or_signs_is_refused(said: str, slot: str) -> None:
    given: dict[str, Any] = {"did": "were asked", slot: {"sex": {"girl": said}} if slot == "groups" else said}
    with pytest.raises(InputError, match=r"number|fraction"):
        Words(**given)


@pytest.mark.parametrize("said", FINE)
def test_ages_times_and_small_words_are_fine(said: str) -> None:
    assert Words(did="were asked", people=said).people == said


@pytest.mark.parametrize("said", ["in the past 12 months", "in the past twelve months", "in the last two years", "in 2026", "since age 12"])
def test_lengths_of_time_are_fine(said: str) -> None:
    assert Words(did="were asked", recall=said).recall == said


def test_signs_are_refused_in_other_languages_too() -> None:
    with pytest.raises(InputError, match="fraction"):
        Words(did="were asked").also("vi", did="½ trẻ em bị hỏi")


@pytest.mark.parametrize(
    "said", ["the crisis region", "Lumora, 12% of areas", "half of Lumora", "one in ten districts", "the predators' den", "most of Lumora"]
)
@pytest.mark.parametrize("part", ["place", "time"])
def test_place_and_time_keep_the_rules(said: str, part: str) -> None:
    with pytest.raises(InputError, match=f"{part}="):
        Basis(**{part: said})


def test_years_and_districts_are_fine() -> None:
    basis = Basis(place="District 9, Lumora", time="March to May 2026")
    assert (basis.place, basis.time) == ("District 9, Lumora", "March to May 2026")
    assert Basis(time="2025-26").time == "2025-26"


@pytest.fixture(scope="module")
def survey() -> ek.Survey:
    fiction = ek.fictional.national_survey()
    return ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu", population="children 12-17")


@pytest.mark.parametrize("said", ["crisis provinces", "most of the provinces", "twelve provinces", "half of the provinces"])
def test_among_keeps_the_rules(survey: ek.Survey, said: str) -> None:
    safe = ek.release(ek.proportion(survey, "any_contact_unwanted", by="province"))
    words = Words(did="were sent unwanted messages", people="children")
    with pytest.raises(InputError, match="among="):
        ranked(safe, 0, words=words, among=said)
    assert ranked(safe, 0, words=words, among="provinces").kind == "rank"


@pytest.mark.parametrize("said", ["A shocking cascade", "Only 12% were helped", "One in ten was helped"])
@pytest.mark.parametrize("where", ["title", "first", "step"])
def test_what_is_typed_on_a_cascade_keeps_the_rules(survey: ek.Survey, said: str, where: str) -> None:
    safe = ek.release(ek.proportion(survey, ["internet_daily", "any_contact_unwanted"]))
    typed = {"title": "Two steps", "first": "All children", "step": "Online every day"} | {where: said}
    with pytest.raises(InputError, match="cascade"):
        cascade(
            safe, {"internet_daily": typed["step"], "any_contact_unwanted": "Sent messages"}, first=typed["first"], title=typed["title"]
        )


def test_what_is_typed_on_an_overlap_keeps_the_rules(survey: ek.Survey) -> None:
    safe = ek.release(ek.proportion(survey, "any_contact_unwanted"))
    for sets, title in (({"any_contact_unwanted": "Sent"}, "An epidemic"), ({"any_contact_unwanted": "12% sent"}, "Sent")):
        with pytest.raises(InputError, match="overlap"):
            overlap(safe, safe, sets=sets, made_of={}, title=title)


def test_secondary_names_keep_the_rules(survey: ek.Survey) -> None:
    find = ek.finding(ek.release(ek.proportion(survey, "any_contact_unwanted")))
    staff = pd.DataFrame({"number": range(40)})
    answers = staff.assign(number_said="1 in 6", near="1")
    coded = recall.code(answers, find, id="number", remembers=None, nearest=("near", "1"))
    made = recall.assign(staff, id="number", seed=1)
    for said in ("were 90% right", "knew the shocking number", "were half of them right: one in two"):
        with pytest.raises(InputError, match="secondary="):
            recall.analyse(coded, made, secondary={"nearest_right": said})


# -- groups that the table does not have


def table(by: str | None = "sex") -> ek.Released:
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({"y": rng.integers(0, 2, 600), "sex": ["girl", "boy"] * 300, "psu": np.arange(600) // 20, "w": 1.0})
    return ek.release(ek.proportion(ek.Survey(frame, weights="w", psu="psu", population="children"), "y", by=by))


@pytest.mark.parametrize("groups", [{"sexx": {"girl": "girls"}}, {"sex": {"gril": "girls", "boy": "boys"}}, {"sex": {1: "girls"}}])
def test_a_group_with_a_letter_wrong_is_refused(groups: Any) -> None:
    """Once its words were left out in silence, and the label of the data stood there."""
    with pytest.raises(InputError, match="groups=") as told:
        ek.finding(table(), cell={"sex": "girl"}, words=Words(did="were asked", groups=groups))
    assert "gril" not in str(told.value)
    assert ek.finding(table(), cell=1, words=Words(did="were asked", groups={"sex": {"girl": "girls"}})).headline()


def test_words_may_name_the_columns_of_several_tables() -> None:
    both = Words(did="were asked", people="children", groups={"sex": {"girl": "girls"}, "area": {"city": "children in cities"}})
    assert ek.finding(table(), cell=1, words=both).headline().startswith("About 1 in 2 girls")
    assert "children" in ek.finding(table(None), words=both).headline()
    with pytest.raises(InputError, match="by 'sex'"):
        ek.finding(table(), cell=1, words=Words(did="were asked", people="children", groups={"area": {"city": "children in cities"}}))
