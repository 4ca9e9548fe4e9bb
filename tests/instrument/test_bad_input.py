"""Whatever is passed, what comes back is a result or an error of ours that holds no answer; and nouns go through a pickle as they are."""

from __future__ import annotations

import copy
import inspect
import pickle
import time
import traceback
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import evidencekit as ek
from evidencekit.errors import EvidencekitError, InputError
from evidencekit.instrument.inventing.ordering import in_order, placed

instrument, M = ek.instrument, ek.Missing
YES_NO = ek.Choices("yes_no", {1: "Yes", 0: "No", 99: "I prefer not to say"}, missing={99: M.REFUSED})
USED = ek.Choices("used", {"chat": "Chat", "game": "Games", "99": "I prefer not to say"}, missing={"99": M.REFUSED})
FORM = ek.Instrument(
    "short",
    [
        ek.Item("name", "text", "Name", role="direct-identifier"),
        ek.Item("age", "integer", "Age", constraint=". > 11", required=True, missing={98: M.DONT_KNOW}),
        ek.Item("told", "select_one", "Told?", YES_NO, required=True),
        ek.Item("used", "select_multiple", "Used?", USED, relevant="${told} = 1", required=True),
        ek.Item("day", "date", "Day", constraint=". > '2020-01-01'"),
        ek.Item("when", "datetime", "When"),
        ek.Item("note", "text", "Note", role="free-text", constraint="regex(., '[a-z ]*')"),
    ],
)
SECRET = "s3cretqzx"
TOLD = ek.Indicator(code="TOLD", numerator="${told}")
AGAIN = ek.Indicator(code="AGAIN", numerator="not(${told})")


def rows(n: int = 12) -> pd.DataFrame:
    columns: dict[str, list[Any]] = {
        "name": [f"{SECRET}{k}" for k in range(n)],
        "age": [12, 13, 98, None] * (n // 4),
        "told": [1, 0, 99, None] * (n // 4),
        "used": ["chat game", SECRET, None, "99"] * (n // 4),
        "day": ["2024-01-01", SECRET, "", None] * (n // 4),
        "when": ["2024-01-01T10:00:00+07:00", SECRET, "", None] * (n // 4),
        "note": [SECRET, "ok", None, ""] * (n // 4),
        "who": ["i1", "i2"] * (n // 2),
        "w": [1.0] * n,
    }
    return pd.DataFrame(columns)


def fixes(item: str = "age") -> pd.DataFrame:
    """Corrections of two answers to an item."""
    columns = {
        "name": [f"{SECRET}0", f"{SECRET}1"],
        "item": item,
        "action": ["blank", "replace"],
        "new": [None, "13"],
        "reason": "asked again",
    }
    return pd.DataFrame(columns)


def coded() -> pd.DataFrame:
    return pd.DataFrame({"told": [1, 0, 99, 1] * 10, "w": 1.0, "who": ["i1", "i2"] * 20})


SURVEY = ek.Survey(coded(), weights="w")
SHARE = ek.prevalence(SURVEY, TOLD, form=FORM).estimate
BAD: list[Any] = [None, 5, float("nan"), b"x", "", "x", [], {}, {1: 2}, {"a": {"b": 1}}, object(), [[1]], True]
CALLS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "Option": (instrument.Option, {"code": "1"}),
    "Choices": (ek.Choices, {"name": "n", "options": {1: "a"}}),
    "Item": (ek.Item, {"name": "n", "kind": "text"}),
    "Group": (instrument.Group, {"name": "g", "items": []}),
    "Instrument": (ek.Instrument, {"name": "n", "items": [ek.Item("a", "text")]}),
    "Indicator": (ek.Indicator, {"code": "A", "numerator": "${a}"}),
    "Concept": (instrument.Concept, {"asks": "a"}),
    "Coded": (instrument.Coded, {"column": "a", "yes": 1, "no": 0}),
    "Clusters": (instrument.Clusters, {}),
    "Interviewers": (instrument.Interviewers, {}),
    "MissingRates": (instrument.MissingRates, {}),
    "ErrorRate": (instrument.ErrorRate, {}),
    "Limits": (instrument.Limits, {}),
    "BackChecks": (instrument.BackChecks, {"data": rows(), "key": "name"}),
    "Attempts": (instrument.Attempts, {"column": "told", "complete": ["1"]}),
    "validate": (ek.validate, {"data": rows(), "form": FORM}),
    "rules_of": (instrument.rules_of, {"form": FORM}),
    "check_with_pandera": (instrument.check_with_pandera, {"data": coded(), "form": FORM}),
    "denominator": (instrument.denominator, {"data": rows(), "form": FORM, "item": "used"}),
    "mark_asked": (instrument.mark_asked, {"data": rows(), "form": FORM, "item": "used"}),
    "dataset": (instrument.dataset, {"data": rows(), "form": FORM}),
    "corrected": (instrument.corrected, {"data": rows(), "corrections": fixes(), "id": "name", "form": FORM, "columns": {"new": "new"}}),
    "lint": (instrument.lint, {"form": FORM}),
    "propose_missing": (instrument.propose_missing, {"form": FORM}),
    "with_missing": (instrument.with_missing, {"form": FORM, "proposal": instrument.propose_missing(FORM)}),
    "diff": (instrument.diff, {"old": FORM, "new": FORM}),
    "read_export": (instrument.read_export, {"path": "nowhere.csv", "form": FORM}),
    "fictional_answers": (instrument.fictional_answers, {"form": FORM, "n": 3, "seed": 1}),
    "fieldwork_quality": (instrument.fieldwork_quality, {"data": coded(), "form": FORM, "interviewer": "who"}),
    "indicator": (ek.indicator, {"code": "V06"}),
    "prevalence": (ek.prevalence, {"survey": SURVEY, "indicator": TOLD, "form": FORM}),
    "compare_definitions": (ek.compare_definitions, {"survey": SURVEY, "indicators": [TOLD, AGAIN], "form": FORM}),
    "forms_experienced": (instrument.forms_experienced, {"survey": SURVEY, "indicators": [TOLD, AGAIN], "form": FORM}),
    "headcount": (ek.headcount, {"estimate": SHARE, "coverage": 0.5, "population": 1000}),
    "from_xlsform": (ek.Instrument.from_xlsform, {"path": "nowhere.xlsx"}),
    "to_pandera": (FORM.to_pandera, {}),
    "item": (FORM.item, {"name": "told"}),
    "groups_of": (FORM.groups_of, {"name": "told"}),
}


@pytest.mark.parametrize("name", [*CALLS])
def test_every_parameter_takes_or_refuses_whatever_is_passed(name: str) -> None:
    call, right = CALLS[name]
    refused: list[str] = []
    for parameter in inspect.signature(call).parameters:
        for value in BAD:
            try:
                repr(call(**{**right, parameter: value}))
            except EvidencekitError as trouble:
                refused.append(str(trouble))
    assert all(len(text) > 20 for text in refused)


@pytest.mark.parametrize("suffix", [".md", ".html", ".xlsx", ".xml", ".json"])
def test_codebooks_that_cannot_be_written(suffix: str, tmp_path: Path) -> None:
    (tmp_path / f"taken{suffix}").mkdir()
    for path in (tmp_path / "nowhere" / f"a{suffix}", tmp_path / f"taken{suffix}"):
        with pytest.raises(InputError, match="cannot be written"):
            instrument.codebook(FORM, path)
    for path in (None, 5, b"a.md"):
        with pytest.raises(InputError, match="path of a file"):
            instrument.codebook(FORM, path)  # type: ignore[arg-type]


def test_reports_and_labelled_files_that_cannot_be_written(tmp_path: Path) -> None:
    quality = instrument.fieldwork_quality(coded(), FORM, interviewer="who")
    for work in (quality.save, lambda path: instrument.write_labelled(coded(), FORM, path)):
        with pytest.raises(InputError, match="path of a file"):
            work(None)
    with pytest.raises(InputError, match="cannot be written"):
        quality.save(tmp_path / "nowhere" / "quality.html")
    with pytest.raises(InputError, match="cannot be written"):
        instrument.write_labelled(coded(), FORM, tmp_path / "nowhere" / "a.sav")


MIXED = [SECRET, 1, 1.0, True, None, b"s3cretqzx", date(2024, 1, 1), datetime(2024, 1, 1), ["l", SECRET], {"a": SECRET}, (SECRET,), 2]
FRAMES: dict[str, Callable[[], Any]] = {
    "categories": lambda: rows().astype({name: "category" for name in rows().columns if name != "w"}),
    "nullable": lambda: rows().convert_dtypes(),
    "arrow types": lambda: rows().convert_dtypes(dtype_backend="pyarrow"),
    "empty": lambda: rows().iloc[:0],
    "no columns": lambda: pd.DataFrame(index=range(3)),
    "two of a name": lambda: pd.concat([rows(), rows()[["age"]]], axis=1),
    "two indices": lambda: rows().set_index(["name", "note"], drop=False),
    "two headings": lambda: pd.concat({"a": rows()}, axis=1),
    "lazy": lambda: pl.from_pandas(rows()).lazy(),
    "blank": lambda: pl.from_pandas(rows()).with_columns(pl.lit(None).alias("told"), pl.lit(None).alias("used"), pl.lit(None).alias("age")),
    "objects": lambda: pl.from_pandas(rows()).with_columns(pl.Series("name", [object()] * 12, dtype=pl.Object)),
    "lists": lambda: pl.from_pandas(rows()).with_columns(
        pl.Series("used", [["chat", SECRET]] * 12), pl.Series("told", [{"a": SECRET}] * 12)
    ),
    "spans": lambda: pl.from_pandas(rows()).with_columns(pl.lit(timedelta(1)).alias("day"), pl.lit(timedelta(1)).alias("age")),
    "zones": lambda: rows().assign(day=pd.Timestamp("2024-01-01", tz="Asia/Bangkok"), when=pd.Timestamp("2024-01-01", tz="UTC")),
    "clocks": lambda: rows().assign(when=pd.Series([clock(10)] * 12, dtype=object)),
    "bytes": lambda: pl.from_pandas(rows()).with_columns(pl.col("name", "used").cast(pl.Binary)),
    "wide": lambda: pl.from_pandas(rows()).with_columns(pl.col("age", "told").cast(pl.Int128)),
    "decimals": lambda: pl.from_pandas(rows()).with_columns(pl.col("age", "told").cast(pl.Decimal(9, 1))),
    "dictionaries": lambda: pa.Table.from_pandas(rows().astype({"age": "category", "told": "category"}), preserve_index=False),
    "infinite": lambda: rows().assign(age=float("inf"), told=float("-inf")),
    "complex": lambda: rows().assign(age=1j, told=1j),
    "no frame": lambda: [1, SECRET],
    **{f"mixed {name}": lambda name=name: rows().assign(**{name: pd.Series(MIXED, dtype=object)}) for name in rows().columns},
}


def _work(data: Any, folder: Path) -> dict[str, Callable[[], Any]]:
    page = folder / "quality.html"
    again = instrument.BackChecks(data, "name") if not isinstance(data, list) else None
    return {
        "validate": lambda: ek.validate(data, FORM, by="who", unique=["name", "note"]),
        "pandera": lambda: type(instrument.check_with_pandera(data, FORM)),
        "denominators": lambda: [instrument.denominator(data, FORM, item.name) for item in FORM.questions],
        "mark_asked": lambda: type(instrument.mark_asked(data, FORM, "used")),
        "dataset": lambda: instrument.dataset(data, FORM)._repr_html_(),
        "corrections": lambda: [instrument.corrected(data, fixes(item), id="name", form=FORM).log for item in rows().columns],
        "corrections of corrections": lambda: instrument.corrected(rows(), data, id="name", form=FORM),
        "sav": lambda: instrument.write_labelled(data, FORM, folder / "a.sav"),
        "dta": lambda: instrument.write_labelled(data, FORM, folder / "a.dta"),
        "codebook": lambda: instrument.codebook(FORM, folder / "a.md", data=data).read_text(encoding="utf-8"),
        "quality": lambda: instrument.fieldwork_quality(data, FORM, interviewer="who", start="when").save(page).read_text(encoding="utf-8"),
        "back-checks": lambda: instrument.fieldwork_quality(data, FORM, interviewer="who", back_checks=again),
        "prevalence": lambda: ek.prevalence(ek.Survey(data, weights="w"), TOLD, form=FORM),
    }


@pytest.mark.parametrize("kind", [*FRAMES])
def test_odd_frames_give_a_result_or_our_error_and_no_answer(kind: str, tmp_path: Path) -> None:
    data = FRAMES[kind]()
    for name, work in _work(data, tmp_path).items():
        try:
            made = work()
            told = f"{made!r} {made}"
        except EvidencekitError as trouble:
            told = "".join(traceback.format_exception(trouble))
            at: BaseException | None = trouble
            while at is not None:
                told += f"{at!r} {vars(at)!r}"
                at = at.__cause__ or at.__context__
        shown = kind == "mixed who" and name in ("validate", "quality", "back-checks")  # interviewers' codes are asked for
        assert shown or SECRET not in told, name


def test_nouns_go_through_a_pickle_as_they_are() -> None:
    grouped = ek.Instrument("grouped", [instrument.Group("g", FORM.items, {"English (en)": "G"}, other={"appearance": "w1"})], version="2")
    for noun in (YES_NO, *FORM.items, FORM, grouped, TOLD, ek.indicator("V06"), instrument.MissingRates(), instrument.Coded("q", 1, 0)):
        assert pickle.loads(pickle.dumps(noun)) == noun
        assert copy.deepcopy(noun) == noun
    assert pickle.loads(pickle.dumps(grouped)).fingerprint == grouped.fingerprint
    made = ek.prevalence(SURVEY, TOLD, form=FORM)
    for noun in (
        instrument.denominator(rows(), FORM, "used"),
        instrument.propose_missing(FORM),
        made,
        ek.compare_definitions(SURVEY, [TOLD, AGAIN], form=FORM),
    ):
        assert repr(pickle.loads(pickle.dumps(noun))) == repr(noun)
    with pytest.raises(InputError, match="not pickled"):
        pickle.dumps(instrument.BackChecks(rows(), "name"))


def test_groups_deeper_than_anybody_asks_are_refused() -> None:
    def deep(many: int) -> ek.Instrument:
        part: Any = ek.Item("a", "text", "A")
        for k in range(many):
            part = instrument.Group(f"g{k}", [part])
        return ek.Instrument("deep", [part])

    form = deep(100)
    assert ek.validate(pd.DataFrame({"a": ["x"]}), form).ok
    assert instrument.diff(form, form).breaking == ()
    assert len(instrument.lint(form).findings) > 0
    with pytest.raises(InputError, match="more than 100 others"):
        deep(5000)


def test_a_form_of_thousands_of_items_is_put_in_order_and_described_at_once() -> None:
    items = [ek.Item(f"q{k}", "select_one", "Q", YES_NO, relevant=f"${{q{k + 1}}} = 1" if k < 2999 else "") for k in range(3000)]
    begun = time.perf_counter()
    assert [one.item.name for one in in_order(placed(items))][:2] == ["q2999", "q2998"]
    assert time.perf_counter() - begun < 10


def test_what_can_be_answered_comes_in_the_order_of_the_form() -> None:
    items = [
        ek.Item("a", "text", relevant="${d} = 1"),
        ek.Item("b", "text"),
        ek.Item("c", "text", relevant="${a} = 1"),
        ek.Item("d", "integer"),
    ]
    assert [one.item.name for one in in_order(placed(items))] == ["b", "d", "a", "c"]


@pytest.mark.parametrize("by", ["rule", "rows", "of"])
def test_a_level_does_not_take_the_place_of_a_count(by: str) -> None:
    made = ek.validate(
        pd.DataFrame({"age": [5, 6], by: ["x", "y"]}), ek.Instrument("f", [ek.Item("age", "integer", constraint=". > 9")]), by=by
    )
    with pytest.raises(InputError, match="name of another"):
        made.by_level()
