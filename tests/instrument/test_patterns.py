"""Patterns match what Python's own do, and no pattern keeps anybody waiting."""

from __future__ import annotations

import re
import time

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evidencekit as ek
from evidencekit.errors import InputError
from evidencekit.instrument.expressions import patterns
from evidencekit.instrument.expressions.patterns import matcher

LETTERS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "[]a]", r"\d", r"\w", r"\.", "1", "", "-", "{", "^", "$"])
OFTEN = st.sampled_from(["", "*", "+", "?", "{2}", "{1,2}", "{,2}", "{1,}", "*?", "+?"])
PATTERNS = st.recursive(
    LETTERS,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["(", "(?:"]), inner, st.just(")"), OFTEN).map("".join),
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, st.just("|"), inner).map("".join),
    ),
    max_leaves=8,
)


@settings(max_examples=400, deadline=None)
@given(pattern=PATTERNS, texts=st.lists(st.text("ab1.-{", max_size=7), min_size=1, max_size=8))
def test_all_ways_at_once_find_what_one_after_the_other_finds(pattern: str, texts: list[str]) -> None:
    try:
        plain = re.compile(pattern)
    except re.error:
        with pytest.raises(InputError, match="cannot be read"):
            matcher(pattern)
        return
    tree = patterns._Pattern(pattern).read()
    assert tree is not None
    ways = patterns._Ways(tree)
    for text in texts:
        assert ways.match(text) is (plain.fullmatch(text) is not None) is matcher(pattern)(text), (pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text", "wanted"),
    [
        ("(a+)+$", "a" * 200 + "!", False),
        ("(a|a)*b", "a" * 200, False),
        ("(a|a)*b", "a" * 200 + "b", True),
        (r"^\w+([\.-]?\w+)*@\w+([\.-]?\w+)*(\.\w{2,3})+$", "a" * 200, False),
        (r"^\w+([\.-]?\w+)*@\w+([\.-]?\w+)*(\.\w{2,3})+$", "someone.with-a.long_name@example.org", True),
        (".*.*.*.*.*=x", "a" * 3000, False),
        ("(a?){40}a{40}", "a" * 40, True),
        ("(.{1,20},?)*;", "ab," * 100, False),
    ],
)
def test_no_pattern_takes_for_ever(pattern: str, text: str, wanted: bool) -> None:
    begun = time.perf_counter()
    assert matcher(pattern)(text) is wanted
    assert time.perf_counter() - begun < 2


def test_patterns_that_look_ahead_are_pythons_and_refused_where_they_may_never_end() -> None:
    assert matcher(r"(?=.*\d)[a-z\d]{4,8}")("abc1")
    with pytest.raises(InputError, match="repeat within a repeat"):
        matcher(r"(?=x)(a+)+")


@pytest.mark.parametrize("pattern", ["(", "[a", "a{2,1}", r"\p{IsThai}+", "(" * 3000 + ")" * 3000, "((a{300}){300}){30}*"])
def test_a_pattern_that_cannot_be_read_is_noted(pattern: str) -> None:
    form = ek.Instrument("pattern", [ek.Item("word", "text", constraint=f"regex(., '{pattern}')")])
    made = ek.validate(pd.DataFrame({"word": ["s3cret"]}), form)
    assert "regex()" in made.outcome("constraint:word").note
    assert "s3cret" not in repr(made)
