"""Which rows satisfy ``where=``: the same rows on every kind of frame, and never one whose answer is missing.

Frames disagree about a missing number (to pandas NaN != 1 is true, to Polars NaN > 1 is). So the columns that a condition names get
real nulls before it is worked out, and what is then neither true nor false does not count as true.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import narwhals
import narwhals.exceptions as nw_exceptions
import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from evidencekit.errors import InputError, MissingExtra, UnknownColumn, in_our_words
from evidencekit.frames import Rows

__all__ = ["Where", "refuse_pattern", "where_expr", "where_rows", "where_words", "with_where"]

Where = narwhals.Expr | str | None
MADE = "__ek_where"
EXAMPLE = 'For example: import narwhals as nw; where=nw.col("age") >= 15'
BY_ROW = frozenset(["COL", "ELEMENTWISE", "LITERAL", "WHEN_THEN"])


def where_words(where: Where, label: str) -> str:
    """How the condition is named in results: its label, or the column's name; an expression without a label is only noted."""
    if not isinstance(label, str):
        raise InputError(f"where_label= is the domain in words; it is not a {type(label).__name__}.")
    return label or (where if isinstance(where, str) else "a subset (give where_label= to name it)" if where is not None else "")


def where_expr(where: Where, rows: Rows) -> nw.Expr | None:
    """The condition as an expression on columns that the data have.

    Raises
    ------
    InputError
        It is not a narwhals expression or a column name.
    UnknownColumn
        It names a column the data do not have.
    """
    if where is None:
        return None
    if isinstance(where, str):
        if where not in rows.columns:
            _refuse_operators(where, rows)
        rows.need(where, "where=")
        condition = nw.col(where)
    elif isinstance(where, narwhals.Expr):
        condition: Any = where
    else:
        kind = type(where)
        what = "a Polars expression" if kind.__module__.startswith("polars") and kind.__name__ == "Expr" else f"a {kind.__name__}"
        raise InputError(f"where= takes a narwhals expression or the name of a true/false column, not {what}.", EXAMPLE)
    for name in _named(condition) or ():
        rows.need(name, "where=")
        refuse_pattern(name, rows)
    return condition


def _refuse_operators(where: str, rows: Rows) -> None:
    """Say how a condition written as text is written as an expression."""
    found = re.fullmatch(r"\s*(.+?)\s*(==|!=|<>|>=|<=|=|>|<)\s*(.+?)\s*", where)
    if found is None or found[1] not in rows.columns:
        return
    sign = {"=": "==", "<>": "!="}.get(found[2], found[2])
    raise InputError(
        "where= takes a narwhals expression or the name of a true/false column, not a condition in a string.",
        f'Write: import narwhals as nw; where=nw.col("{found[1]}") {sign} ... with the value after the sign.',
    )


def refuse_pattern(name: str, rows: Rows) -> None:
    """Raise for a column name that the engine reads as a pattern for several columns."""
    regex = rows.frame.implementation.is_polars() and name.startswith("^") and name.endswith("$")
    if regex or (name == "*" and not rows.frame.implementation.is_pandas()):
        raise InputError(f"The engine reads the column name {name!r} as a pattern.", "Rename the column first, with frame.rename().")


def where_rows(frame: nw.DataFrame[Any], rows: Rows, where: Where, cache: dict[Any, Any]) -> NDArray[np.bool_] | None:
    """The condition row by row on data in memory; None without a condition. Columns made nullable are kept in `cache`.

    Raises
    ------
    InputError
        The condition names an unknown column, is not true/false, or cannot be worked out.
    """
    condition = where_expr(where, rows)
    if condition is None:
        return None
    return in_our_words(lambda: _true(frame, condition, cache), lambda trouble: _not_worked_out(trouble, rows))


def with_where(frame: Any, rows: Rows, where: Where, name: str) -> Any:
    """The lazy frame with a column of the condition, null where it is neither true nor false; columns it names may have changed.

    Raises
    ------
    InputError
        As for `where_rows`.
    """
    condition = where_expr(where, rows)
    assert condition is not None
    return in_our_words(lambda: _with(frame, condition, name), lambda trouble: _not_worked_out(trouble, rows))


def _with(frame: Any, condition: Any, name: str) -> Any:
    schema = frame.collect_schema()
    if frame.select(condition.alias(name)).collect_schema()[name] != nw.Boolean:
        raise _not_a_condition(condition)
    try:
        frame.filter(condition)  # refuses what has one value for all rows
    except nw_exceptions.InvalidOperationError:
        raise _not_a_condition(condition) from None
    if frame.implementation.is_dask():
        return _on_partitions(frame, condition, name)
    named = _named(condition)
    floats = [n for n in (schema.names() if named is None else named) if schema[n].is_float()]
    nulls = frame.with_columns(nw.col(*floats).fill_nan(None)) if floats else frame
    return nulls.with_columns(condition.alias(name))


def _not_a_condition(condition: Any) -> InputError:
    named = _named(condition) or ()
    example = f'nw.col("{named[0]}") == 1' if len(named) == 1 else 'nw.col("age") >= 15'
    return InputError("where= is not a true/false condition on rows.", f"Write a comparison: where={example}.")


def _not_worked_out(trouble: Exception, rows: Rows) -> InputError:
    """The error for a condition that the frame could not work out; an unknown column is named."""
    if isinstance(trouble, nw_exceptions.ColumnNotFoundError):
        known = {*rows.columns, MADE}
        for name in re.findall(r"""['"`]([^'"`\n]+)['"`]""", str(trouble)):
            if name not in known:
                return UnknownColumn(name, rows.columns, "where=")
    return InputError(
        f"where= could not be worked out ({type(trouble).__name__}).",
        "Check its column names, and that it compares numbers with numbers and text with text.",
    )


def _nodes(expr: Any) -> Iterator[Any]:
    """The steps of an expression and of the expressions inside it."""
    for node in expr._nodes:
        yield node
        for part in node.exprs:
            if isinstance(part, narwhals.Expr):
                yield from _nodes(part)


def _named(expr: Any) -> tuple[str, ...] | None:
    """The columns an expression names; None where that cannot be told (`nw.all()`, selectors, places)."""
    out: list[str] = []
    try:
        for node in _nodes(expr):
            if node.kind.name in ("ALL", "NTH", "EXCLUDE", "SELECTOR", "SERIES"):
                return None
            out += node.kwargs["names"] if node.kind.name == "COL" else []
            out += [part for part in node.exprs if isinstance(part, str) and not node.str_as_lit]
            out += [*(node.kwargs.get("partition_by") or ()), *(node.kwargs.get("order_by") or ())]
    except (AttributeError, KeyError, TypeError):  # another narwhals: every column is then made nullable
        return None
    return tuple(dict.fromkeys(out))


def _uses(expr: Any, step: str) -> bool:
    """Whether an expression may use an operation."""
    try:
        return any(node.name == step for node in _nodes(expr))
    except AttributeError:
        return True


def _true(frame: nw.DataFrame[Any], condition: Any, cache: dict[Any, Any]) -> NDArray[np.bool_]:
    """The rows on which a condition is true."""
    named = _named(condition)
    wanted = frame.columns if named is None else list(named)
    if not wanted:
        raise _not_a_condition(condition)
    if not frame.implementation.is_pandas():
        floats = [n for n in wanted if frame.schema[n].is_float()]
        return _worked_out(frame.with_columns(nw.col(*floats).fill_nan(None)) if floats else frame, condition)
    native: Any = frame.to_native()
    if not any(_has_blanks(native, name, cache) for name in wanted):
        return _worked_out(frame, condition)
    made = _worked_out(_nullable(native, wanted, condition, cache, sure=named is not None), condition)
    if any(getattr(native[name].dtype, "ordered", False) for name in wanted):
        whole = ~native[wanted].isna().any(axis=1).to_numpy()
        if (_worked_out(frame, condition) != made)[whole].any():
            raise InputError(
                "where= compares ordered categories, and columns it names have missing answers.",
                "List the answers that are wanted: nw.col(...).is_in([...]).",
            )
    return made


def _worked_out(frame: nw.DataFrame[Any], condition: Any) -> NDArray[np.bool_]:
    made = frame.select(condition.alias(MADE))[MADE]
    if made.dtype != nw.Boolean or len(made) != len(frame):
        raise _not_a_condition(condition)
    return made.fill_null(value=False).to_numpy().astype(bool)


def _has_blanks(native: Any, name: str, cache: dict[Any, Any]) -> bool:
    key = ("blanks", name)
    if key not in cache:
        column = native[name]
        # A column of objects may hold true/false; arrow numbers may hold a NaN that does not count as missing.
        odd = column.dtype == object or str(column.dtype).endswith("[pyarrow]")
        cache[key] = bool(odd or column.isna().any())
    return cache[key]


def _nullable(native: Any, names: Sequence[str], condition: Any, cache: dict[Any, Any], *, sure: bool) -> nw.DataFrame[Any]:
    """Columns of a pandas frame with real nulls: as arrow, or as pandas' own nullable numbers where arrow is not installed."""
    try:
        import pyarrow as pa
    except ImportError:
        return _masked(native, names, condition, sure=sure)
    made: dict[str, Any] = {}
    for name in names:
        key = ("nullable", name)
        if key not in cache:
            column = native[name]
            held = column.astype(object) if str(column.dtype) == "category" else column
            try:
                values = pa.array(held, from_pandas=True)
                values = values.dictionary_decode() if pa.types.is_dictionary(values.type) else values
                cache[key] = nw.from_native(pa.table({name: values}))
            except (TypeError, ValueError, NotImplementedError):
                cache[key] = None
        if cache[key] is not None:
            made[name] = cache[key][name].to_native()
        elif sure:
            raise _mixed(name)
    table = nw.from_native(pa.table(made))
    floats = [n for n in table.columns if table.schema[n].is_float()]
    return table.with_columns(nw.col(*floats).fill_nan(None)) if floats else table


def _mixed(name: str) -> InputError:
    return InputError(f"where= names column {name!r}, which holds things of several kinds.", "Turn it into text or into numbers first.")


def _masked(native: Any, names: Sequence[str], condition: Any, *, sure: bool) -> nw.DataFrame[Any]:
    frame = native[list(names)].copy(deep=False)
    for name in names:
        column = native[name]
        made = column.astype(object).convert_dtypes() if column.isna().any() or column.dtype == object else column
        text = str(made.dtype).startswith(("string", "str"))
        if made.isna().any() and (not hasattr(made.array, "_mask") if not text else _uses(condition, "is_in")):
            if sure:
                raise MissingExtra("pyarrow", "big", f"This condition on column {name!r}, which has missing answers,")
            made = column
        frame[name] = made
    return nw.from_native(frame)


def _on_partitions(frame: Any, condition: Any, name: str) -> Any:
    """Dask's own comparisons follow pandas', so the condition is worked out on each partition."""
    named = _named(condition)
    if named is None or not all(node.kind.name in BY_ROW for node in _nodes(condition)):
        raise InputError(
            "On a Dask frame where= compares the columns it names row by row.",
            "Work out a summary first and compare with the number; name columns with nw.col().",
        )
    native = frame.to_native()
    mask = native[list(named)].map_partitions(_of_partition, condition, meta=(name, bool))
    return nw.from_native(native.assign(**{name: mask}))


def _of_partition(part: Any, condition: Any) -> Any:
    return part.assign(made=_true(nw.from_native(part), condition, {}))["made"]
