"""The masks of expressions against a slow reading of each row on its own: XPath for the device, Kleene for what is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evidencekit as ek
from evidencekit.instrument.rules.plans import plan_of
from evidencekit.instrument.validating.running import main_table

M = ek.Missing
YES_NO = ek.Choices("yes_no", {1: "Yes", 0: "No", 99: "I prefer not to say"}, missing={99: M.REFUSED})
USED = ek.Choices("used", {"chat": "Chat", "game": "Games", "99": "I prefer not to say"}, missing={"99": M.REFUSED})
LETTER = ek.Choices("letter", {"x": "X", "y": "Y", "r": "I prefer not to say"}, missing={"r": M.REFUSED})
ITEMS = (
    ek.Item("age", "integer", missing={98: M.DONT_KNOW}),
    ek.Item("told", "select_one", "Told?", YES_NO),
    ek.Item("used", "select_multiple", "Used?", USED),
    ek.Item("one", "select_one", "One?", LETTER),
    ek.Item("two", "select_one", "Two?", LETTER),
    ek.Item("word", "text"),
)
NUMBERS = ("age", "told")
ROW = st.fixed_dictionaries(
    {
        "age": st.sampled_from([None, 0, 1, 12, 15, 98]),
        "told": st.sampled_from([None, 1, 0, 99]),
        "used": st.sampled_from([None, "chat", "game chat", "99", " 99 ", "chat 99", "chat  chat ", " "]),
        "one": st.sampled_from([None, "x", "y", "r"]),
        "two": st.sampled_from([None, "x", "y", "r"]),
        "word": st.sampled_from([None, "x", "12", "chat"]),
    }
)
FRAMES: dict[str, Any] = {
    "pandas": lambda rows: _pandas(rows),
    "objects": lambda rows: pd.DataFrame({i.name: pd.Series([row[i.name] for row in rows], dtype=object) for i in ITEMS}),
    "categories": lambda rows: _pandas(rows).astype("category"),
    "polars": lambda rows: pl.DataFrame(
        {n: pl.Series(v, dtype=pl.Int64 if n in NUMBERS else pl.String) for n, v in _columns(rows).items()}
    ),
    "arrow": lambda rows: pa.table({n: pa.array(v, pa.float32() if n in NUMBERS else pa.string()) for n, v in _columns(rows).items()}),
}


def _columns(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {item.name: [row[item.name] for row in rows] for item in ITEMS}


def _pandas(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame({n: pd.Series(v, dtype="float64" if n in NUMBERS else "str") for n, v in _columns(rows).items()})


@dataclass
class Value:
    """One value: a number, a text or a truth; None is blank."""

    x: Any
    doubt: bool
    codes: frozenset[Any] = frozenset()
    fixed: bool = False


def number(value: Value) -> float | None:
    try:
        return None if value.x is None else float(value.x)
    except ValueError:
        return None


def answer(name: str, row: dict[str, Any]) -> Value:
    item = next(item for item in ITEMS if item.name == name)
    x = row[name]
    if name in NUMBERS:
        codes: frozenset[Any] = frozenset(map(float, item.missing))
        return Value(None if x is None else float(x), x is None or float(x) in codes, codes)
    codes = frozenset(item.missing)
    if name == "used" and x is not None:
        x = " ".join(x.split()) or None
    return Value(x, x is None or any(part in codes for part in (x.split() if name == "used" else [x])), codes)


def read(node: tuple[Any, ...], row: dict[str, Any]) -> Value:
    """A node of an expression on one row."""
    sign = node[0]
    if sign == "fixed":
        return Value(float(node[1]) if not isinstance(node[1], str) else node[1] or None, node[1] == "", fixed=True)
    if sign == "answer":
        return answer(node[1], row)
    if sign == "selected":
        chosen = answer("used", row)
        return Value(chosen.x is not None and node[1] in chosen.x.split(), chosen.x is None if node[1] in chosen.codes else chosen.doubt)
    if sign == "count":
        chosen = answer("used", row)
        return Value(float(len((chosen.x or "").split())), chosen.doubt)
    if sign == "not":
        inner = read(node[1], row)
        return Value(not inner.x, inner.doubt)
    if sign == "if":
        tested = read(node[1], row)
        taken = read(node[2] if tested.x else node[3], row)
        return Value(taken.x, taken.doubt or tested.doubt)
    left, right = read(node[1], row), read(node[2], row)
    if sign in ("and", "or"):
        decides = sign == "or"
        decided = any(bool(side.x) is decides and not side.doubt for side in (left, right))
        yes = (left.x or right.x) if decides else (left.x and right.x)
        return Value(bool(yes), (left.doubt or right.doubt) and not decided)
    if sign in ("=", "!="):
        return _equal(sign, node, left, right)
    a, b = number(left), number(right)
    if sign in ("+", "-"):
        return Value(None if a is None or b is None else a + b if sign == "+" else a - b, left.doubt or right.doubt)
    holds = a is not None and b is not None and {"<": a < b, ">=": a >= b}[sign]
    return Value(holds, left.doubt or right.doubt or a is None or b is None)


def _equal(sign: str, node: tuple[Any, ...], left: Value, right: Value) -> Value:
    for side, other in ((node[1], right), (node[2], left)):
        if side == ("fixed", ""):
            return Value((other.x is None) == (sign == "="), False)
    texts = node[1][0] in ("answer", "fixed") and all(_of_texts(side) for side in (node[1], node[2]))
    a, b = (left.x, right.x) if texts else (number(left), number(right))
    about = any(fixed.fixed and _coded(fixed, of, texts=texts) for fixed, of in ((left, right), (right, left)))
    doubt = left.x is None or right.x is None if about else left.doubt or right.doubt
    same = a is not None and a == b
    return Value(same if sign == "=" else not same, doubt)


def _of_texts(node: tuple[Any, ...]) -> bool:
    return node[1] not in NUMBERS if node[0] == "answer" else node[0] == "fixed" and isinstance(node[1], str)


def _coded(fixed: Value, of: Value, *, texts: bool) -> bool:
    return fixed.x in of.codes if texts else number(fixed) in {number(Value(code, doubt=False)) for code in of.codes} - {None}


def written(node: tuple[Any, ...]) -> str:
    sign, *parts = node
    if sign == "fixed":
        return repr(parts[0])
    if sign == "answer":
        return "${" + parts[0] + "}"
    if sign == "selected":
        return "selected(${used}, '" + parts[0] + "')"
    if sign == "count":
        return "count-selected(${used})"
    if sign in ("not", "if"):
        return f"{sign}({', '.join(map(written, parts))})"
    return f"({written(parts[0])}) {sign} ({written(parts[1])})"


FIXED_TEXT = st.sampled_from(["x", "r", "chat", "99", "12", ""]).map(lambda text: ("fixed", text))
TEXT = st.sampled_from(["one", "two", "word", "used"]).map(lambda name: ("answer", name))
NUMBER = st.recursive(
    st.sampled_from([("answer", "age"), ("answer", "told"), ("count",), ("fixed", 1), ("fixed", 12), ("fixed", 99)]),
    lambda inner: st.tuples(st.sampled_from("+-"), inner, inner),
    max_leaves=3,
)
EQUAL, ORDER = st.sampled_from(["=", "!="]), st.sampled_from(["<", ">="])
TRUTH = st.recursive(
    st.one_of(
        st.tuples(EQUAL, TEXT, TEXT | FIXED_TEXT),
        st.tuples(EQUAL, FIXED_TEXT, TEXT),
        st.tuples(EQUAL, NUMBER, NUMBER | FIXED_TEXT),
        st.tuples(ORDER, NUMBER, NUMBER),
        st.tuples(st.just("selected"), st.sampled_from(["chat", "game", "99"])),
    ),
    lambda inner: st.one_of(
        st.tuples(st.just("not"), inner),
        st.tuples(st.sampled_from(["and", "or"]), inner, inner),
        st.tuples(st.just("="), st.tuples(st.just("if"), inner, NUMBER, NUMBER), NUMBER),
    ),
    max_leaves=5,
)


@pytest.mark.slow
@settings(max_examples=250, deadline=None)
@given(
    node=TRUTH,
    rows=st.lists(ROW, min_size=1, max_size=4),
    blank=st.sets(st.sampled_from([i.name for i in ITEMS])),
    kind=st.sampled_from([*FRAMES]),
)
def test_truth_and_doubt_of_every_row(node: Any, rows: list[Any], blank: set[str], kind: str) -> None:
    rows = [{name: None if name in blank else value for name, value in row.items()} for row in rows]  # columns that are blank throughout
    form = ek.Instrument("slowly", [*ITEMS, ek.Item("last", "text", relevant=written(node), required=True)])
    plan = plan_of(form.items)
    table, line = main_table(plan, FRAMES[kind](rows), "A test"), plan.sheets[0].lines[-1]
    made, asked = table.truth(line.chain[0]), table.asked(line)
    wanted = [read(node, row) for row in rows]
    assert [bool(value.x) for value in wanted] == made.yes.tolist(), written(node)
    assert [value.doubt for value in wanted] == np.broadcast_to(made.doubt, len(rows)).tolist(), written(node)
    assert asked.sure is not None
    assert asked.sure.tolist() == [bool(value.x) and not value.doubt for value in wanted]


@pytest.mark.parametrize("kind", [*FRAMES])
def test_a_column_that_is_blank_throughout_is_in_doubt_like_any_blank(kind: str) -> None:
    rows = [dict.fromkeys((item.name for item in ITEMS), None) for _ in range(3)]
    form = ek.Instrument("blank", [*ITEMS[:-1], ek.Item("word", "text", relevant="${one} != 'x'", required=True)])
    made = ek.validate(FRAMES[kind](rows), form).outcome("required:word")
    assert (made.failing, made.checked, made.undecided) == (0, 0, 3)


@pytest.mark.parametrize("kind", [*FRAMES])
def test_what_an_answer_in_doubt_decides_is_in_doubt(kind: str) -> None:
    row = {**dict.fromkeys((item.name for item in ITEMS), None), "told": 1}
    form = ek.Instrument("doubt", [*ITEMS[:-1], ek.Item("word", "text", relevant="if(${one} = 'x', 99, ${told}) != 99", required=True)])
    assert ek.validate(FRAMES[kind]([row]), form).outcome("required:word").undecided == 1


def test_a_fixed_text_in_place_of_blanks_leaves_the_question_as_it_is() -> None:
    rows = _pandas(
        [{**dict.fromkeys((item.name for item in ITEMS), None), "one": code, "told": told} for code, told in [(None, None), ("r", 99)]]
    )
    for condition in ("coalesce(${one}, 'x') != 'r'", "coalesce(${told}, 1) != 99"):
        form = ek.Instrument("coalesce", [*ITEMS[:-1], ek.Item("word", "text", relevant=condition, required=True)])
        made = ek.validate(rows, form).outcome("required:word")
        assert (made.positions.tolist(), made.undecided) == ([0], 0)


def test_several_answers_with_space_around_them_or_twice() -> None:
    form = ek.Instrument("space", [ek.Item("used", "select_multiple", "Used?", USED, required=True)])
    made = ek.validate(pd.DataFrame({"used": [" 99 ", "  ", "99 99", "chat  game", "99 chat", None]}), form)
    assert {o.rule.id: o.positions.tolist() for o in made.failing} == {"required:used": [1, 5], "exclusive:used": [4]}
    counts = ek.instrument.denominator(pd.DataFrame({"used": [" 99 ", "  ", "chat"]}), form, "used")
    assert (counts.answered, dict(counts.missing)) == (1, {M.REFUSED: 1, M.UNSTATED: 1})


def test_an_answer_with_two_kinds_of_missing_counts_once() -> None:
    both = ek.Choices("both", {"a": "A", "98": "I do not know", "99": "I prefer not to say"}, missing={"98": M.DONT_KNOW, "99": M.REFUSED})
    form = ek.Instrument("both", [ek.Item("used", "select_multiple", "Used?", both)])
    counts = ek.instrument.denominator(pd.DataFrame({"used": ["98 99", "99 98", "99", "a"]}), form, "used")
    assert counts.answered == 1
    assert counts.asked == counts.answered + sum(counts.missing.values()) == 4


@pytest.mark.parametrize("kind", ["pandas", "polars", "arrow"])
def test_columns_of_true_and_false_where_these_are_the_codes(kind: str) -> None:
    words = ek.Choices("words", {"true": "Yes", "false": "No"})
    form = ek.Instrument(
        "words", [ek.Item("on", "select_one", "On?", words), ek.Item("last", "text", relevant="${on} = 'true'", required=True)]
    )
    frame: Any = pd.DataFrame({"on": [True, False], "last": ["a", None]})
    frame = {"pandas": lambda: frame, "polars": lambda: pl.from_pandas(frame), "arrow": lambda: pa.Table.from_pandas(frame)}[kind]()
    assert ek.validate(frame, form).ok
