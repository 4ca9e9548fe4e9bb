"""Findings in other languages: whole sentences, numbers as the CLDR has them and the same as in English, nothing English left."""

from __future__ import annotations

import copy
import json
import pickle
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
from checked_languages import checked, greek, spelled
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.text import Text
from told_words import EVERY, SHORT, TOLD, WHOLE

import evidencekit as ek
from evidencekit.disclosure.notes import missing_words
from evidencekit.errors import EvidencekitWarning, InputError
from evidencekit.findings import Basis, Catalogue, Words, changed, compare, ranked, trending
from evidencekit.findings.headlines import headline, labelled
from evidencekit.findings.languages import percentage, say
from evidencekit.findings.noting import missing_said, noted
from evidencekit.findings.phrases import Phrase, Word
from evidencekit.rendering.figure import Picture

CODES = [code for code in TOLD if code != "el"]
PLACE = Basis(harm="a", age="12-17", mode="web", frame="panel", place="Λυμορα", time="2026")


@pytest.fixture(scope="module")
def safe() -> ek.Released:
    fiction = ek.fictional.national_survey()
    survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu", population=spelled("children in the survey"))
    return ek.release(ek.proportion(survey, "any_contact_unwanted", by="sex"))


@pytest.fixture(scope="module")
def speeches(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Catalogue]:
    folder = tmp_path_factory.mktemp("languages")
    return {**{code: checked(code, folder) for code in CODES}, "el": greek(folder)}


def numbers(text: str) -> Counter[int]:
    """The numbers of a text, whatever separates their digits."""
    runs = re.findall(r"\d(?:[\d.,\u202f\u00a0]*\d)?", text)
    return Counter(int("".join(c for c in run if c.isdigit())) for run in runs)


FIRST = {
    "vi": "Khoảng 1 trong 5 trẻ em gái 12-17 tuổi bị gửi tin nhắn không mong muốn trong 12 tháng qua (Λυμορα, 2026).",
    "id": "Sekitar 1 dari 5 anak perempuan usia 12-17 tahun menerima pesan yang tidak diinginkan dalam 12 bulan terakhir (Λυμορα, 2026).",
    "fil": "Humigit-kumulang 1 sa bawat 5 na batang babaeng edad 12-17 ang nakatanggap ng di-kanais-nais na mensahe "
    "sa nakalipas na 12 buwan (Λυμορα, 2026).",
    "th": "ประมาณ 1 ใน 5 ของเด็กผู้หญิงอายุ 12-17 ปี ได้รับข้อความที่ไม่พึงประสงค์ ในช่วง 12 เดือนที่ผ่านมา (Λυμορα, 2026)",
    "km": "កុមារីអាយុ 12-17 ឆ្នាំ ប្រហែល 1 ក្នុងចំណោម 5 នាក់ បានទទួលសារដែលមិនចង់បាន ក្នុងរយៈពេល 12 ខែកន្លងមក (Λυμορα, 2026)។",
}


@pytest.mark.parametrize("code", CODES)
def test_a_headline_is_whole_in_its_language(safe: ek.Released, speeches: dict[str, Catalogue], code: str) -> None:
    find = ek.finding(safe, cell={"sex": "girl"}, words=EVERY, basis=PLACE)
    said = find.headline(language=speeches[code])
    assert said == FIRST[code]
    assert numbers(said) == numbers(find.headline())
    claim = compare(safe, [({"sex": "girl"}, {"sex": "boy"})], words=EVERY, times=True)[0]
    for english, text in zip(claim.lines(), claim.lines(language=speeches[code]), strict=True):
        assert numbers(text) == numbers(english)
        assert text != english
    assert claim.say(language=speeches[code]) == claim.lines(language=speeches[code])[0]
    assert claim.text == claim.say() == claim.lines()[0]
    assert numbers(find.interval_words(language=speeches[code])) == numbers(find.interval_words())


@pytest.mark.parametrize(("code", "shown"), [("km", "១ ក្នុងចំណោម ៥"), ("th", "๑ ใน ๕")])
def test_native_digits_are_an_option(safe: ek.Released, speeches: dict[str, Catalogue], code: str, shown: str) -> None:
    find = ek.finding(safe, cell={"sex": "girl"}, words=EVERY)
    native = speeches[code].in_digits("native")
    assert shown in find.headline(language=native)
    assert not re.search("[0-9]", find.interval_words(language=native))
    assert numbers(find.headline(language=native)) == numbers(find.headline())


@pytest.mark.parametrize("designed", [True, False])
@settings(max_examples=30)
@given(word=st.sampled_from(get_args(Word)), y=st.integers(2, 10_000), x=st.integers(1, 9_999), tenths=st.integers(1, 999))
def test_the_numbers_of_a_headline_are_those_of_english(
    speeches: dict[str, Catalogue], designed: bool, word: Word, y: int, x: int, tenths: int
) -> None:
    fraction, share = Phrase(min(x, y), y, word=word, tier=4), percentage(f"{tenths / 10:.1f}")
    for amount in (fraction, share):
        for recall in ("", EVERY.told("recall")):
            told = headline(amount, people=EVERY.told("people"), did=EVERY.told("did"), recall=recall, designed=designed)
            for code, speech in speeches.items():
                kept = numbers(told) if code != "el" else None
                for digits in ("latn", "native"):
                    said = say(told, speech.in_digits(digits))  # type: ignore[arg-type]
                    assert kept is None or numbers(said) == kept
        plain = labelled(amount, people="people", what="what", designed=designed)
        assert all(numbers(say(plain, speech)) == numbers(plain) for speech in speeches.values())


def latin(text: str) -> list[str]:
    return re.findall(r"[A-Za-z]+", text)


def test_nothing_english_is_left_in_a_finding(safe: ek.Released, speeches: dict[str, Catalogue]) -> None:
    speech = speeches["el"]
    told = compare(safe, [({"sex": "girl"}, {"sex": "boy"}), ({"sex": "boy"}, {"sex": "girl"})], words=EVERY, times=True, margin=0.9)
    find = ek.finding(safe, cell={"sex": "girl"}, words=EVERY, basis=PLACE, claims=told)
    for text in (find.headline(language=speech), find.interval_words(language=speech), *find.caveats(language=speech)):
        assert latin(text) == []
    for claim in told:
        assert [latin(line) for line in claim.lines(language=speech)] == [[]] * len(claim.lines())
    picture = find.picture("icons", language=speech)
    assert latin(picture.alt) == []
    assert latin(" ".join(text.get_text() for text in picture.figure.axes[0].texts)) == []


def drawn(picture: Picture) -> str:
    """Every word of a picture: those that are drawn, and those for a reader who cannot see it."""
    words = [one.get_text() for one in picture.figure.findobj(Text)]
    return " ".join([picture.title, picture.alt, *words])


LAYOUT = {"girl": (0, 0, spelled("GI")), "boy": (0, 1, spelled("BO"))}


@pytest.mark.parametrize("kind", ["dots", "gradient", "tiles"])
def test_nothing_english_is_left_in_the_picture_of_a_table(safe: ek.Released, speeches: dict[str, Catalogue], kind: Any) -> None:
    """Groups, title, legend and key are in the words of the finding, not in the labels of the data."""
    more: dict[str, Any] = {"layout": LAYOUT} if kind == "tiles" else {}
    find = ek.finding(safe, cell={"sex": "girl"}, words=EVERY)
    for released in (safe, replace(safe, status=("uncertain",) * len(safe)), replace(safe, status=("protected", "released"))):
        assert latin(drawn(replace(find, released=released).picture(kind, language=speeches["el"], **more))) == []
    for code in ("vi", "id"):
        text = drawn(find.picture(kind, language=speeches[code], **more))
        assert all(one in text for one in (TOLD[code].girls, TOLD[code].boys, TOLD[code].children, TOLD[code].did, TOLD[code].recall))
        assert "girl" not in text
        assert "Received" not in text
    english = drawn(find.picture(kind, **more))
    assert "Share of children aged 12-17 who were sent unwanted messages in the past 12 months" in english
    assert "girls aged 12-17 (this finding): 19%" in english


def test_a_picture_without_words_has_the_labels_of_the_data(safe: ek.Released, speeches: dict[str, Catalogue]) -> None:
    alt = ek.finding(safe, cell={"sex": "girl"}).picture("dots", language=speeches["vi"]).alt
    assert "girl (" in alt
    assert "Received unwanted" in alt
    with pytest.raises(InputError, match="not given in 'el'"):
        ek.finding(safe, cell=0, words=WHOLE).picture("dots", language=speeches["el"])


def test_the_row_of_everybody_is_said_in_the_language(speeches: dict[str, Catalogue]) -> None:
    fiction = ek.fictional.national_survey()
    survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu", population="children 12-17")
    safe = ek.release(ek.proportion(survey, "any_contact_unwanted"))
    alone, told = ek.finding(safe), ek.finding(safe, words=EVERY)
    assert "All: 16% (" in alone.picture("dots").alt
    assert "Tất cả: 16% (" in alone.picture("dots", language=speeches["vi"]).alt
    assert "children aged 12-17: 16% (" in told.picture("dots").alt
    assert f"{TOLD['vi'].children}: 16% (" in told.picture("gradient", language=speeches["vi"]).alt


def test_groups_of_two_columns_are_told_by_the_first_that_has_words() -> None:
    survey = ek.Survey(ek.fictional.national_survey().data, weights="weight", strata="stratum", psu="psu", population="children 12-17")
    safe = ek.release(ek.proportion(survey, "any_contact_unwanted", by=["area", "sex"]))
    assert "girls aged 12-17, " in ek.finding(safe, cell=0, words=WHOLE).picture("dots").alt


def rounds(shares: tuple[float, ...]) -> tuple[list[ek.Released], list[Basis]]:
    made, bases = [], []
    for k, share in enumerate(shares):
        rng = np.random.default_rng(k)
        frame = pd.DataFrame({"y": (rng.random(2000) < share).astype(int), "psu": np.arange(2000) % 80, "w": rng.uniform(1, 2, 2000)})
        made.append(ek.release(ek.proportion(ek.Survey(frame, weights="w", psu="psu", population="π"), "y")))
        bases.append(replace(PLACE, time=str(2017 + 3 * k)))
    return made, bases


@pytest.mark.parametrize("shares", [(0.1, 0.2), (0.2, 0.1), (0.15, 0.15), (0.1, 0.14, 0.18), (0.2, 0.15, 0.1), (0.1, 0.3, 0.1)])
def test_nothing_english_is_left_in_rounds(speeches: dict[str, Catalogue], shares: tuple[float, ...]) -> None:
    made, bases = rounds(shares)
    if len(shares) == 2:
        claims = [changed(made, bases, words=SHORT), changed(made, bases, words=SHORT, margin=0.3)]
        claims.append(changed(made, [bases[0], replace(bases[1], mode="")], words=SHORT))
    else:
        claims = [trending(made, bases, words=SHORT, years=[2017, 2020, 2023])]
    for claim in claims:
        for english, text in zip(claim.lines(), claim.lines(language=speeches["el"]), strict=True):
            assert set(latin(text)) <= {"web"}
            assert numbers(text) == numbers(english)


@pytest.mark.parametrize("way", range(5))
def test_nothing_english_is_left_in_ranks(speeches: dict[str, Catalogue], way: int) -> None:
    cases = [(300, 100, 90, 80), (20, 100, 110, 120), (100, 100, 100, 100), (200, 195, 20, 22), (20, 22, 200, 195)][way]
    frame = pd.DataFrame([(f"g{k}", int(i < c)) for k, c in enumerate(cases) for i in range(400)], columns=["g", "y"])
    frame["psu"], frame["w"] = np.random.default_rng(0).permutation(len(frame)) % 60, 1.0
    safe = ek.release(ek.proportion(ek.Survey(frame, weights="w", psu="psu", population="π"), "y", by="g"))
    words = Words(did="were asked", groups={"g": {"g0": "zero"}}).also("el", did=spelled("asked"), groups={"g": {"g0": spelled("zero")}})
    claim = ranked(safe, 0, words=words, among={"en": "provinces", "el": spelled("provinces")})
    text = claim.lines(language=speeches["el"])
    assert [latin(re.sub(r"\d(?:st|nd|rd|th)", "", line)) for line in text] == [[]] * len(text)
    assert not re.search(r"\d(?:st|nd|rd|th)", " ".join(text)), "ordinals are English"
    with pytest.raises(InputError, match="among="):
        ranked(safe, 0, words=words, among="provinces").say(language=speeches["el"])
    for wrong in ({"el": "groups"}, {"en": "12 provinces"}, {"en": "provinces", "el": "12"}, {"en": "provinces", "el": None}):
        with pytest.raises(InputError, match="among="):
            ranked(safe, 0, words=words, among=wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(("yes", "more"), [(300, {}), (300, {"population_se": 9000}), (0, {}), (4000, {}), (40, {}), (-300, {})])
def test_nothing_english_is_left_in_numbers_of_people(speeches: dict[str, Catalogue], yes: int, more: dict[str, float]) -> None:
    n = 4000
    frame = pd.DataFrame({"y": np.random.default_rng(0).permutation([1] * abs(yes) + [0] * (n - abs(yes)))})
    frame["psu"], frame["w"] = np.arange(n) // 40, 50.0
    survey = ek.Survey(frame, weights="w", psu="psu", population=spelled("children"))
    safe, source = ek.release(ek.proportion(survey, "y"), profile="open"), f"{spelled('census')} 2024"
    if yes < 0:
        total = ek.release(ek.total(survey, "y", population_total="weights"), profile="open")
        claim = ek.findings.headcount(total, share=safe, words=SHORT, source=source)
    else:
        claim = ek.findings.headcount(safe, words=SHORT, population=200_000, source=source, **more)
    for english, text in zip(claim.lines(), claim.lines(language=speeches["el"]), strict=True):
        assert latin(text) == []
        assert numbers(text) == numbers(english)


def opt_in(weights: str | None = None) -> ek.Released:
    rng = np.random.default_rng(3)
    girl = rng.random(2000) < 0.8
    frame = pd.DataFrame({"y": (rng.random(2000) < np.where(girl, 0.16, 0.05)).astype(int), "w": np.where(girl, 1, 4)})
    design = ek.survey.NoDesign(inference="self-selected", weights=weights)
    return ek.release(ek.proportion(ek.Survey(ek.Dataset(frame, labels={"y": "ψ"}), design=design, population="π"), "y"))


@pytest.mark.parametrize("weights", [None, "w"])
@pytest.mark.parametrize("words", [None, EVERY])
def test_answers_without_a_design_are_said_too(speeches: dict[str, Catalogue], weights: str | None, words: Words | None) -> None:
    find = ek.finding(opt_in(weights), words=words)
    said = (find.headline(language=speeches["el"]), find.interval_words(language=speeches["el"]), *find.caveats(language=speeches["el"]))
    assert [latin(text) for text in said] == [[]] * len(said)


@pytest.mark.parametrize("weights", [None, "w"])
def test_a_picture_of_those_who_answered_says_so(speeches: dict[str, Catalogue], weights: str | None) -> None:
    find = ek.finding(opt_in(weights), words=SHORT)
    alt = find.picture("dots").alt
    assert alt.startswith("Share who were asked, of the children who answered" + (", weighted to resemble π." if weights else "."))
    assert latin(find.picture("dots", language=speeches["el"]).alt) == []


@pytest.fixture(scope="module")
def found(safe: ek.Released) -> list[ek.Finding]:
    act = ek.Action(actor="the ministry", act="teach where to report", deadline="2027", marker="share who know", evidence="moderate")
    for tag in (*CODES, "el"):
        act = act.also(tag, actor=spelled("office"), act=spelled("teach"), deadline="2027", marker=spelled("share"))
    claims = compare(safe, [({"sex": "girl"}, {"sex": "boy"})], words=EVERY, plan="p")
    girls = ek.finding(safe, cell={"sex": "girl"}, words=EVERY, action=act, claims=claims, basis=PLACE, id="one")
    return [girls, ek.finding(safe, cell={"sex": "boy"}, words=replace(EVERY, topic="solution"), id="two")]


NOTE = {"title": spelled("a title"), "content_note": spelled("a note"), "help": spelled("a helpline")}


@pytest.mark.parametrize("code", ["vi", "id", "fil", "el"])
@pytest.mark.parametrize("kind", ["html", "docx", "pptx"])
def test_a_page_is_in_its_language(found: list[ek.Finding], speeches: dict[str, Catalogue], code: str, kind: str, tmp_path: Path) -> None:
    made = ek.brief(found, tmp_path / f"page.{kind}", language=speeches[code], **NOTE)
    record = json.loads(made.record.read_text(encoding="utf-8"))
    assert record["language"] == code
    assert not any("language" in note or "English" in note for note in made.notes)
    page = made.page.read_text(encoding="utf-8") if kind == "html" else ""
    assert not page or f'<html lang="{code}">' in page
    for find in found:
        assert not page or find.interval_words(language=speeches[code])[1:] in page
    if code == "el":
        said = [line for block in (*record["said"], *record["boxes"]) for line in block]
        assert {word for line in said for word in latin(line)} <= {"child", "survey"}, "the name of the profile"


@pytest.mark.outside  # pictures need a font with their letters
@pytest.mark.parametrize("code", ["km", "th"])
def test_a_page_in_its_own_script_and_digits(found: list[ek.Finding], speeches: dict[str, Catalogue], code: str, tmp_path: Path) -> None:
    native = speeches[code].in_digits("native")
    short = [replace(find, claims=()) for find in found]  # their lines are taller, so that a page holds fewer
    page = ek.brief(short, tmp_path / "page.html", language=native, **NOTE).page.read_text(encoding="utf-8")
    assert f'<html lang="{code}">' in page
    for find in short:
        assert find.interval_words(language=native) in page
        assert find.headline(language=native).split("12-17")[0] in re.sub("<[^>]*>", "", page)


def test_a_page_in_a_draft_is_english_and_says_so(found: list[ek.Finding], tmp_path: Path) -> None:
    with pytest.warns(EvidencekitWarning, match="Khmer is not checked yet") as caught:
        made = ek.brief(found, tmp_path / "page.html", language="km", **NOTE)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert made.notes[0].startswith("this page is in English, since Khmer is not checked yet")
    assert '<html lang="en">' in made.page.read_text(encoding="utf-8")
    english = ek.brief(found, tmp_path / "english.html", **NOTE)
    assert english.page.read_bytes() == made.page.read_bytes()
    with pytest.raises(InputError, match="not known"):
        ek.brief(found, tmp_path / "none.html", language="xx", **NOTE)
    assert not (tmp_path / "none.html").exists()


def test_a_language_without_words_is_refused(safe: ek.Released, speeches: dict[str, Catalogue]) -> None:
    find = ek.finding(safe, cell={"sex": "girl"}, words=WHOLE)
    for call in (find.headline, find.picture):
        with pytest.raises(InputError, match=r"words\.also\('vi'"):
            call(language=speeches["vi"])
    act = ek.Action(actor="a", act="b", deadline="c", marker="d")
    with pytest.raises(InputError, match=r"action\.also\('vi'"):
        say(act.line, speeches["vi"])


def test_words_of_other_languages_are_added_and_never_changed(speeches: dict[str, Catalogue]) -> None:
    both = WHOLE.also(speeches["vi"], did="a", people="b", groups={"sex": {"girl": "c", "boy": "d"}}, recall="e")
    assert dict(WHOLE.others) == {}
    assert both.others["vi"].did == "a"
    for made in (copy.deepcopy(EVERY), pickle.loads(pickle.dumps(EVERY))):
        assert made == EVERY
    assert pickle.loads(
        pickle.dumps(ek.Action(actor="a", act="b", deadline="c", marker="d").also("vi", actor="x", act="y", deadline="z", marker="u"))
    ).others
    for name in ("did", "people", "recall"):
        parts = {"did": "a", "people": "b", "groups": {"sex": {"girl": "c", "boy": "d"}}, "recall": "e", name: ""}
        with pytest.raises(InputError, match=f"{name}= is said in English and is missing in 'vi'"):
            WHOLE.also("vi", **parts)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="1 of the 2 groups of 'sex' are missing") as caught:
        WHOLE.also("vi", did="a", people="b", groups={"sex": {"girl": "c"}}, recall="e")
    assert "boy" not in str(caught.value)
    for tag in ("en", "en-GB", "", None, 5, "two words"):
        with pytest.raises(InputError, match="also"):
            WHOLE.also(tag, did="a")  # type: ignore[arg-type]


@pytest.mark.parametrize(("count", "by"), [(0, None), (1, None), (5, None), (1, "g"), (1500, "g")])
def test_missing_answers_are_said_as_below(count: int, by: str | None) -> None:
    n = 4000
    y = np.where(np.arange(n) % 3 == 0, 1.0, 0.0)
    y[:count] = np.nan
    frame = pd.DataFrame({"y": y, "g": ["a", "b"] * (n // 2), "psu": np.arange(n) // 20, "w": 1.0})
    est = ek.proportion(ek.Survey(frame, weights="w", psu="psu"), "y", by=by)
    assert tuple(map(str, missing_said(est, "y"))) == missing_words(est, "y")


@pytest.mark.parametrize(
    "text",
    [
        "too uncertain: effective sample size under 30",
        "too uncertain: interval of 30 points or more",
        "weights were scaled to a population of 1,234,567",
        "no design: quota; fewer than 8 degrees of freedom",
        "something that nobody has a template for; 5 of 6",
    ],
)
def test_notes_from_below_stay_what_they_are_and_are_said_where_they_are_known(speeches: dict[str, Catalogue], text: str) -> None:
    assert noted(text) == text
    for code in CODES:
        told = say(noted(text), speeches[code])
        assert numbers(told) == numbers(text)
        assert (told == text) == text.startswith("something")
