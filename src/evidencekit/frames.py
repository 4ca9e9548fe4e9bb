"""The only door to data frames: narwhals in, numpy inside.

A `Dataset` is a frame with its labels and its kinds of missing. Everything that looks at a cell of the caller's data
goes through this file, so this is where a value can be kept out of a message.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NoReturn

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.errors import InputError, UnknownColumn

__all__ = ["Dataset", "Missing", "MissingCode", "Rows", "eager", "frame_of", "open_data"]

MissingCode = float | str | tuple[float, float]


class Missing(StrEnum):
    """Why an answer is not there. The kinds are never merged: a refusal is not a "no".

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.Missing.REFUSED.value
    'prefer not to say'
    """

    DONT_KNOW = "don't know"
    REFUSED = "prefer not to say"
    NOT_ASKED = "not asked"
    NOT_REACHED = "not reached"
    TECHNICAL = "technical"
    UNSTATED = "unstated"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Dataset:
    """A data frame with its labels and its kinds of missing.

    The frame keeps the codes that stand in the file (97, 98, 99), so nothing is lost; everything that computes reads it
    through `to_frame`, where those codes are null. Nobody can average a 99.

    Parameters
    ----------
    frame : pandas, polars or pyarrow frame, or anything narwhals reads lazily
        The rows as they stand in the file.
    labels : mapping of str to str
        Column name to what the column is, in words.
    value_labels : mapping of str to mapping
        Column name to ``{code: label}``.
    missing : mapping of str to mapping
        Column name to ``{code or (low, high): Missing}``. Both ends of a range belong to it. Stata's ``.a`` to ``.z`` stand in
        the frame as the numbers Stata itself keeps for them (see `evidencekit.reading.stata_code`).

    Raises
    ------
    InputError
        `frame` is not a data frame.
    UnknownColumn
        Labels or missing codes name a column the frame does not have.

    Examples
    --------
    >>> import pandas as pd, evidencekit as ek
    >>> answers = pd.DataFrame({"told": [1, 2, 98]})
    >>> data = ek.Dataset(answers, missing={"told": {98: ek.Missing.REFUSED}})
    >>> data
    Dataset(3 rows, 1 column, 1 with kinds of missing)
    >>> data.kinds("told")
    {<Missing.REFUSED: 'prefer not to say'>: 1}
    """

    frame: Any
    labels: Mapping[str, str] = field(default_factory=dict)
    value_labels: Mapping[str, Mapping[Any, str]] = field(default_factory=dict)
    missing: Mapping[str, Mapping[MissingCode, Missing]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        columns = _names(_native(self.frame))
        for part in ("labels", "value_labels", "missing"):
            given: Mapping[str, Any] = getattr(self, part)
            for name in given:
                if name not in columns:
                    raise UnknownColumn(name, columns, f"{part}=")
            object.__setattr__(self, part, MappingProxyType(dict(given)))

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(_names(_native(self.frame)))

    def to_frame(self) -> Any:
        """The frame in the caller's kind, with every declared missing code null."""
        return _clean(_native(self.frame), self.missing).to_native()

    def with_frame(self, frame: Any) -> Dataset:
        """The same labels and kinds of missing over another frame, for the columns it still has.

        Parameters
        ----------
        frame : data frame
            Usually ``data.frame`` with columns added or rows taken.
        """
        kept = set(_names(_native(frame)))

        def still(part: Mapping[str, Any]) -> dict[str, Any]:
            return {k: v for k, v in part.items() if k in kept}

        return Dataset(frame, still(self.labels), still(self.value_labels), still(self.missing))

    def kinds(self, column: str) -> dict[Missing, int]:
        """How many answers of one column are missing, by kind.

        Parameters
        ----------
        column : str
            A column of the frame.

        Returns
        -------
        dict of Missing to int
            Only the kinds that occur. A blank with no code is ``Missing.UNSTATED``.

        Raises
        ------
        UnknownColumn
            The frame has no such column.
        """
        rows = eager(_native(self.frame), "Counting the kinds of missing")
        if column not in rows.columns:
            raise UnknownColumn(column, rows.columns)
        values = rows[column]
        found = {Missing.UNSTATED: int(_null(values).sum())}
        for code, kind in self.missing.get(column, {}).items():
            hits = rows.select(_is_code(nw.col(column), code).fill_null(value=False).alias("__ek_hit"))["__ek_hit"]
            found[kind] = found.get(kind, 0) + int(hits.sum())
        return {kind: found[kind] for kind in Missing if found.get(kind)}

    def __repr__(self) -> str:
        frame = _native(self.frame)
        rows = f"{len(frame):,} rows" if isinstance(frame, nw.DataFrame) else "rows not counted"
        width = len(_names(frame))
        kinds = f", {len(self.missing)} with kinds of missing" if self.missing else ""
        return f"Dataset({rows}, {width} column{'s' if width != 1 else ''}{kinds})"

    def __reduce__(self) -> NoReturn:
        raise InputError("A Dataset is not pickled: it holds children's answers.", "Send the file's path and read it again.")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Rows:
    """The caller's data opened: a narwhals frame with missing codes null, and what is known of its columns."""

    frame: nw.DataFrame[Any] | nw.LazyFrame[Any]
    labels: Mapping[str, str]
    value_labels: Mapping[str, Mapping[Any, str]]
    columns: tuple[str, ...]

    @property
    def backend(self) -> str:
        """The kind of frame results are given in: ``"pandas"``, ``"polars"`` or ``"pyarrow"``."""
        kind = str(self.frame.implementation.value)
        return kind if kind in ("polars", "pyarrow") else "pandas"

    def need(self, name: str, role: str) -> None:
        """Raise `UnknownColumn` unless the data have this column."""
        if not isinstance(name, str):
            raise InputError(f"{role} takes a column name, not a {type(name).__name__}.")
        if name not in self.columns:
            raise UnknownColumn(name, self.columns, role)


def open_data(data: Any) -> Rows:
    """Open a Dataset or any frame narwhals knows.

    Raises
    ------
    InputError
        It is not a frame, or two of its columns share a name.
    """
    if isinstance(data, Dataset):
        clean = _clean(_native(data.frame), data.missing)
        return Rows(clean, data.labels, data.value_labels, tuple(_names(clean)))
    frame = _native(data)
    return Rows(frame, {}, {}, tuple(_names(frame)))


def eager(frame: nw.DataFrame[Any] | nw.LazyFrame[Any], doing: str) -> nw.DataFrame[Any]:
    """The frame, if it is in memory; otherwise an `InputError` that says what needs it there."""
    if isinstance(frame, nw.LazyFrame):
        raise InputError(f"{doing} looks at rows, and these data are lazy.", "Collect the columns you need first.")
    return frame


def _native(frame: Any) -> nw.DataFrame[Any] | nw.LazyFrame[Any]:
    if isinstance(frame, (nw.DataFrame, nw.LazyFrame)):
        return frame
    try:
        return nw.from_native(frame)
    except TypeError:
        raise InputError(
            f"A data frame is needed, not a {type(frame).__name__}.",
            "Pass a pandas, polars or pyarrow frame, a DuckDB relation, or what ek.read() returns.",
        ) from None
    except Exception as trouble:
        raise InputError(f"The frame cannot be used ({type(trouble).__name__}).", "Give every column its own name.") from None


def _names(frame: nw.DataFrame[Any] | nw.LazyFrame[Any]) -> list[str]:
    names = list(frame.collect_schema().names())
    if not all(isinstance(name, str) for name in names):
        raise InputError("The data have columns whose names are not text.", "Give every column one name, as text.")
    if len(set(names)) != len(names):
        raise InputError("Two columns of the data share a name.", "Give every column its own name.")
    return names


def _clean(frame: Any, missing: Mapping[str, Mapping[MissingCode, Missing]]) -> Any:
    """The frame with every declared missing code null."""
    made: list[nw.Expr] = []
    for name, codes in missing.items():
        column = nw.col(name)
        keep = ~nw.any_horizontal(*(_is_code(column, code) for code in codes), ignore_nulls=True)
        made.append(nw.when(keep).then(column).alias(name))
    return frame.with_columns(*made) if made else frame


def _is_code(column: nw.Expr, code: MissingCode) -> nw.Expr:
    if isinstance(code, tuple):
        return (column >= code[0]) & (column <= code[1])
    return column == code


def _null(series: nw.Series[Any]) -> Any:
    blank = series.is_null()
    return blank | series.is_nan().fill_null(value=False) if series.dtype.is_float() else blank


def frame_of(columns: Mapping[str, Any], backend: str) -> Any:
    """A small table in the caller's kind of frame.

    Parameters
    ----------
    columns : mapping of str to sequence
        Column name to values.
    backend : {"pandas", "polars", "pyarrow"}
        The kind of frame.
    """
    import importlib

    kind: Any = backend
    importlib.import_module(backend)
    made = {name: _plain(values) for name, values in columns.items()}
    return nw.from_dict(made, backend=kind).to_native()


def _plain(values: Any) -> Any:
    """A column as one type: numbers as they are, mixed labels as text."""
    if isinstance(values, np.ndarray):
        return values.tolist()
    listed = list(values)
    kinds = {type(v) for v in listed if v is not None}
    return listed if len(kinds) <= 1 or kinds <= {int, float} else [None if v is None else str(v) for v in listed]
