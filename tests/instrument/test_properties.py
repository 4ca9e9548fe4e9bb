r"""Java's \p{..} means what Python's unicodedata says, or is marked; possessive repeats take what they take and give nothing back."""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evidencekit as ek
from evidencekit.errors import InputError
from evidencekit.instrument.expressions import parse, patterns
from evidencekit.instrument.expressions.patterns import matcher

LETTERS = "aZéßΩжأกขम字ǅªʰ0٣½Ⅷ_-.,!?()«»€+^ \u00a0\u0301\u0e31\u200b\t\n\U0001f600\U00010400\ue000"
NAMES = [
    "L",
    "Lu",
    "Ll",
    "Lt",
    "Lm",
    "Lo",
    "M",
    "Mn",
    "N",
    "Nd",
    "Nl",
    "No",
    "P",
    "Pd",
    "Pi",
    "S",
    "Sc",
    "Z",
    "Zs",
    "C",
    "Cc",
    "Cf",
    "Cn",
    "Co",
]


@pytest.mark.parametrize("written", ["{0}", "Is{0}", "gc={0}", "general_category={0}"])
@pytest.mark.parametrize("name", NAMES)
def test_categories_are_those_of_unicode(name: str, written: str) -> None:
    said = written.format(name)
    one, none, within, without = (matcher(p.format(said)) for p in (r"\p{{{0}}}", r"\P{{{0}}}", r"[\p{{{0}}}]", r"[^\p{{{0}}}#]"))
    for letter in LETTERS + "#":
        wanted = unicodedata.category(letter).startswith(name)
        assert (one(letter), none(letter), within(letter)) == (wanted, not wanted, wanted), (name, letter)
        assert without(letter) is (not wanted and letter != "#")


def test_cased_letters() -> None:
    assert [letter for letter in LETTERS if matcher(r"\p{LC}")(letter)] == list("aZéßΩжǅ\U00010400")


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        (r"\p{L}+", ["กขค", "Žena", "字"], ["a1", "a b", "สวัสดี", ""]),
        (r"[\p{L}\p{M}' -]{2,}", ["สวัสดี", "d'Arc", "Anne-Marie", "Jose\u0301"], ["a", "a1", "a_b"]),
        (r"\pL\pN?", ["a", "ก", "a1", "a٣"], ["1", "ab"]),
        (r"\pLu", ["au", "กu"], ["A", "u"]),
        (r"\p{Lu}\p{Ll}*(?: \p{Lu}\p{Ll}*)*", ["Ana", "Ana Žan", "Ω"], ["ana", "Ana  B", ""]),
        (r"[^\P{L}a]+", ["bc", "ก"], ["ab", "1"]),
        (r"[\P{N}1]+", ["ab1", "."], ["2", "٣"]),
        (r"\\\\p[L]", [r"\\pL"], ["a", "L"]),
        (r"[\p{L}-]+", ["a-b"], ["a.b"]),
        (r"(\p{L}+[-.]?)+", ["a-b.c"], ["a" * 60 + "!", "-a"]),
        (r"[\]\p{Nd}-]+", ["1]-"], ["[", "a"]),
    ],
)
def test_patterns_as_forms_have_them(pattern: str, yes: list[str], no: list[str]) -> None:
    matches = matcher(pattern)
    assert [text for text in yes if not matches(text)] == []
    assert [text for text in no if matches(text)] == []


BEYOND = {
    r"\p{IsThai}+": r"\p{IsThai}",
    r"\p{InThai}+": r"\p{InThai}",
    r"\p{script=Thai}": r"\p{script=Thai}",
    r"\p{Alpha}": r"\p{Alpha}",
    r"[\p{Punct}a]": r"\p{Punct}",
    r"\P{IsAlphabetic}": r"\P{IsAlphabetic}",
    r"\p{javaLowerCase}": r"\p{javaLowerCase}",
    r"\p{^L}": r"\p{^L}",
    r"\p{LU}": r"\p{LU}",
    r"\pX": r"\pX",
    r"\p{L": r"\p",
    r"\p": r"\p",
    r"(?i)\p{Lu}": r"\p{Lu} under a sign for capitals",
    r"(?i:\p{Lu})": r"\p{Lu} under a sign for capitals",
    r"[a-\p{L}]": r"\p{L} in a range",
    r"[\p{L}-z]": r"\p{L} in a range",
    r"[a-z&&[^b]]": "a set of letters within another",
    r"[a-z&&\p{L}]": "a set of letters within another",
    r"[[:alpha:]]+": "a set of letters within another",
    r"[^[a]b]": "a set of letters within another",
    r"\Qa+\E": r"\Q",
}


@pytest.mark.parametrize("pattern", BEYOND)
def test_what_cannot_be_translated_exactly_is_marked(pattern: str) -> None:
    words = f"regex() with {BEYOND[pattern]}"
    assert parse(f"regex(., '{pattern}')").not_evaluable == (words,)
    with pytest.raises(InputError, match=re.escape(BEYOND[pattern])):
        matcher(pattern)
    form = ek.Instrument(
        "f", [ek.Item("word", "text", constraint=f"regex(., '{pattern}')"), ek.Item("asked", "text", relevant="${word} = 'a'")]
    )
    made = ek.validate(pd.DataFrame({"word": ["s3cret"], "asked": [None]}), form)
    assert made.outcome("constraint:word").note == f"not evaluable: it uses {words}"
    assert "s3cret" not in repr(made)
    assert not made.failing


@pytest.mark.parametrize("pattern", [r"[a&b]", r"\[[a]", r"[]a]", r"[^]a]", r"[\[a]", r"(?=\p{L})[a-z]", r"(?:\p{L})", r"(?!\d)\p{L}"])
def test_what_looks_like_it_is_read(pattern: str) -> None:
    assert parse(f"regex(., '{pattern}')").not_evaluable == ()
    matcher(pattern)


def test_a_form_with_such_a_constraint_finds_its_rows() -> None:
    form = ek.Instrument("f", [ek.Item("word", "text", constraint=r"regex(., '^[\p{L}\p{M}]{2,20}$')")])
    made = ek.validate(pd.DataFrame({"word": ["สวัสดี", "ab1", "Žena", None, "x"]}), form)
    assert made.rows("constraint:word").tolist() == [1, 4]


def test_it_takes_no_time() -> None:
    begun = time.perf_counter()
    for name in NAMES:
        matcher(rf"[\p{{{name}}}']+")("abc")
    assert time.perf_counter() - begun < 3


POSSESSIVE = [
    (r"\d++", "123", True),
    (r"\d++3", "123", False),
    (r"a?+a", "a", False),
    (r"a?+b", "b", True),
    (r"a{1,3}+a", "aaa", False),
    (r"a{1,3}+a", "aaaa", True),
    (r"[a-z]*+\d", "abc1", True),
    (r".*+x", "abx", False),
    (r"(?:ab)++", "abab", True),
    (r"(?:ab?c)++d", "abcacd", True),
    (r"(?:a|ab)?+c", "abc", False),
    (r"(?:ab|a)?+c", "abc", True),
    (r"(\w++\.)+\w++", "a.b.c", True),
    (r"\p{L}++\p{N}*+", "กa1٣", True),
    (r"\p{L}++a", "ba", False),
]


@pytest.mark.parametrize(("pattern", "text", "wanted"), POSSESSIVE)
def test_possessive_repeats(pattern: str, text: str, wanted: bool) -> None:
    assert matcher(pattern)(text) is wanted


def test_a_python_that_gets_groups_wrong_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "_POSSESSIVE", (99, 0))
    assert matcher(r"\d++[a-z]*+")("12a")
    with pytest.raises(InputError, match=r"Use Python 3\.11\.5"):
        matcher(r"(?:ab?c)++d")


def ends(node: Any, text: str, at: int) -> Iterator[int]:
    """Where a part of a pattern can end, in the order in which Java tries it."""
    sort = node[0]
    if sort == "letter":
        if at < len(text) and re.fullmatch(node[4], text[at]):
            yield at + 1
    elif sort == "either":
        for part in node[1]:
            yield from ends(part, text, at)
    elif sort == "row":
        yield from in_a_row(node[1], text, at)
    else:
        found = repeated(node, text, at, 0)
        if node[4] == "possessive":
            yield from [end for end, _ in zip(found, [0], strict=False)]
        else:
            yield from found


def in_a_row(parts: Any, text: str, at: int) -> Iterator[int]:
    if not parts:
        yield at
        return
    for end in ends(parts[0], text, at):
        yield from in_a_row(parts[1:], text, end)


def repeated(node: Any, text: str, at: int, done: int) -> Iterator[int]:
    _, (part,), least, most, _ = node
    if most < 0 or done < most:
        for end in ends(part, text, at):
            if end > at or done < least:
                yield from repeated(node, text, end, done + 1)
    if done >= least:
        yield at


PART = st.recursive(
    st.sampled_from(["a", "b", "[ab]", "."]),
    lambda inner: st.one_of(
        st.tuples(st.just("(?:"), inner, st.just(")"), st.sampled_from(["", "*", "+", "?", "{2}", "*+", "++", "?+", "{1,2}+"])).map(
            "".join
        ),
        st.tuples(inner, inner).map("".join),
        st.tuples(st.just("(?:"), inner, st.just("|"), inner, st.just(")")).map("".join),
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(pattern=PART, texts=st.lists(st.text("ab", max_size=6), min_size=1, max_size=6))
def test_possessive_repeats_against_a_slow_reading(pattern: str, texts: list[str]) -> None:
    tree = patterns._Pattern(pattern).read()
    assert tree is not None
    for text in texts:
        assert matcher(pattern)(text) is any(end == len(text) for end in ends(tree, text, 0)), (pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [(r"(\w++[.-]?)++@", "a" * 5000), (r"\w++@\w++", "a" * 5000), (r"(?:\w++\.)+\w++", "a." * 2000 + "!"), (r"(?:a+a+b)?+c", "a" * 300)],
)
def test_no_possessive_pattern_takes_for_ever(pattern: str, text: str) -> None:
    begun = time.perf_counter()
    try:
        assert matcher(pattern)(text) is False
    except InputError as trouble:
        assert "possessive" in trouble.what  # noqa: PT017
    assert time.perf_counter() - begun < 2


def test_a_possessive_repeat_beside_many_others_is_noted_for_long_answers() -> None:
    pattern = r"\d++.*.*.*.*=x"
    assert matcher(pattern)("1ab=x")
    begun = time.perf_counter()
    form = ek.Instrument("f", [ek.Item("word", "text", constraint=f"regex(., '{pattern}')")])
    made = ek.validate(pd.DataFrame({"word": ["1" + "s3cret" * 500]}), form)
    assert "possessive" in made.outcome("constraint:word").note
    assert "s3cret" not in repr(made)
    assert time.perf_counter() - begun < 2
