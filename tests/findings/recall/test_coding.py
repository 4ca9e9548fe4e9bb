"""What people type: read where it can be read, left to people where it cannot, and never shown."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import evidencekit as ek
from evidencekit.errors import InputError, UnknownColumn
from evidencekit.findings.recall import Coders, Codes, code
from evidencekit.findings.recall.grading import GRADES, Range
from evidencekit.findings.recall.typed import forgotten, shares_in

SECRET = "Zebrina-Quill 4471"
EIGHTH, TWELVE = 1 / 8, 0.12
READ: dict[str, float] = {
    "1 in 8": EIGHTH,
    "One in Eight.": EIGHTH,
    "12%": TWELVE,
    "12 percent": TWELVE,
    "twelve per cent": TWELVE,
    "about 12 in 100": TWELVE,
    "12 out of every 100 girls": TWELVE,
    "0.12": TWELVE,
    ".12": TWELVE,
    "12,5 %": EIGHTH,
    "an eighth": EIGHTH,
    "1/8": EIGHTH,
    "⅛": EIGHTH,
    "half": 0.5,
    "a half": 0.5,
    "around half": 0.5,
    "two thirds": 2 / 3,
    "a quarter": 0.25,
    "I think it was 1 in 8": EIGHTH,
    "only 1 in 8": EIGHTH,
    "12%, not sure": TWELVE,
    "1 in 8 children aged 12-17": EIGHTH,
    "12% of 1,200 children": TWELVE,
    "12 %": TWELVE,
    "0%": 0.0,
}
LEFT = (
    *("12", "twelve", "some", "many", "most", "none", "150%", "12 percentage points", "more than 1 in 8", "nearly half", "at least 12%"),
    *(
        "10 to 15%",
        "between 1 in 10 and 1 in 8",
        "1 in 10, 1 in 8",
        "1 in 8 or 1 in 6",
        "not 1 in 8",
        "1 in 8, no, not that",
        "0,12",
        "3 in 2",
        "1 in 0",
    ),
    *(
        "12% more",
        "1 in 10, 1 in 8",
        "twice as many",
        "un huitième",
        "every eighth girl",
        "1-8",
        "12% did not",
        "half a million",
        "1 in 8 " * 40,
    ),
)
FORGOTTEN = (
    "I don't remember",
    "no idea",
    "?",
    "dont know",
    "Can't remember it.",
    "forgot",
    "Sorry, I do not recall the number",
    "--",
    "not sure",
)


@pytest.mark.parametrize("text", READ)
def test_a_share_is_read_as_it_was_meant(text: str) -> None:
    shares = shares_in(text)
    assert shares is not None
    assert shares == pytest.approx((READ[text],))
    assert not forgotten(text)


@pytest.mark.parametrize("text", LEFT)
def test_what_could_be_read_two_ways_is_left_to_people(text: str) -> None:
    assert shares_in(text) is None
    assert not forgotten(text)


@pytest.mark.parametrize("text", FORGOTTEN)
def test_forgetting_is_an_answer(text: str) -> None:
    assert forgotten(text)


def test_one_number_in_two_forms_is_one() -> None:
    assert shares_in("1 in 8 (12%)") == pytest.approx((EIGHTH, TWELVE))
    # A range whose end lies between the two: a person decides.
    assert Range(0.05, 0.122, 1.5).read("1 in 8 (12%)", None)[0] == "unreadable"


def test_a_number_after_a_doubt_counts() -> None:
    assert not forgotten("don't remember, 12%")
    assert shares_in("1 in 8, or so") == shares_in("more or less 1 in 8") == (EIGHTH,)


@given(st.text(max_size=250))
def test_any_text_is_a_share_or_none(text: str) -> None:
    shares = shares_in(text)
    assert shares is None or all(0 <= share <= 1 for share in shares)


@given(st.integers(1, 40), st.integers(2, 1000))
def test_numbers_come_back_in_every_form(x: int, y: int) -> None:
    if not 0 < x < y or 1900 <= y <= 2100:
        return
    said = {
        f"{x} in {y:,}": Fraction(x, y),
        f"{x} out of {y}": Fraction(x, y),
        f"{x}%": Fraction(x, 100),
        f"about {x} percent": Fraction(x, 100),
    }
    for text, share in said.items():
        assert shares_in(text) == pytest.approx((float(share),))


@given(st.floats(0.01, 0.6), st.floats(0.01, 0.3), st.floats(1.01, 5), st.lists(st.floats(0, 1), min_size=2, max_size=20))
def test_grades_get_no_better_further_out(low: float, width: float, near: float, shares: list[float]) -> None:
    scale = Range(low, low + width, near)
    worth = {"within": 2, "near": 1, "wrong": 0}
    above = [worth[scale.of(share)] for share in sorted(shares) if share >= low + width / 2]
    below = [worth[scale.of(share)] for share in sorted(shares) if share <= low + width / 2]
    assert above == sorted(above, reverse=True)
    assert below == sorted(below)
    assert scale.of(low) == scale.of(low + width) == "within"


def answers_of(make: Any = pd.DataFrame) -> Any:
    return make(
        {
            "number": [5, 6, 7, 8, 9, 10, 11],
            "remembers": ["yes", "yes", "98", "99", None, "yes", "yes"],
            "number_said": ["1 in 6", "95 percent", None, None, None, SECRET, "1 in 5"],
            "nearest": ["2", "1", "98", "99", None, "2", "3"],
        }
    )


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table])
def test_codes_come_in_the_callers_kind_without_what_was_typed(make: Any, any_find: Callable[..., ek.Finding]) -> None:
    given_ = answers_of(make)
    coded = code(given_, any_find(0.155, 0.13, 0.18), id="number", nearest=("nearest", "2"))
    assert coded.grades == ("within", "wrong", "does not remember", "not answered", "not answered", "unreadable", "near")
    assert type(coded.data) is type(given_)
    plain = pl.DataFrame(coded.data) if not isinstance(coded.data, pa.Table) else pl.from_arrow(coded.data)
    assert isinstance(plain, pl.DataFrame)
    assert plain.columns == ["number", "remembers", "nearest", "recall", "recall_within", "recall_by", "nearest_right"]
    assert plain["recall_within"].fill_nan(None).to_list() == [1, 0, 0, None, None, None, 0]
    assert plain["nearest_right"].fill_nan(None).to_list() == [1, 0, 0, None, None, 1, 0]
    assert coded.unread == (5,)


def test_people_have_the_last_word_and_two_must_agree(any_find: Callable[..., ek.Finding]) -> None:
    frame = answers_of().assign(
        first=["within", None, None, None, None, "near", "wrong"], second=["near", "wrong", None, None, None, "near", ""], settled=None
    )
    find = any_find(0.155, 0.13, 0.18)
    coded = code(frame, find, id="number", coders=Coders(first="first", second="second"))
    assert coded.grades == ("unreadable", "wrong", "does not remember", "not answered", "not answered", "near", "wrong")
    assert coded.coders is not None
    assert (coded.coders.same, coded.coders.both, coded.coders.percent) == (1, 2, 50)
    # Of those that people agreed on and the grammar read: one of two.
    assert coded.grammar is not None
    assert (coded.grammar.same, coded.grammar.both) == (1, 2)
    assert "two coders agree on 1 of 2 (50%)" in repr(coded)
    last = frame.assign(settled=["within", *[None] * 6])
    assert code(last, find, id="number", coders=Coders(first="first", second="second", settled="settled")).unread == ()
    alone = code(frame, find, id="number", coders=Coders(first="second"))
    assert alone.coders is None
    assert alone.grades[0] == "near"


def test_an_answer_is_never_shown(any_find: Callable[..., ek.Finding]) -> None:
    find = any_find(0.155, 0.13, 0.18)
    shown = repr(code(answers_of(), find, id="number"))
    assert "Zebrina" not in shown
    assert "unreadable         1" in shown
    with pytest.raises(InputError, match="not pickled"):
        pickle.dumps(code(answers_of(), find, id="number"))
    odd: list[tuple[Any, dict[str, Any]]] = [
        (answers_of().assign(remembers=SECRET), {}),
        (answers_of().assign(number_said=[SECRET, 4.5, None, None, None, None, None]), {}),
        (answers_of().assign(number=[SECRET] * 7), {}),
        (answers_of().assign(number=[SECRET, *[None] * 6]), {}),
        (answers_of().assign(hand=SECRET), {"coders": Coders(first="hand")}),
        (answers_of().assign(recall=SECRET), {}),
        (answers_of().assign(nearest=[4.5, *[None] * 6]), {"nearest": ("nearest", "1")}),
    ]
    for frame, how in odd:
        with pytest.raises(InputError) as caught:
            code(frame, find, id="number", **how)
        assert "Zebrina" not in f"{caught.value}{caught.value.__cause__}{caught.value.__context__}"
    with pytest.raises(UnknownColumn):
        code(answers_of(), find, id="number", said="said")
    with pytest.raises(InputError, match="near="):
        code(answers_of(), find, id="number", near=1)


def test_the_order_of_rows_does_not_matter_and_nothing_is_changed(find: ek.Finding) -> None:
    frame = answers_of()
    before = frame.copy()
    coded: Codes = code(frame, find, id="number")
    turned = code(frame.iloc[::-1], find, id="number")
    assert turned.grades == coded.grades[::-1]
    assert set(coded.grades) <= set(GRADES)
    pd.testing.assert_frame_equal(frame, before)
    assert turned.data.index.tolist() == frame.index[::-1].tolist()


@pytest.mark.parametrize(
    ("share", "grade"),
    [(0.099, "within"), (0.098, "near"), (0.07, "near"), (0.06, "wrong"), (0.01, "wrong"), (0.0, "wrong"), (0.19, "near"), (0.21, "wrong")],
)
def test_near_is_near_on_both_sides(share: float, grade: str) -> None:
    """1.5 times the odds of 9.9 % and 14.1 %: from 6.8 % to 19.8 %."""
    assert Range(0.099, 0.141, 1.5).of(share) == grade


@pytest.mark.parametrize(
    "typed",
    [
        "15%..18%",
        "from 15%",
        "15% upwards",
        "minus 12%",
        "1 in 8 is wrong",
        "I doubt 1 in 8",
        "hardly 15%",
        "maximum 15%",
        "a 12% increase",
        "half of 12",
    ],
)
def test_what_is_said_about_a_number_is_left_to_people(typed: str) -> None:
    assert shares_in(typed) is None
