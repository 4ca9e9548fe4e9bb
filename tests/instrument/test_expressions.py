"""Expressions are read as the field writes them and worked out as the device does, with what is not known told apart."""

from __future__ import annotations

import contextlib
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidencekit.errors import InputError
from evidencekit.instrument.expressions import Context, Numbers, Texts, Truth, evaluate, parse, truth

NAN = np.nan
ROWS: dict[str, Any] = {
    # told: yes, no, don't know, prefer not to say, blank
    "told": Numbers(np.array([1, 0, 98, 99, NAN]), np.array([False, False, True, True, False]), frozenset({98.0, 99.0})),
    "age": Numbers(np.array([12, 17, 15, NAN, 14])),
    "used": Texts(
        np.array([0, 1, 2, -1, 3]), ("chat game", "game", "none", "98"), np.array([0, 0, 0, 0, 1], dtype=bool), frozenset({"98"})
    ),
    "word": Texts(np.array([0, 1, -1, 2, 0]), ("a", "bc", "2024-05-01")),
    "day": Texts(np.array([0, 1, -1, 0, 1]), ("2024-05-01", "2025-01-31T10:30:00.000+07:00")),
}


def worked(text: str, here: str = "") -> Any:
    return evaluate(parse(text), Context(ROWS.__getitem__, here, date(2025, 1, 1)))


def truths(text: str, here: str = "") -> tuple[list[bool], list[bool]]:
    made = truth(parse(text), Context(ROWS.__getitem__, here, date(2025, 1, 1)))
    yes, doubt = np.broadcast_to(made.yes, 5), np.broadcast_to(made.doubt, 5)
    if made.sure:
        assert not (yes & doubt).any(), "a truth that is sure is doubted"
    return yes.tolist(), doubt.tolist()


@pytest.mark.parametrize(
    ("text", "yes", "doubt"),
    [
        ("${told} = 1", "10000", "00111"),
        ("${told} = '1'", "10000", "00111"),
        ("${told} != 1", "01111", "00111"),
        ("${told} = 98", "00100", "00001"),
        ("${told} != '98'", "11011", "00001"),
        ("${told} = ''", "00001", "00000"),
        ("${told} != ''", "11110", "00000"),
        ("not(${told} = 1)", "01111", "00111"),
        ("${age} >= 15", "01100", "00010"),
        ("${told} = 1 or ${age} > 11", "11101", "00010"),
        ("${told} = 1 and ${age} > 20", "00000", "00010"),
        ("${told} = 0 and ${age} >= 14", "01000", "00111"),
        ("selected(${used}, 'game')", "11000", "00011"),
        ("selected(${used}, '98')", "00001", "00010"),
        ("not(selected(${used}, 'gam'))", "11111", "00011"),
        ("count-selected(${used}) > 1", "10000", "00011"),
        ("string-length(${word}) = 2", "01000", "00100"),
        ("regex(${word}, '[a-z]')", "10001", "00100"),
        ("contains(${word}, 'c')", "01000", "00100"),
        ("${day} < '2024-12-31'", "10010", "00100"),
        ("date(${day}) > today()", "01001", "00100"),
        ("if(${told} = 1, ${age}, 0) = 12", "10000", "00111"),
        ("coalesce(${age}, 13) = 13", "00010", "00000"),
        ("${age} mod 5 = 2 and ${age} div 2 > 8", "01000", "00010"),
        ("-${age} + 3 * 4 = 0", "10000", "00010"),
        ("true() and not(false())", "11111", "00000"),
        ("concat(${word}, '-', 'x') = 'a-x'", "10001", "00100"),
        ("substr(${word}, 1) = 'c'", "01000", "10101"),
        ("format-date(${day}, '%Y-%n-%e %H') = '2025-1-31 10'", "01001", "00100"),
        ("min(${age}, 14) = 12", "10000", "00010"),
        ("round(2.5) = 3 and int(-1.5) = -1 and abs(-2) = 2", "11111", "00000"),
        ("${age}", "11101", "00010"),
        ("starts-with(${word}, '2024') or ${told} = 0", "01010", "00101"),
        ("number(${word}) = 3", "00000", "11111"),
        ("boolean(${told}) = true()", "10110", "00111"),
        ("'a' = 'a'", "11111", "00000"),
        ("selected-at(${used}, 1) = 'game'", "10000", "01111"),
    ],
)
def test_truths_on_the_device_and_what_is_known(text: str, yes: str, doubt: str) -> None:
    made = truths(text)
    assert ["".join("01"[value] for value in part) for part in made] == [yes, doubt]


def test_here_is_the_answer_being_given() -> None:
    assert truths(". >= 13 and . <= 17", here="age")[0] == [False, True, True, False, True]
    with pytest.raises(InputError, match="no question is being answered"):
        worked(". > 3")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("\u2018a\u2019 = ${word}", "'a' = ${word}"),
        ("${word}=\u201cbc\u201d", '${word} = "bc"'),
        ("${ age }\u00a0> 13 \u2013 1", "${age} > 13 - 1"),
        ("(((${age}) > (12)))", "${age} > 12"),
        ("${told}=1or ${told}=0", "${told} = 1 or ${told} = 0"),
        ("- - ${age} = 12", "${age} = 12"),
    ],
)
def test_what_word_processors_make_of_it(typed: str, meant: str) -> None:
    assert truths(typed) == truths(meant)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("${a} = = 1", "character 8"),
        ("(${a} = 1", "at its end"),
        ("${a} = 1)", "character 9"),
        ("selected(${a}", "at its end"),
        ("${a} = 'open", "character 8"),
        ("", "at its end"),
        ("${a} and", "at its end"),
        ("${a} 5", "character 6"),
        ("${a b}", "character 1"),
        ("(" * 300 + "1" + ")" * 300, "within others"),
        ("not(" * 300 + "1" + ")" * 300, "within others"),
    ],
)
def test_what_is_no_expression_is_refused_at_its_place(text: str, where: str) -> None:
    with pytest.raises(InputError, match=where):
        parse(text)


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("pulldata('a', 'b', 'c', ${d})", ("pulldata()",)),
        ("position(..) > 1", ("position()", "..")),
        ("${last-saved#age} = 12", ("last-saved",)),
        ("once(random()) < 0.5", ("once()", "random()")),
        ("/data/group/age > 3", ("/data/group/age",)),
        ("count(${rep}) > 0", ("count()",)),
    ],
)
def test_what_needs_more_than_one_form_is_marked(text: str, marked: tuple[str, ...]) -> None:
    made = parse(text)
    assert made.not_evaluable == marked
    with pytest.raises(InputError, match="needs more than the answers"):
        evaluate(made, Context(ROWS.__getitem__))


def test_wrong_arguments_and_names_are_refused() -> None:
    for text, words in (
        ("selected(${used})", "1 arguments, and takes 2"),
        ("age = 3", "without"),
        ("regex(${word}, ${word})", "fixed text"),
    ):
        with pytest.raises(InputError, match=words):
            worked(text)
    with pytest.raises(InputError, match="no day was given"):
        evaluate(parse("today()"), Context(ROWS.__getitem__))


def test_names_and_codes_that_an_expression_asks_about() -> None:
    made = parse("selected(${used}, 'chat') and (${told} = 1 or 'x' != .) and ${age} > 3")
    assert made.names == ("used", "told", "age")
    assert made.tests == (("used", "chat"), ("told", "1"), (".", "x"))


KLEENE = {"and": min, "or": max}
VALUES = {"0": 0.0, "1": 1.0, "?": NAN}


@given(
    st.recursive(st.sampled_from("pqr"), lambda inner: st.tuples(st.sampled_from(["and", "or", "not"]), inner, inner), max_leaves=8),
    st.data(),
)
def test_doubt_is_kleenes(tree: Any, data: st.DataObject) -> None:
    rows = {name: data.draw(st.lists(st.sampled_from("01?"), min_size=4, max_size=4)) for name in "pqr"}
    answers = {name: Numbers(np.array([VALUES[v] for v in values])) for name, values in rows.items()}

    def written(node: Any) -> str:
        if isinstance(node, str):
            return f"${{{node}}} = 1"
        return f"not({written(node[1])})" if node[0] == "not" else f"({written(node[1])} {node[0]} {written(node[2])})"

    def known(node: Any, k: int) -> float:
        if isinstance(node, str):
            return {"0": 0.0, "1": 1.0, "?": 0.5}[rows[node][k]]
        return 1 - known(node[1], k) if node[0] == "not" else KLEENE[node[0]](known(node[1], k), known(node[2], k))

    made = truth(parse(written(tree)), Context(answers.__getitem__))
    for k in range(4):
        wanted = known(tree, k)
        assert bool(made.doubt[k]) == (wanted == 0.5)
        if wanted != 0.5:
            assert bool(made.yes[k]) == (wanted == 1)
    if made.sure:
        assert not (made.yes & made.doubt).any()


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused_in_our_words(text: str) -> None:
    with contextlib.suppress(InputError):
        parse(text)


def test_a_truth_of_nobody_is_empty() -> None:
    made = truth(parse("${a} = 1 and not(${a} = 2)"), Context(lambda name: Numbers(np.zeros(0))))
    assert isinstance(made, Truth)
    assert made.yes.shape == made.doubt.shape == (0,)


@pytest.mark.parametrize("sign", [" or ", " and ", " + "])
def test_a_long_chain_is_no_deep_one(sign: str) -> None:
    text = sign.join(f"${{told}} = {k}" for k in range(2000)) if sign != " + " else sign.join(["${told}"] * 2000) + " > 1"
    yes, doubt = truths(text)
    assert (yes[1], doubt[1], doubt[4]) == (sign == " or ", False, True)
    assert truths(f"not({text})")[1] == doubt
    assert len(parse(text).names) == 1


def test_comparisons_of_comparisons_come_to_an_end() -> None:
    with pytest.raises(InputError, match="comparison of comparisons"):
        parse(" = ".join(["${told}"] * 2000))


@pytest.mark.parametrize(
    "text", ["selected-at(${used}, 'x') = 1", "substr(${word}, 'a') = 'b'", "format-date(${age} * 1000000000, '%Y') = '1'"]
)
def test_a_function_that_fails_on_the_answers_says_so_in_our_words(text: str) -> None:
    with pytest.raises(InputError, match="cannot be worked out on these answers") as caught:
        truths(text)
    assert caught.value.__context__ is None
