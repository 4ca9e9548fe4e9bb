"""A yes is what someone declared, a no is what was said or follows, and what is not known stays so."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import evidencekit as ek
from evidencekit.errors import InputError, UnknownColumn
from evidencekit.instrument import Coded, Concept
from evidencekit.instrument.expressions import parse
from evidencekit.instrument.indicators.compiling import compiled, items_for
from evidencekit.instrument.indicators.standings import NO, OUTSIDE, UNKNOWN, YES, Standing
from evidencekit.instrument.indicators.valuing import standing_of

NAN = float("nan")
DK, RF, NA = ek.Missing.DONT_KNOW, ek.Missing.REFUSED, ek.Missing.NOT_ASKED
LETTERS = {"y": YES, "n": NO, "?": UNKNOWN, "-": OUTSIDE}


def survey_of(data: Any) -> ek.Survey:
    frame = data.frame if isinstance(data, ek.Dataset) else data
    made = frame.assign(w=1.0, psu=range(len(frame)))
    return ek.Survey(data.with_frame(made) if isinstance(data, ek.Dataset) else made, weights="w", psu="psu", lonely="remove")


def states(data: Any, indicator: ek.Indicator, **more: Any) -> str:
    """The state of each row as a letter; capitals where the row is counted."""
    survey = data if isinstance(data, ek.Survey) else survey_of(data)
    made = compiled(indicator, items_for(survey, [indicator], more.pop("items", None), more.pop("form", None)), **more)
    back = {code: letter for letter, code in LETTERS.items()}
    return "".join(back[int(code)] for code in made.standing.state)


def counted(data: Any, indicator: ek.Indicator, **more: Any) -> list[int]:
    survey = data if isinstance(data, ek.Survey) else survey_of(data)
    made = compiled(indicator, items_for(survey, [indicator], more.pop("items", None), more.pop("form", None)), **more)
    return np.flatnonzero(made.inside).tolist()


class Given:
    """Answers of items as letters."""

    def __init__(self, **rows: str) -> None:
        self.rows = rows

    def standing(self, name: str) -> Standing:
        state = np.array([LETTERS[letter] for letter in self.rows[name]], dtype=np.int8)
        return Standing(state, (state == UNKNOWN).astype(np.uint8))

    def plain(self, name: str) -> Any:
        raise AssertionError


@pytest.mark.parametrize(
    ("text", "expected"),
    [  # a: y y y y  n n n n  ? ? ? ?  - - - -      b: y n ? -, four times
        ("${a} or ${b}", "yyyy yn?n y??? yn?-"),
        ("${a} and ${b}", "yn?- nnnn ?n?- -n--"),
        ("not(${a})", "nnnn yyyy ???? ----"),
        ("${a} + ${b} >= 1", "yyyy yn?n y??? yn?-"),
        ("${a} + ${b} >= 2", "yn?n nnnn ?n?n nnn-"),
        ("2 <= ${a} + ${b}", "yn?n nnnn ?n?n nnn-"),
        ("sum(${a}, ${b}) = 1", "ny?y yn?n ???? yn?-"),
        ("${a} + ${b} != 1", "yn?n ny?y ???? ny?-"),
        ("${a} + ${b} < 1", "nnnn ny?y n??? ny?-"),
    ],
)
def test_four_valued_logic(text: str, expected: str) -> None:
    made = standing_of(parse(text), Given(a="yyyynnnn????----", b="yn?-" * 4))
    back = {code: letter for letter, code in LETTERS.items()}
    assert "".join(back[int(code)] for code in made.state) == expected.replace(" ", "")


@given(st.lists(st.lists(st.sampled_from("yn?-"), min_size=3, max_size=3), min_size=1, max_size=30))
def test_an_unknown_is_what_its_answers_could_turn(rows: list[list[str]]) -> None:
    """Filled in with every possible answer, an unknown any-yes composite is sometimes yes and sometimes no; a known one never changes."""
    text = parse("${a} or (${b} and ${c})")
    names = dict(zip("abc", ("".join(column) for column in zip(*rows, strict=True)), strict=True))
    made = standing_of(text, Given(**names)).state
    filled = []
    for answer in ("yyy", "yyn", "yny", "ynn", "nyy", "nyn", "nny", "nnn"):
        full = {name: column.replace("?", letter) for (name, column), letter in zip(names.items(), answer, strict=True)}
        filled.append(standing_of(text, Given(**full)).state)
    every = np.stack(filled)
    for k, state in enumerate(made):
        seen = set(every[:, k].tolist())
        if state in (YES, NO):
            assert seen == {state}
        elif state == OUTSIDE:
            assert seen <= {OUTSIDE, NO}, "a no to what was asked does not answer what was not"
        else:
            assert len(seen) > 1


# --- which code is yes --------------------------------------------------------------------------------------------------------------
ONE = ek.Indicator(code="ONE", numerator="${told}")
FORM = ek.Instrument(
    "f",
    [
        ek.Item(
            "told",
            "select_one",
            "Told?",
            ek.Choices(
                "yn", {1: {"en": "Yes", "fr": "Oui"}, 2: {"en": "No", "fr": "Non"}, 8: "I do not know", 9: "Rather not say"}, {8: DK, 9: RF}
            ),
        )
    ],
)
CODINGS: dict[str, tuple[Any, dict[str, Any], str]] = {
    "0 and 1": (pd.DataFrame({"told": [1, 0, None, 1]}), {}, "yn?y"),
    "true and false": (pd.DataFrame({"told": [True, False, None, True]}, dtype="boolean"), {}, "yn?y"),
    "all 0": (pd.DataFrame({"told": [0, 0]}), {}, "nn"),
    "declared": (pd.DataFrame({"told": [1, 2, None, 2]}), {"items": {"told": Coded("told", yes=1, no=2)}}, "yn?n"),
    "declared on another column": (pd.DataFrame({"q": ["a", "b", "c"]}), {"items": {"told": Coded("q", yes=("a", "c"), no="b")}}, "yny"),
    "value labels": (
        ek.Dataset(pd.DataFrame({"told": [1, 2, 9, 1]}), value_labels={"told": {1: "yes", 2: " No "}}, missing={"told": {9: RF}}),
        {},
        "yn?y",
    ),
    "a range of missing codes": (ek.Dataset(pd.DataFrame({"told": [1, 0, 97, 99]}), missing={"told": {(97, 99): RF}}), {}, "yn??"),
    "the form": (pd.DataFrame({"told": ["1", "2", "8", "9"]}), {"form": FORM}, "yn??"),
    "the form, numbers": (pd.DataFrame({"told": [1.0, 2.0, 8.0, None]}), {"form": FORM}, "yn??"),
    "yes codes of a form": (pd.DataFrame({"told": [1, 2, 8, 9]}), {"form": FORM, "items": {"told": Coded("told", yes=2, no=1)}}, "ny??"),
    "several answers": (
        pd.DataFrame({"q": ["friend police", "friend", None, "helpline"]}),
        {"items": {"told": Coded("q", yes=("police", "helpline"), no="friend", several=True)}},
        "yn?y",
    ),
    "not asked": (pd.DataFrame({"other": [1, 2]}), {"items": {"told": None}}, "--"),
    "everyone": (pd.DataFrame({"other": [1, 2]}), {"items": {"told": True}}, "yy"),
}


@pytest.mark.parametrize("case", CODINGS)
def test_yes_is_what_is_declared(case: str) -> None:
    data, more, expected = CODINGS[case]
    assert states(data, ONE, **more) == expected


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
def test_every_kind_of_frame(kind: str) -> None:
    frame = pd.DataFrame({"told": [1, 2, 98, 2], "w": [1.0] * 4, "psu": [1, 2, 3, 4]})
    made = {"pandas": lambda: frame, "polars": lambda: pl.from_pandas(frame), "pyarrow": lambda: pa.Table.from_pandas(frame)}[kind]()
    survey = ek.Survey(ek.Dataset(made, missing={"told": {98: RF}}), weights="w", psu="psu")
    assert states(survey, ONE, items={"told": Coded("told", yes=1, no=2)}) == "yn?n"
    shown = ek.prevalence(survey, ONE, items={"told": Coded("told", yes=1, no=2)}).to_frame()
    assert type(shown).__module__.split(".")[0] == kind


REFUSED: dict[str, tuple[Any, dict[str, Any], str]] = {
    "1 and 2 without a word": (pd.DataFrame({"told": [1, 2, 1]}), {}, "not coded 0 and 1"),
    "1 alone": (pd.DataFrame({"told": [1, 1]}), {}, "not coded 0 and 1"),
    "texts without a word": (pd.DataFrame({"told": ["oui", "non"]}), {}, "not coded 0 and 1"),
    "labels in another language": (
        ek.Dataset(pd.DataFrame({"told": [1, 2]}), value_labels={"told": {1: "oui", 2: "non"}}),
        {},
        "do not say",
    ),
    "a code too many": (pd.DataFrame({"told": [1, 2, 99]}), {"items": {"told": Coded("told", yes=1, no=2)}}, "1 answers of column 'told'"),
    "one of several that is neither": (
        pd.DataFrame({"q": ["friend", "99"]}),
        {"items": {"told": Coded("q", yes="police", no="friend", several=True)}},
        "1 answers of column 'q'",
    ),
    "no such column": (pd.DataFrame({"x": [1]}), {"items": {"told": "tld"}}, "tld|not a column"),
    "no column of its name": (pd.DataFrame({"x": [1]}), {}, "needs 'told'"),
    "an item that is none": (pd.DataFrame({"told": [1, 0]}), {"items": {"tlod": "told"}}, "no item of the indicators"),
    "a list for a column": (pd.DataFrame({"told": [1, 0]}), {"items": {"told": ["told"]}}, "maps the names"),
    "a form that is none": (pd.DataFrame({"told": [1, 0]}), {"form": "form.xlsx"}, "takes an Instrument"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_coding_is_never_guessed(case: str) -> None:
    data, more, words = REFUSED[case]
    with pytest.raises(InputError, match=words) as caught:
        states(data, ONE, **more)
    assert not any(str(code) in str(caught.value) for code in ("99", "oui", "non"))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Coded("a", yes=(), no=1), "at least one"),
        (lambda: Coded("a", yes=1, no=()), "at least one"),
        (lambda: Coded("a", yes=1, no=(1, 2)), "both yes and no"),
        (lambda: Coded("", yes=1, no=0), "name of a column"),
        (lambda: Coded("a", yes=[None], no=0), "takes codes"),
        (lambda: Concept(""), "needs asks="),
        (lambda: Concept("a", after="${b} or"), "cannot be read"),
    ],
)
def test_words_that_cannot_be_used_are_refused(make: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        make()


# --- what was not asked, without a form -----------------------------------------------------------------------------------------------
GATED = ek.Indicator(
    code="GATED",
    numerator="${shared}",
    items={
        "shared": Concept("an image was shared", "${had_image}"),
        "had_image": Concept("there is an image", "${online}"),
        "online": Concept("online"),
    },
)
ROWS = ek.Dataset(
    pd.DataFrame(
        {
            "online": [1, 1, 1, 0, 9, 1, 1, 1],
            "had_image": [1, 1, 0, None, None, 9, 1, 1],
            "shared": [1, 0, None, None, None, None, None, 9],
        }
    ),
    missing={"online": {9: RF}, "had_image": {9: DK}, "shared": {9: RF}},
)


def test_a_no_higher_up_is_a_no_and_a_refusal_higher_up_is_not() -> None:
    assert states(ROWS, GATED) == "ynnn????"


def test_without_the_gate_a_blank_is_not_known() -> None:
    assert states(ROWS, ek.Indicator(code="X", numerator="${shared}")) == "yn??????"


def test_a_code_for_not_asked_is_outside_unless_a_no_explains_it() -> None:
    frame = pd.DataFrame({"gate": [1, 0, 9, 1], "x": [97, 97, 97, 1]})
    data = ek.Dataset(frame, missing={"x": {97: NA}, "gate": {9: RF}})
    gated = ek.Indicator(code="X", numerator="${x}", items={"x": Concept("x", "${gate}")})
    coded = {"x": Coded("x", yes=1, no=0)}
    assert states(data, gated, items=coded) == "-n?y"
    assert states(data, ek.Indicator(code="X", numerator="${x}"), items=coded) == "---y"
    assert counted(data, gated, items=coded) == [1, 2, 3]


# --- what was not asked, by the form --------------------------------------------------------------------------------------------------
YES_NO = ek.Choices("yn", {"1": "Yes", "2": "No", "8": "I do not know", "9": "I prefer not to say"}, {"8": DK, "9": RF})


def asked(name: str, relevant: str = "", kind: Any = "select_one") -> ek.Item:
    return ek.Item(name, kind, name, YES_NO if kind == "select_one" else None, relevant)


SKIPS: dict[str, tuple[list[Any], dict[str, list[Any]], str]] = {
    "a yes/no question above": (
        [asked("g"), asked("x", "${g} = '1'")],
        {"g": [1, 1, 2, 8, 9, 1], "x": [1, 2, None, None, None, None]},
        "ynn???",
    ),
    "an age above": (
        [asked("age", kind="integer"), asked("x", "${age} >= 15")],
        {"age": [16, 15, 13, None], "x": [1, 2, None, None]},
        "yn-?",
    ),
    "an age and a no, both in the way": (
        [asked("age", kind="integer"), asked("g"), asked("x", "${age} >= 15 and ${g} = '1'")],
        {"age": [16, 16, 13, 13, 16], "g": [1, 2, 1, 2, 9], "x": [2, None, None, None, None]},
        "nn--?",
    ),
    "a chain": (
        [asked("a"), asked("b", "${a} = '1'"), asked("x", "${b} = '1'")],
        {"a": [1, 2, 9, 1, 1], "b": [1, None, None, 2, 8], "x": [1, None, None, None, None]},
        "yn?n?",
    ),
    "asked after a no": ([asked("told"), asked("x", "${told} = '2'")], {"told": [1, 2, 9], "x": [None, 1, None]}, "-y?"),
    "either of two": (
        [asked("a"), asked("b"), asked("x", "${a} = '1' or ${b} = '1'")],
        {"a": [2, 2, 9, 1], "b": [2, 9, 1, 2], "x": [None, None, 1, 2]},
        "n?yn",
    ),
    "both of two": (
        [asked("a"), asked("b"), asked("x", "${a} = '1' and ${b} = '1'")],
        {"a": [2, 9, 9], "b": [9, 1, 2], "x": [None, None, None]},
        "n?n",
    ),
    "a group": (
        [asked("g"), ek.instrument.Group("follow", [asked("x")], relevant="${g} = 1")],
        {"g": [1, 2, 9], "x": [1, None, None]},
        "yn?",
    ),
    "a quarter of the sample": ([ek.Item("form", "calculate"), asked("x", "${form} = 'A'")], {"form": ["A", "B"], "x": [1, None]}, "y-"),
    "what cannot be worked out": (
        [asked("g"), asked("x", "pulldata('a', 'b', 'c', ${g}) = 1")],
        {"g": [1, 2], "x": [1, None]},
        "y?",
    ),
    "an answer all the same": ([asked("g"), asked("x", "${g} = '1'")], {"g": [2], "x": [1]}, "y"),
}


@pytest.mark.parametrize("case", SKIPS)
def test_skip_logic_says_what_a_blank_is(case: str) -> None:
    parts, columns, expected = SKIPS[case]
    form = ek.Instrument("f", parts)
    assert states(pd.DataFrame(columns), ek.Indicator(code="X", numerator="${x}"), form=form) == expected


@pytest.mark.parametrize("role", ["consent", "privacy"])
def test_a_no_to_what_protects_is_no_answer_to_what_it_closes(role: Any) -> None:
    """Whoever does not take part, or is not alone, has not said that nothing happened: left out, and not counted as a no."""
    may = ek.Item("may", "select_one", "", YES_NO, role=role)
    rest = ek.instrument.Group("rest", [asked("internet_user"), asked("x", "${internet_user} = '1'")], relevant="${may} = '1'")
    form = ek.Instrument("f", [may, rest])
    data = pd.DataFrame({"may": [1, 1, 1, 2, 9], "internet_user": [1, 1, 2, None, None], "x": [1, 2, None, None, None]})
    items = {"x": Concept("x", "${internet_user}"), "internet_user": Concept("online")}
    one = ek.Indicator(code="X", numerator="${x}", denominator="${internet_user}", items=items)
    assert states(data, one, form=form)[:4] == "ynn-"
    assert counted(data, one, form=form) == [0, 1]
    assert 3 not in counted(data, one, form=form, among="all")
    assert ek.prevalence(survey_of(data), one, form=form, denominator="all").estimate.points[0] == pytest.approx(1 / 3)


def test_a_gate_coded_otherwise_is_read_by_what_was_declared() -> None:
    """How often someone goes online is no yes/no question; declared as one, "never" is a no that closes the rest."""
    often = ek.Choices("often", {"1": "Never", "2": "Weekly", "3": "Daily"})
    form = ek.Instrument("f", [ek.Item("often", "select_one", "", often), asked("x", "${often} != '1'")])
    data = pd.DataFrame({"often": [1, 2, 3, None], "x": [None, 1, 2, None]})
    one = ek.Indicator(
        code="X", numerator="${x}", denominator="${online}", items={"x": Concept("x", "${online}"), "online": Concept("online")}
    )
    assert states(data, ek.Indicator(code="X", numerator="${x}"), form=form) == "-yn?"
    assert states(data, one, form=form, items={"online": Coded("often", yes=(2, 3), no=1)}) == "nyn?"


def test_a_gate_that_is_not_in_the_data_is_named() -> None:
    form = ek.Instrument("f", [asked("g"), asked("x", "${g} = '1'")])
    with pytest.raises(InputError, match="after 'g', which is not a column"):
        states(pd.DataFrame({"x": [1, None]}), ek.Indicator(code="X", numerator="${x}"), form=form)


def test_a_question_asked_after_itself_and_a_repeat_are_refused() -> None:
    circle = ek.Instrument("f", [asked("a", "${b} = '1'"), asked("b", "${a} = '1'")])
    with pytest.raises(InputError, match="after itself"):
        states(pd.DataFrame({"a": [1, None], "b": [None, None]}), ek.Indicator(code="X", numerator="${a}"), form=circle)
    repeat = ek.Instrument("f", [ek.instrument.Group("r", [asked("x")], repeat=True)])
    with pytest.raises(InputError, match="repeated group"):
        states(pd.DataFrame({"x": [1]}), ek.Indicator(code="X", numerator="${x}"), form=repeat)


def test_answers_that_are_no_yes_or_no_are_compared_as_they_stand() -> None:
    data = ek.Dataset(pd.DataFrame({"age_first": [12, 17, 98, None], "shared": [1, 1, 1, 0]}), missing={"age_first": {98: DK}})
    early = ek.Indicator(code="X", numerator="${age_first} < 15", items={"age_first": Concept("age", "${shared}")})
    assert states(data, early) == "yn?n"
    either = ek.Indicator(code="X", numerator="${age_first} < 15 or not(${shared})")
    assert states(data, either) == "yn?y"


def test_constants_and_parts_are_no_answers_to_compare() -> None:
    data = pd.DataFrame({"a": [1, 0]})
    with pytest.raises(InputError, match="a column has to answer it"):
        states(data, ek.Indicator(code="X", numerator="${age} >= 15"), items={"age": True})
    part = ek.Indicator(code="P", numerator="${a}")
    with pytest.raises(InputError, match="Indicator P is a yes or a no"):
        states(data, ek.Indicator(code="X", numerator="${P} = 'a'", parts=[part]))


def test_two_meanings_of_one_item_are_refused() -> None:
    one = ek.Indicator(code="X", numerator="${a}", items={"a": Concept("a", "${b}"), "b": Concept("b")})
    two = ek.Indicator(code="Y", numerator="${a}", items={"a": Concept("a")})
    with pytest.raises(InputError, match="different things by 'a'"):
        items_for(survey_of(pd.DataFrame({"a": [1, 0], "b": [1, 0]})), [one, two], None, None)


def test_an_unknown_column_is_told_with_the_nearest() -> None:
    with pytest.raises(UnknownColumn, match="Did you mean 'told'"):
        states(pd.DataFrame({"told": [1, 0]}), ONE, items={"told": "tolld"})


def test_a_question_with_several_answers_is_read_by_its_form() -> None:
    whom = ek.Choices("whom", {"friend": "A friend", "police": "The police", "none": "No one", "99": "I prefer not to say"}, {"99": RF})
    form = ek.Instrument("f", [asked("event"), ek.Item("whom", "select_multiple", "", whom, "${event} = '1'")])
    data = pd.DataFrame({"event": ["1", "1", "1", "2", "9"], "whom": ["friend police", "none", "99", None, None]})
    coded = {"told": Coded("whom", yes="police", no=("friend", "none"))}
    assert states(data, ONE, form=form, items=coded) == "yn?n?"


def test_a_gate_in_another_language_is_outside_until_it_is_declared() -> None:
    """Nobody guesses that "oui" is yes: those who were not asked are left out and counted, and declaring the gate makes them a no."""
    oui = ek.Choices("on", {"1": "Oui", "2": "Non"})
    form = ek.Instrument("f", [ek.Item("g", "select_one", "", oui), asked("x", "${g} = '1'")])
    data = pd.DataFrame({"g": [1, 1, 2, 2], "x": [1, 2, None, None]})
    one = ek.Indicator(code="X", numerator="${x}")
    assert states(data, one, form=form) == "yn--"
    made = ek.prevalence(survey_of(data), one, form=form)
    assert made.not_asked == 2
    assert "2 of the denominator left out: not asked" in repr(made)
    assert states(data, one, form=form, items={"g": Coded("g", yes=1, no=2)}) == "ynnn"
