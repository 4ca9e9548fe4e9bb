"""Every rule of a form finds the rows that break it, on every kind of frame, and says nothing of what is not known."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from kinds import EAGER, frame_as
from lesson_forms import REFUSED, YES_NO, Group, answers, devices, lesson

import evidencekit as ek
from evidencekit.errors import InputError, UnknownColumn

Item, Instrument, validate = ek.Item, ek.Instrument, ek.validate


def broken(report: ek.instrument.Report) -> dict[str, list[int]]:
    return {outcome.rule.id: report.rows(outcome.rule.id).tolist() for outcome in report.failing}


def changed(**columns: Any) -> pd.DataFrame:
    made = answers().astype({name: object for name in columns})
    for name, cells in columns.items():
        for row, value in cells.items():
            made.loc[row, name] = value
    return made.infer_objects()


def report(frame: Any, form: ek.Instrument | None = None, **options: Any) -> ek.instrument.Report:
    return validate(frame, form or lesson(), repeats={"device": devices()} if form is None else None, **options)


@pytest.mark.parametrize("kind", EAGER)
def test_what_keeps_the_rules_is_ok(kind: str) -> None:
    made = validate(frame_as(kind, answers()), lesson(), repeats={"device": frame_as(kind, devices())})
    assert made.ok, made
    assert not made.unchecked
    assert type(made.to_frame()) is type(frame_as(kind.removesuffix("-arrow"), answers()))
    assert repr(made) == "Report on 'lesson': none of 23 rules is broken; 6 rows"


SPOILT: dict[str, tuple[dict[str, dict[int, Any]], dict[str, list[int]]]] = {
    "a code outside the list": ({"online": {1: 7}}, {"code:online": [1], "skip:uses": [1], "skip:hours": [1]}),
    "a token outside the list": ({"uses": {0: "chat swim"}}, {"code:uses": [0]}),
    "what stands alone with others": ({"uses": {1: "none chat"}}, {"exclusive:uses": [1]}),
    "a missing code with others": ({"uses": {1: "99 chat"}}, {"exclusive:uses": [1]}),
    "part of a number": ({"age": {2: 14.5}}, {"type:age": [2], "skip:hours": [2]}),
    "an answer out of its bounds": ({"hours": {1: 25}}, {"constraint:hours": [1]}),
    "asked, and no answer": ({"hours": {2: None}}, {"required:hours": [2]}),
    "not asked, and an answer": ({"hours": {0: 3}}, {"skip:hours": [0]}),
    "not asked by the group": ({"uses": {3: "chat"}}, {"skip:uses": [3]}),
    "one identifier twice": ({"name": {4: "n1"}}, {"unique:name": [0, 4]}),
    "another version": ({"__version__": {2: "2", 5: "1"}}, {"version:__version__": [2, 5]}),
    "a key twice": ({"_index": {5: 5}}, {"unique:_index": [4, 5]}),
}


@pytest.mark.parametrize("kind", EAGER)
@pytest.mark.parametrize("case", SPOILT)
def test_each_rule_finds_its_rows(case: str, kind: str) -> None:
    cells, expected = SPOILT[case]
    found = broken(validate(frame_as(kind, changed(**cells)), lesson(), repeats={"device": frame_as(kind, devices())}))
    found = {rule: rows for rule, rows in found.items() if not rule.endswith((":shared", ":sort", ":device"))}
    assert found == expected


@pytest.mark.parametrize("kind", EAGER)
def test_texts_are_read_as_the_form_means_them(kind: str) -> None:
    texts = pd.DataFrame({"age": ["12", "x", "", None, "1_3", "14.0"], "day": ["2025-01-31", "31/01/2025", None, "", "99", "2025-02-30"]})
    form = Instrument("f", [Item("age", "integer", constraint=". < 14"), Item("day", "date", missing={99: REFUSED})])
    assert broken(validate(frame_as(kind, texts), form)) == {"type:age": [1, 4], "constraint:age": [5], "type:day": [1, 5]}


def test_moments_are_dates_and_compare_with_today() -> None:
    frame = pd.DataFrame({"day": pd.to_datetime(["2025-01-01", "2025-03-01", None]), "n": [1, 2, 3]})
    form = Instrument("f", [Item("day", "date", constraint=". <= today()"), Item("n", "integer", relevant="${day} < '2025-02-01'")])
    made = validate(frame, form, today=date(2025, 2, 1))
    assert broken(made) == {"constraint:day": [1], "skip:n": [1, 2]}
    assert "no day was given" in validate(frame, form).outcome("constraint:day").note


def test_where_the_relevance_rests_on_what_is_not_known_nothing_is_said() -> None:
    form = Instrument("f", [Item("a", "select_one", choices=YES_NO), Item("b", "integer", relevant="${a} != 1", required=True)])
    made = validate(pd.DataFrame({"a": [0, 1, 98, None, 0, 99], "b": [1, 2, None, 5, None, None]}), form)
    assert broken(made) == {"required:b": [4], "skip:b": [1]}
    skip, required = made.outcome("skip:b"), made.outcome("required:b")
    assert (skip.checked, skip.undecided) == (1, 3)
    assert (required.checked, required.undecided) == (2, 3)
    assert "undecided on some rows: required:b, skip:b" in repr(made)


def test_a_constraint_is_broken_where_it_is_known_to_be_false() -> None:
    form = Instrument(
        "f", [Item("a", "integer", missing={98: REFUSED}), Item("b", "integer", constraint=". <= ${a}", missing={98: REFUSED})]
    )
    made = validate(pd.DataFrame({"a": [5, 5, 98, None, 5], "b": [6, 4, 6, 6, 98]}), form)
    assert broken(made) == {"constraint:b": [0]}
    assert made.outcome("constraint:b").checked == 2


def test_codes_that_say_that_nothing_was_answered() -> None:
    """-8 not asked, -7 not reached, as some files write them: they are no answers, and no blanks to be found fault with."""
    form = Instrument("f", [Item("a", "integer"), Item("b", "integer", relevant="${a} = 1", required=True)])
    kinds = {-8: ek.Missing.NOT_ASKED, -7: ek.Missing.NOT_REACHED}
    data = ek.Dataset(pd.DataFrame({"a": [0, 1, 1, 0, 1], "b": [-8, -8, -7, -7, 3]}), missing={"b": kinds})
    assert broken(validate(data, form)) == {"required:b": [1]}


def test_groups_within_groups_all_count() -> None:
    inner = Group("i", [Item("c", "integer", relevant="${c0} = 1", required=True)], relevant="${b} = 1")
    form = Instrument("f", [Item("a", "integer"), Item("b", "integer"), Item("c0", "integer"), Group("o", [inner], relevant="${a} = 1")])
    rows = pd.DataFrame({"a": [1, 0, 1, 1], "b": [1, 1, 0, 1], "c0": [1, 1, 1, 0], "c": [None, 1, 1, 1]})
    assert broken(validate(rows, form)) == {"required:c": [0], "skip:c": [1, 2, 3]}


def test_repeats_are_held_against_the_rows_above() -> None:
    rows = pd.DataFrame({"sort": ["x", None, "x", "x"], "shared": [1, 0, 1, 5], "_parent_index": [1, 3, 77, 4]})
    made = validate(answers(), lesson(), repeats={"device": rows})
    found = broken(made)
    assert found["repeat:device"] == [2]
    assert found["required:sort"] == [1]
    assert found["skip:sort"] == [3], "it is of one who is not online; of the row of nobody nothing is known"
    assert found["skip:shared"] == [1, 3]
    assert made.outcome("skip:shared").undecided == 1
    assert found["code:shared"] == [3]
    assert found["count:device"] == [1, 2, 3], "two devices and none, none and one, not asked and one"


def test_a_repeat_in_a_repeat() -> None:
    inner = Group("b", [Item("y", "integer", relevant="${x} = 1 and ${top} = 1", required=True)], repeat=True)
    form = Instrument("f", [Item("top", "integer"), Group("a", [Item("x", "integer"), inner], repeat=True)])
    main = pd.DataFrame({"top": [1, 0], "KEY": ["k1", "k2"]})
    a = pd.DataFrame({"x": [1, 0, 1], "KEY": ["a1", "a2", "a3"], "PARENT_KEY": ["k1", "k1", "k2"]})
    b = pd.DataFrame({"y": [None, 1, 1, 2], "PARENT_KEY": ["a1", "a2", "a3", "a1"]})
    made = validate(main, form, repeats={"a": a, "b": b}, by="KEY")
    assert broken(made) == {"required:y": [0], "skip:y": [1, 2]}
    by = made.by_level()
    assert by[["rule", "KEY", "rows"]].to_numpy().tolist() == [
        ["skip:y", "k1", 1],
        ["skip:y", "k2", 1],
        ["required:y", "k1", 1],
        ["required:y", "k2", 0],
    ]


def test_repeats_without_their_parents() -> None:
    bare = devices().drop(columns="_parent_index")
    made = validate(answers(), lesson(), repeats={"device": bare})
    assert not made.ok
    assert "cannot be put to the rows above" in repr(made)
    assert "keys=" in repr(made)
    assert made.outcome("repeat:device").note
    assert not broken(made), "nothing is known of rows that belong to nobody"
    absent = validate(answers(), lesson())
    assert absent.ok
    assert {o.rule.id for o in absent.unchecked} == {
        "repeat:device",
        "count:device",
        "required:sort",
        "skip:sort",
        "code:shared",
        "skip:shared",
    }
    with pytest.raises(UnknownColumn, match="Did you mean 'device'"):
        validate(answers(), lesson(), repeats={"devise": bare})
    with pytest.raises(InputError, match="has no repeats"):
        validate(answers(), Instrument("f", [Item("age", "integer")]), repeats={"device": bare})
    keyed = validate(answers(), lesson(), repeats={"device": devices().rename(columns={"_parent_index": "up"})}, keys=("up", "_index"))
    assert keyed.ok


def test_by_interviewer() -> None:
    made = report(changed(online={0: 7, 1: 8, 2: 9, 5: 7}), by="interviewer")
    table = made.by_level().set_index(["rule", "interviewer"])
    assert table.loc["code:online"]["rows"].tolist() == [2, 1, 1]
    assert table.loc["code:online"]["of"].tolist() == [2, 3, 1]
    assert table.loc["code:online"].index.isna().tolist() == [False, False, True]
    with pytest.raises(InputError, match="does not know levels"):
        report(answers()).by_level()


def test_columns_that_are_missing_or_unknown() -> None:
    made = report(answers().drop(columns=["uses", "age"]).assign(extra=1))
    assert not made.ok
    assert [(r.kind, r.fault) for r in made.remarks] == [("not in the data", True), ("not in the form", False)]
    assert "'age', 'uses'" in made.remarks[0].says
    assert "'extra'" in made.remarks[1].says
    assert made.outcome("code:uses").note == "the data have no column for it"
    assert made.outcome("skip:hours").note == "the data have no column for 'age'"


@pytest.mark.parametrize("sign", ["/", "-", "."])
def test_columns_with_the_names_of_their_groups(sign: str) -> None:
    made = answers().rename(columns={"age": f"about{sign}age", "uses": f"use{sign}uses"})
    assert report(made).ok


def test_several_answers_in_columns_of_nought_and_one() -> None:
    made = answers().drop(columns="uses").assign(**{"uses/chat": [1, 0, 0, None, None, 0], "uses/game": [1, 0, 0, None, None, 1]})
    made = made.assign(**{"uses/none": [0, 1, 0, None, None, 0], "uses/99": [0, 0, 1, None, None, 0]})
    assert report(made).ok
    assert broken(report(made.assign(**{"uses/none": [1, 1, 0, None, None, 0]}))) == {"exclusive:uses": [0]}
    assert broken(report(made.assign(**{"uses/none": [0, 0, 0, 1, None, 0]}))) == {"skip:uses": [3], "required:uses": [1]}


def test_two_items_of_one_name() -> None:
    form = Instrument("f", [Group("g", [Item("x", "integer")]), Group("h", [Item("x", "select_one", choices=YES_NO)])])
    made = validate(pd.DataFrame({"g/x": [7, 1.5], "h/x": [1, 5]}), form)
    assert broken(made) == {"type:g/x": [1], "code:h/x": [1]}


WRONG: dict[str, tuple[list[Any], str, str]] = {
    "a circle": ([Item("a", "integer", relevant="${b} = 1"), Item("b", "integer", relevant="${a} = 1")], "circular", "'a', 'b'"),
    "about itself": ([Item("a", "integer", relevant="${a} = 1")], "circular", "'a'"),
    "a group about its own item": ([Group("g", [Item("a", "integer")], relevant="${a} = 1")], "circular", "'a'"),
    "a circle by a calculation": (
        [Item("a", "integer", relevant="${c} = 1"), Item("c", "calculate", calculation="${a} + 1")],
        "circular",
        "'a', 'c'",
    ),
    "an unknown reference": ([Item("a", "integer", relevant="${zz} = 1")], "form", "'zz', which the form does not have"),
    "no expression": ([Item("a", "integer", constraint=". = = 1")], "form", "cannot be read at character 5"),
    "two kinds under one code": (
        [
            Item(
                "a",
                "select_one",
                choices=ek.Choices("l", [ek.instrument.Option("9", "x", REFUSED), ek.instrument.Option("9", "y", ek.Missing.DONT_KNOW)]),
            )
        ],
        "missing codes",
        "two kinds of missing under one code",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_with_a_form_is_said(case: str) -> None:
    items, kind, words = WRONG[case]
    made = validate(pd.DataFrame({"a": [1, 1, None], "b": [1, None, 1]}), Instrument("f", items))
    assert not made.ok
    assert [(r.kind, words in r.says) for r in made.remarks if r.fault] == [(kind, True)]
    assert not any(o.failing for o in made.outcomes if o.rule.kind in ("skip", "required"))


def test_items_outside_a_circle_are_looked_at() -> None:
    items = [
        Item("a", "integer", relevant="${b} = 1"),
        Item("b", "integer", relevant="${a} = 1"),
        Item("c", "integer", relevant="${a} = 1"),
    ]
    made = validate(pd.DataFrame({"a": [1, 0], "b": [1, 1], "c": [None, 1]}), Instrument("f", items))
    assert broken(made) == {"skip:c": [1]}


def test_what_cannot_be_worked_out_is_listed() -> None:
    items = [Item("a", "integer", relevant="pulldata('x', 'y', 'z', ${b}) = 1"), Item("b", "text", constraint="regex(., '[')")]
    made = validate(pd.DataFrame({"a": [1], "b": ["x"]}), Instrument("f", items))
    assert made.ok
    assert [o.note for o in made.unchecked] == [
        "not evaluable: it uses pulldata()",
        "regex() has a pattern that cannot be read: unterminated character set.",
    ]
    assert "not looked at: skip:a, constraint:b" in repr(made)
    frame = made.to_frame().set_index("rule")
    assert np.isnan(frame.loc["skip:a", "rows"])


def test_a_calculation_that_is_not_in_the_data_is_worked_out() -> None:
    items = [Item("a", "integer"), Item("c", "calculate", calculation="${a} * 2"), Item("b", "integer", relevant="${c} > 4")]
    made = validate(pd.DataFrame({"a": [1, 3], "b": [1, 1]}), Instrument("f", items))
    assert broken(made) == {"skip:b": [0]}
    assert made.ok is False


def test_the_data_and_the_form_give_one_code_two_kinds() -> None:
    data = ek.Dataset(pd.DataFrame({"a": [1, 99]}), missing={"a": {99: ek.Missing.TECHNICAL}})
    made = validate(data, Instrument("f", [Item("a", "select_one", choices=YES_NO)]))
    assert [r.kind for r in made.remarks] == ["missing codes"]


@pytest.mark.parametrize("named", [None, "made_with"])
def test_versions(named: str | None) -> None:
    form = lesson()
    column = named or "__version__"
    frame = answers().drop(columns="__version__").assign(**{column: ["3", form.fingerprint, "2", "2", None, "1"]})
    made = report(frame, version=named)
    assert broken(made) == {f"version:{column}": [2, 3, 5]}
    assert made.outcome(f"version:{column}").undecided == 1
    assert "3 rows were collected with 2 other versions of the form" in repr(made)
    without = Instrument("f", [Item("age", "integer")])
    assert "no version" in validate(frame, without, version=column).outcome(f"version:{column}").note


def test_the_number_that_kobo_gives_a_deployment() -> None:
    form = Instrument("f", [Item("a", "integer"), Item("__version__", "calculate", calculation="'vAbC'")], version="1 (2025)")
    made = validate(pd.DataFrame({"a": [1, 2], "__version__": ["vAbC", "vOld"]}), form)
    assert broken(made) == {"version:__version__": [1]}


def test_unique_can_be_named() -> None:
    frame = answers().assign(name="n1")
    assert not report(frame).ok
    assert report(frame, unique=()).ok
    assert broken(report(frame, unique="interviewer")) == {"unique:interviewer": [0, 1, 2, 3, 4]}


def test_bad_input_is_refused() -> None:
    with pytest.raises(InputError, match="takes an Instrument"):
        validate(answers(), answers())  # type: ignore[arg-type]
    with pytest.raises(UnknownColumn, match="by="):
        validate(answers(), lesson(), by="interviewr")
    with pytest.raises(InputError, match="lazy"):
        validate(frame_as("polars-lazy", answers()), lesson())
    with pytest.raises(InputError, match="not known"):
        report(answers()).rows("skip:nothing")


def test_a_table_of_nobody() -> None:
    made = validate(answers().iloc[:0], lesson(), repeats={"device": devices().iloc[:0]}, by="interviewer")
    assert made.ok, made


def test_columns_of_lists_are_found_fault_with_and_do_not_crash() -> None:
    import polars as pl

    made = validate(pl.DataFrame({"online": [[1], [2, 3]]}), Instrument("f", [Item("online", "select_one", choices=YES_NO)]))
    assert broken(made) == {"code:online": [0, 1]}


def test_columns_of_other_types() -> None:
    import polars as pl

    form = Instrument("f", [Item("a", "select_one", choices=YES_NO), Item("b", "integer", relevant="${a} = 1")])
    text = ["1", "0", "5", None]
    b = [1, 1, None, None]
    kinds: list[Any] = [
        pd.DataFrame({"a": pd.Categorical(text), "b": b}),
        pd.DataFrame({"a": pd.Series([1, "0", 5.0, None], dtype=object), "b": b}),
        pd.DataFrame({"a": pd.Series([1, 0, 5, None], dtype="Int64"), "b": pd.Series(b, dtype="Int8")}),
        pl.DataFrame({"a": text, "b": b}, schema={"a": pl.Categorical, "b": pl.UInt8}),
        pl.DataFrame({"a": text, "b": b}, schema={"a": pl.Enum(["0", "1", "5"]), "b": pl.Int64}),
    ]
    for frame in kinds:
        assert broken(validate(frame, form)) == {"code:a": [2], "skip:b": [1]}
    truths = pd.DataFrame({"a": [True, False, None], "b": [None, 1, None]}).astype({"a": "boolean"})
    assert broken(validate(truths, form)) == {"skip:b": [1]}


def test_numbers_beyond_what_a_float_holds_stay_apart() -> None:
    form = Instrument("f", [Item("key", "integer", role="direct-identifier")])
    assert validate(pd.DataFrame({"key": [2**60, 2**60 + 1, 2**60 + 2]}), form).ok


def test_ranges_of_xlsforms() -> None:
    form = Instrument("f", [Item("a", "integer", other={"type": "range", "parameters": "start=0 end=10 step=1"}, missing={99: REFUSED})])
    assert broken(validate(pd.DataFrame({"a": [0, 10, 11, 99, None]}), form)) == {"range:a": [2]}


def test_a_report_fits_on_one_screen() -> None:
    form = Instrument("f", [Item(f"i<{k}>", "integer", constraint=". > 5", required=True) for k in range(60)])
    frame = pd.DataFrame({f"i<{k}>": [1, None, 7.5] for k in range(60)}).assign(**{f"x{k}": 1 for k in range(40)})
    made = validate(frame, form)
    assert len(made.failing) == 180
    assert len(repr(made).splitlines()) <= 30
    assert all(len(line) < 140 for line in repr(made).splitlines())
    page = made._repr_html_()
    assert "type:i&lt;0&gt;" in page
    assert "i<0>" not in page
    assert made.to_frame()["rows"].sum() == 180
