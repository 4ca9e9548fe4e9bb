"""Names typed elsewhere (place, time, source, population, labels) in the language of a finding."""

from __future__ import annotations

import copy
import pickle
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from checked_languages import greek, spelled
from told_words import SHORT

import evidencekit as ek
from evidencekit.errors import InputError
from evidencekit.findings import Basis, Catalogue, Words, changed, headcount

SOURCE = "Statistics Office, census of 2024"
PLACE = Basis(harm="a", age="12-17", mode="web", frame="panel", place="Lumora", time="spring of 2026")
NAMES = {one: spelled(one) for one in ("Lumora", "spring of 2026", "autumn of 2023", SOURCE, "school pupils", "region", "North", "South")}
WORDS = replace(SHORT, others={}).also("el", did=spelled("were asked"), people=spelled("children"), names=NAMES)
UNNAMED = Words(did="were asked").also("el", did=spelled("were asked"), names=NAMES)


@pytest.fixture(scope="module")
def el(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return greek(tmp_path_factory.mktemp("languages"))


def table(seed: int = 1, *, by: str | None = None) -> ek.Released:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"y": (rng.random(2000) < 0.15).astype(int), "psu": np.arange(2000) % 80, "w": rng.uniform(1, 2, 2000)})
    frame["region"], frame["code"] = np.where(np.arange(2000) % 2, "North", "South"), np.arange(2000) % 2 + 7
    return ek.release(ek.proportion(ek.Survey(frame, weights="w", psu="psu", population="school pupils"), "y", by=by))


def latin(text: str) -> list[str]:
    return re.findall("[A-Za-z]+", text)


def test_place_and_time_are_said_in_the_language(el: Catalogue) -> None:
    for words in (WORDS, UNNAMED):
        find = ek.finding(table(), words=words, basis=PLACE)
        assert latin(find.headline(language=el)) == []
        assert find.headline().endswith("were asked (Lumora, spring of 2026).")
    there = replace(WORDS, others={}).also("el", did=spelled("were asked"), people=f"{spelled('children')} {NAMES['Lumora']}", names=NAMES)
    assert ek.finding(table(), words=there, basis=PLACE).headline(language=el).count(NAMES["Lumora"]) == 1


def test_the_source_of_a_population_is_said_in_the_language(el: Catalogue) -> None:
    for words in (WORDS, UNNAMED):
        claim = headcount(table(), words=words, population=200_000, source=SOURCE + ".")
        assert SOURCE in claim.text
        assert NAMES[SOURCE] in claim.say(language=el)
        assert [latin(line) for line in claim.lines(language=el)] == [[]] * len(claim.lines())


def test_rounds_are_named_in_the_language(el: Catalogue) -> None:
    bases = [replace(PLACE, time=time) for time in ("autumn of 2023", "spring of 2026")]
    claim = changed([table(1), table(2)], bases, words=WORDS, plan="p")
    assert latin(claim.say(language=el) + claim.picture(language=el).alt) == []


@pytest.mark.parametrize("by", ["region", "code"])
def test_groups_without_words_have_their_names(el: Catalogue, by: str) -> None:
    words = replace(WORDS, others={}).also("el", did=spelled("x"), people=spelled("y"), names={**NAMES, "code": spelled("code")})
    for one in (words, replace(words, people="")):
        find = ek.finding(table(by=by), cell=0, words=one)
        assert latin(find.headline(language=el) + find.picture("dots", language=el).alt) == []
    english = ek.finding(table(by=by), cell=0, words=words).picture("dots").alt
    assert ("North (this finding)" if by == "region" else "code: 7 (this finding)") in english


def test_a_name_that_is_not_there_stays_as_it_is(el: Catalogue) -> None:
    words = WORDS.also("el", did=spelled("were asked"), people=spelled("children"), names={"Elsewhere": spelled("Elsewhere")})
    assert ek.finding(table(), words=words, basis=PLACE).headline(language=el).endswith("(Lumora, spring of 2026).")
    assert words.named("Lumora") == "Lumora"
    for again in (copy.deepcopy(WORDS), pickle.loads(pickle.dumps(WORDS))):
        assert again == WORDS
        assert again.others["el"].names == NAMES


WRONG: list[Any] = [
    "text",
    {"Lumora": ""},
    {"": "x"},
    {"Lumora": 3},
    {"2026": "2025"},
    {"Lumora": "Lumora 9"},
    {"a": "50%"},
    {"a": "khủng hoảng"},
]


@pytest.mark.parametrize("names", WRONG)
def test_what_is_no_name_is_refused(names: Any) -> None:
    with pytest.raises(InputError, match="names="):
        Words(did="were asked").also("vi", did="x", names=names)


def test_years_may_be_in_other_digits_and_of_the_buddhist_era() -> None:
    words = Words(did="were asked").also("th", did="ถูกถาม", names={"2026": "พ.ศ. ๒๕๖๙", "District 9": "เขต 9"})
    assert words.others["th"].names["2026"] == "พ.ศ. ๒๕๖๙"
