"""No answer and no identifier gets out: not in a report, an error, a log, a pickle or a table; and the masks are right row by row."""

from __future__ import annotations

import logging
import pickle
import traceback
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lesson_forms import answers, devices, lesson

import evidencekit as ek
from evidencekit.errors import EvidencekitError, InputError

KINDS: dict[str, Any] = {
    "pandas": lambda f: f,
    "polars": pl.from_pandas,
    "pyarrow": lambda f: pa.Table.from_pandas(f, preserve_index=False),
}
SECRET = st.text(st.sampled_from("qxzkvwQXZ"), min_size=9, max_size=14).map(lambda text: f"s3c{text}")
COLUMNS = ["interviewer", "name", "age", "online", "uses", "hours", "devices", "_index", "__version__", "extra"]


def seen_in(work: Any) -> str:
    """Everything that comes out of a call: what it returns in every form, or what it raises with all that hangs on it."""
    try:
        made = work()
    except EvidencekitError as trouble:
        told = "".join(traceback.format_exception(trouble))
        at: BaseException | None = trouble
        while at is not None:
            told += f"{at!r} {vars(at)!r} {pickle.dumps(at)!r}"
            at = at.__cause__ or at.__context__
        return told
    if isinstance(made, ek.instrument.Report):
        parts = [repr(made), made._repr_html_(), made.to_frame().__repr__(), repr(made.outcomes), repr(made.remarks)]
        parts += [str(made.to_frame()), repr(pickle.dumps(made)), *(repr(made.rows(o.rule.id)) for o in made.outcomes)]
        return "".join(parts + ([str(made.by_level())] if made.by else []))
    return "" if isinstance(made, (pd.DataFrame, pl.DataFrame, pa.Table)) else repr(made)  # the data themselves, given back


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    secret=SECRET,
    column=st.sampled_from([*COLUMNS, "sort", "shared", "_parent_index"]),
    row=st.integers(0, 2),
    kind=st.sampled_from([*KINDS]),
)
def test_a_secret_in_any_cell_stays_there(secret: str, column: str, row: int, kind: str, caplog: pytest.LogCaptureFixture) -> None:
    def planted(frame: pd.DataFrame) -> Any:
        made = frame.astype("str").where(frame.notna(), None)
        if column in made.columns:
            made.loc[row, column] = secret
        return KINDS[kind](made)

    main, child, form = planted(answers().assign(extra="x")), planted(devices()), lesson()
    by = "interviewer" if column != "interviewer" else None
    data = ek.Dataset(main)
    calls = [
        lambda: ek.validate(main, form, repeats={"device": child}, by=by),
        lambda: ek.validate(data, form, unique=[column] if column in COLUMNS else ()),
        lambda: ek.instrument.check_with_pandera(main, form),
        lambda: ek.instrument.check_with_pandera(data, form),
        lambda: form.to_pandera("polars" if kind == "polars" else "pandas").validate(main),
        lambda: form.to_pandera("pandas" if kind == "polars" else "polars").validate(main),
        lambda: ek.instrument.dataset(main, form),
        lambda: ek.instrument.denominator(main, form, "hours"),
        lambda: ek.instrument.denominator(main, form, secret),
        lambda: len(ek.instrument.mark_asked(main, form, "hours", column="asked")),
        lambda: ek.validate(main, form, by=secret),
        lambda: ek.validate(main, form, repeats={secret: child}),
    ]
    with caplog.at_level(logging.DEBUG):
        for k, call in enumerate(calls):
            told = seen_in(call)
            assert secret not in told, (k, column)
    assert secret not in caplog.text


def test_a_report_can_be_pickled_and_says_the_same() -> None:
    made = ek.validate(answers().assign(online=7), lesson(), by="interviewer")
    again = pickle.loads(pickle.dumps(made))
    assert repr(again) == repr(made)
    assert again.rows("code:online").tolist() == made.rows("code:online").tolist() == [0, 1, 2, 3, 4, 5]


def test_a_pandera_check_and_its_schema_are_not_pickled() -> None:
    with pytest.raises(InputError, match="not pickled"):
        pickle.dumps(lesson().to_pandera())


AGES = st.sampled_from([11, 12, 14, 15, 17, 18, 98, None])
ROW = st.tuples(
    AGES, st.sampled_from([1, 0, 98, 99, 5, None]), st.sampled_from(["chat", "none", "chat game", "99 chat", "swim", "99", None])
)
ROWS = st.lists(st.tuples(ROW, st.sampled_from([1.5, 24.0, 25.0, None])), min_size=1, max_size=12)


def slowly(rows: list[Any]) -> dict[str, list[int]]:
    """The rules of the form's groups, row by row and in words of Python."""
    out: dict[str, list[int]] = {}
    for k, ((age, online, uses, hours), wrong) in enumerate(((*head, last), set[str]()) for head, last in rows):
        chosen = set(uses.split()) if uses else set[str]()
        wrong |= {"constraint:age"} if age is not None and age != 98 and not 12 <= age <= 17 else set()
        wrong |= {"required:age"} if age is None else set()
        wrong |= {"code:online"} if online == 5 else set()
        wrong |= {"required:online"} if online is None else set()
        wrong |= {"code:uses"} if chosen - {"chat", "game", "none", "99"} else set()
        wrong |= {"exclusive:uses"} if len(chosen) > 1 and chosen & {"none", "99"} else set()
        wrong |= {"required:uses"} if online == 1 and uses is None else set()
        wrong |= {"skip:uses"} if online != 1 and uses is not None else set()
        wrong |= {"constraint:hours"} if hours is not None and hours > 24 else set()
        shown = online == 1 and age is not None and age >= 15
        wrong |= {"skip:hours"} if not shown and hours is not None else set()
        wrong |= {"required:hours"} if shown and age != 98 and hours is None else set()
        for rule in wrong:
            out.setdefault(rule, []).append(k)
    return out


@settings(max_examples=60, deadline=None)
@given(rows=ROWS, kind=st.sampled_from([*KINDS]), text=st.booleans())
def test_masks_agree_with_a_slow_reading_of_every_row(rows: list[Any], kind: str, text: bool) -> None:
    frame = pd.DataFrame([(*head, last) for head, last in rows], columns=["age", "online", "uses", "hours"])
    frame = frame.astype({"age": "float64", "online": "float64", "hours": "float64", "uses": "str"})
    if text:
        whole = frame[["age", "online"]].astype("Int64").astype("str")
        frame[["age", "online"]] = whole.where(frame[["age", "online"]].notna(), None)
    form = ek.Instrument("part", [part for part in lesson().items if part.name in ("about", "use")])
    before = frame.copy()
    made = ek.validate(KINDS[kind](frame), form)
    assert {o.rule.id: o.positions.tolist() for o in made.failing} == slowly(rows)
    pd.testing.assert_frame_equal(frame, before)
    for outcome in made.outcomes:
        assert 0 <= outcome.failing <= outcome.checked <= len(rows)
        assert not np.any(np.diff(outcome.positions) <= 0)
