"""The form as a pandera schema finds what validate finds, and lets nothing out."""

from __future__ import annotations

from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from lesson_forms import YES_NO, answers, lesson
from pandera.errors import SchemaErrors

import evidencekit as ek
from evidencekit.errors import InputError

FORM = lesson()
SPOILT = answers().assign(online=[1, 7, 1, 0, 99, 1], name="same", hours=[3.0, 2.5, None, None, None, 30])


def rules_of_schema(schema: Any, frame: Any) -> set[str]:
    with pytest.raises(SchemaErrors) as caught:
        schema.validate(frame, lazy=True)
    return set(caught.value.failure_cases["check"])


@pytest.mark.parametrize("backend", ["pandas", "polars"])
def test_the_schema_finds_what_validate_finds(backend: Any) -> None:
    frame: Any = SPOILT if backend == "pandas" else pl.from_pandas(SPOILT)
    check = FORM.to_pandera(backend)
    main = {o.rule.id for o in ek.validate(SPOILT, FORM, unique=()).failing} | {"unique:name"}
    assert rules_of_schema(check.schema, frame) == main
    with pytest.raises(InputError) as caught:
        check.validate(frame)
    for rule in main:
        assert rule in str(caught.value)
    assert "unique:name (6 rows)" in str(caught.value)
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("backend", ["pandas", "polars"])
def test_what_keeps_the_rules_comes_back_as_it_is(backend: Any) -> None:
    frame: Any = answers() if backend == "pandas" else pl.from_pandas(answers())
    assert FORM.to_pandera(backend).validate(frame) is frame
    assert ek.instrument.check_with_pandera(frame, FORM) is frame
    data = ek.Dataset(frame)
    assert ek.instrument.check_with_pandera(data, FORM) is data


def test_a_lazy_frame_is_collected_first() -> None:
    import pandera.polars as pp

    lazy = pl.from_pandas(SPOILT).lazy()
    plain = pp.DataFrameSchema({"online": pp.Column(nullable=True, checks=pp.Check.isin([1, 0, 98, 99]))})
    plain.validate(lazy, lazy=True)  # pandera lets it pass: this is why
    with pytest.raises(InputError, match="code:online"):
        FORM.to_pandera("polars").validate(lazy)
    with pytest.raises(InputError, match="code:online"):
        ek.instrument.check_with_pandera(lazy, FORM)


def test_frames_of_another_kind() -> None:
    with pytest.raises(InputError, match='Use to_pandera\\("polars"\\)'):
        FORM.to_pandera().validate(pl.from_pandas(SPOILT))
    with pytest.raises(InputError, match="code:online"):
        ek.instrument.check_with_pandera(pa.Table.from_pandas(SPOILT), FORM)
    with pytest.raises(InputError, match="backend"):
        FORM.to_pandera("arrow")  # type: ignore[arg-type]


@pytest.mark.parametrize("backend", ["pandas", "polars"])
def test_a_column_that_is_not_there(backend: Any) -> None:
    frame: Any = answers().drop(columns="uses")
    with pytest.raises(InputError, match=r"column:uses \(not in the data\)"):
        FORM.to_pandera(backend).validate(frame if backend == "pandas" else pl.from_pandas(frame))


def test_what_cannot_be_worked_out_is_left_out() -> None:
    form = ek.Instrument("f", [ek.Item("a", "integer", constraint="pulldata('x', 'y', 'z', .) = 1"), ek.Item("b", "select_one")])
    check = form.to_pandera()
    assert [rule.id for rule in check.left_out] == ["constraint:a", "code:b"]
    assert repr(check) == "PanderaCheck('f', pandas, 1 rules, 2 left out)"
    frame = pd.DataFrame({"a": [1], "b": [1]})
    assert check.validate(frame) is frame
    assert repr(FORM.to_pandera()) == f"PanderaCheck('lesson', pandas, {len(FORM.to_pandera().rules)} rules, 4 left out)"


def test_codes_that_the_data_declare_missing() -> None:
    form = ek.Instrument("f", [ek.Item("a", "select_one", choices=YES_NO)])
    data = ek.Dataset(pd.DataFrame({"a": [1, 97]}), missing={"a": {97: ek.Missing.TECHNICAL}})
    assert ek.instrument.check_with_pandera(data, form) is data
    with pytest.raises(InputError, match="code:a"):
        ek.instrument.check_with_pandera(data.frame, form)
