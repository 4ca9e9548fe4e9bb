"""A text remembers what it is made of; numbers are written as the CLDR has them; templates hold slots and nothing else."""

from __future__ import annotations

import copy
import pickle
import re
import sys
from decimal import Decimal

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

import evidencekit as ek
from evidencekit.errors import InputError, MissingExtra
from evidencekit.findings.languages import ENGLISH, Catalogue, Figure, Message, Told, joined, percentage, said, say, sentence
from evidencekit.findings.languages.numerals import in_english, written
from evidencekit.findings.languages.templates import fill, wrong_with

VIET = Catalogue(language="vi", messages={"about {x} in {y}": "cứ {y} thì có khoảng {x}", "{sentence}.": "{sentence}."})
KHMER = Catalogue(language="km", messages={"{sentence}.": "{sentence}។"}, digits="native")


def test_a_text_is_english_until_it_is_said() -> None:
    text = said("about {x} in {y}", {"x": 1, "y": 2000})
    assert text == "about 1 in 2,000"
    assert say(text, ENGLISH) == text
    assert say(text, VIET) == "cứ 2.000 thì có khoảng 1"
    assert say(sentence(text), VIET) == "Cứ 2.000 thì có khoảng 1."
    assert say("a note from below", VIET) == "a note from below"
    assert say(said("all others"), VIET) == "all others", "a template that the catalogue does not have stays whole"
    assert type(say(text, VIET)) is type(say(text, ENGLISH)) is str


def test_signs_between_texts_are_not_translated() -> None:
    text = joined([said("about {x} in {y}", {"x": 1, "y": 8}), Figure(1200)], "; ")
    assert text == "about 1 in 8; 1,200"
    assert say(text, VIET) == "cứ 8 thì có khoảng 1; 1.200"
    assert joined([]) == ""


def test_a_sentence_has_one_end() -> None:
    assert sentence("  it is so. ") == "It is so."
    assert sentence(sentence("it is so")) == "It is so."
    assert say(sentence("គឺ។"), KHMER) == "គឺ។"


@given(st.integers(-(10**9), 10**9), st.integers(0, 4))
def test_english_numbers_are_those_of_the_cldr(digits: int, places: int) -> None:
    value = Decimal(digits).scaleb(-places)
    for kind in ("number", "percent"):
        assert in_english(value, kind) == written(value, kind, "en")
    assert in_english(digits, "number") == written(digits, "number", "en")


@pytest.mark.parametrize(
    ("language", "digits", "shown"),
    [
        ("th", "latn", ("1,234.5", "11.9%", "2")),
        ("th", "native", ("๑,๒๓๔.๕", "๑๑.๙%", "๒")),
        ("km", "latn", ("1,234.5", "11.9%", "2")),
        ("km", "native", ("១.២៣៤,៥", "១១,៩%", "២")),
        ("vi", "latn", ("1.234,5", "11,9%", "2")),
        ("vi", "native", ("1.234,5", "11,9%", "2")),
        ("id", "latn", ("1.234,5", "11,9%", "2")),
        ("fil", "latn", ("1,234.5", "11.9%", "2")),
    ],
)
def test_numbers_of_other_languages(language: str, digits: str, shown: tuple[str, str, str]) -> None:
    speech = Catalogue(language=language, messages={}, digits=digits)  # type: ignore[arg-type]
    given = (Figure(Decimal("1234.5")), percentage("11.9"), Figure(2, "ordinal"))
    assert tuple(say(one, speech) for one in given) == shown


@pytest.mark.parametrize("language", ["fil", "id", "km", "th", "vi"])
def test_separators_are_those_that_the_cldr_has_for_the_digits(language: str) -> None:
    """Khmer has a point between thousands in its own digits, and a comma in 0 to 9: each as the CLDR has it (version 47 too)."""
    locale = Locale.parse(language)
    for how, system in (("latn", "latn"), ("native", locale.other_numbering_systems["native"])):
        signs = {**locale.number_symbols["latn"], **locale.number_symbols.get(system, {})}
        shown = written(Decimal("1234567.5"), "number", language, how)  # type: ignore[arg-type]
        assert re.sub(r"\d", "", shown) == 2 * signs["group"] + signs["decimal"]
        assert re.sub(r"[\d%]", "", written(Decimal("1.5"), "percent", language, how)) == signs["decimal"]  # type: ignore[arg-type]


@given(st.integers(0, 10**7), st.integers(0, 2))
def test_khmer_digits_say_the_same_number(digits: int, places: int) -> None:
    """Its signs between digits have changed from one CLDR to the next; the digits have not."""
    value = Decimal(digits).scaleb(-places)
    latin, native = (written(value, "number", "km", how) for how in ("latn", "native"))  # type: ignore[arg-type]
    assert not re.search("[0-9]", native)
    assert [int(c) for c in latin if c.isdigit()] == [int(c) for c in native if c.isdigit()]


def test_typed_words_are_never_translated_by_themselves() -> None:
    told = Told("girls", {"vi": "trẻ em gái"}, "Write them: also({!r}).")
    assert (told, say(told, VIET)) == ("girls", "trẻ em gái")
    with pytest.raises(InputError, match=r"also\('km'\)") as caught:
        say(told, KHMER)
    assert "girls" not in str(caught.value)


@pytest.mark.parametrize(
    "text", [Figure(12), percentage("1.50"), Told("a", {"vi": "b"}, "c"), said("about {x} in {y}", {"x": 1, "y": Told("8", {"vi": "tám"})})]
)
def test_copies_can_be_said_too_and_texts_do_not_change(text: Message) -> None:
    for made in (copy.deepcopy(text), pickle.loads(pickle.dumps(text))):
        assert made == text
        assert type(made) is type(text)
        assert say(made, VIET) == say(text, VIET)
    with pytest.raises(AttributeError):
        text.kind = "percent"  # type: ignore[attr-defined]


@given(st.text())
def test_braces_in_words_are_left_alone(words: str) -> None:
    assert fill("{a}-{b}", {"a": words, "b": "{a}"}) == f"{words}-{{a}}"


@pytest.mark.parametrize(
    ("translated", "why"),
    [
        ("khoảng {x}", "{y} is missing"),
        ("{x} {y} {z}", "{z} is too much"),
        ("{x} {x} {y}", "{x} is too much"),
        ("{x} {y} {", "brace"),
        ("{x.__class__} {y}", "{x} is missing"),
        ("{x!r} {x} {y}", "brace"),
        ("{x} 5 {y}", "number"),
        ("{x} ៥ {y}", "number"),
        ("{y}: {x}", ""),
    ],
)
def test_what_no_translation_may_do(translated: str, why: str) -> None:
    found = wrong_with("about {x} in {y}", translated)
    assert (why in found) if why else not found


def test_slots_are_filled_all_and_no_other() -> None:
    for slots in ({}, {"x": 1}, {"x": 1, "y": 2, "z": 3}):
        with pytest.raises(InputError):
            said("about {x} in {y}", slots)


def test_english_needs_no_babel(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "babel"] + ["babel", "babel.messages.pofile"]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setattr("evidencekit.findings.languages.offering.find_spec", lambda name: None)
    assert say(said("about {x} in {y}", {"x": 1, "y": 1200}), ENGLISH) == "about 1 in 1,200"
    assert ek.findings.languages.offered() == ("en",)
    with pytest.raises(MissingExtra, match=re.escape('pip install "evidencekit[languages]"')):
        ek.findings.languages.catalogue("vi")
