"""The only door to data frames: narwhals in, numpy inside.

A `Dataset` is a frame with its labels and its kinds of missing. Everything that looks at a cell of the caller's data
goes through this file, so this is where a value can be kept out of a message.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from types import MappingProxyType
from typing import Any, NoReturn

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.errors import InputError, UnknownColumn, how_many
from evidencekit.missingness import Missing, MissingCode, check_columns, check_missing, fits, is_code, without_codes

__all__ = ["Dataset", "Rows", "eager", "frame_of", "open_data"]

_SHOWN = 60  # columns of a Dataset that its HTML repr describes


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
    form : Instrument, optional
        What the answers were collected with, where that is known: `evidencekit.instrument.dataset` puts it there. Indicators then find it
        by themselves.

    Raises
    ------
    InputError
        `frame` is not a data frame, or a missing code cannot stand in its column or has no kind.
    UnknownColumn
        Labels or missing codes name a column the frame does not have.

    Examples
    --------
    >>> import pandas as pd, evidencekit as ek
    >>> answers = pd.DataFrame({"told": [1, 2, 98]})
    >>> data = ek.Dataset(answers, missing={"told": {98: ek.Missing.REFUSED}})
    >>> data
    Dataset(3 rows, 1 column, 1 with missing codes)
    >>> data.kinds("told")
    {<Missing.REFUSED: 'prefer not to say'>: 1}
    """

    frame: Any
    labels: Mapping[str, str] = field(default_factory=dict)
    value_labels: Mapping[str, Mapping[Any, str]] = field(default_factory=dict)
    missing: Mapping[str, Mapping[MissingCode, Missing]] = field(default_factory=dict)
    form: Any = None

    def __post_init__(self) -> None:
        columns = _names(_native(self.frame))
        for part in ("labels", "value_labels", "missing"):
            given: Mapping[str, Any] = getattr(self, part)
            check_columns(given, columns, part)
            object.__setattr__(self, part, MappingProxyType(dict(given)))
        if self.missing:
            check_missing(self.missing, _native(self.frame).collect_schema())

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(_names(_native(self.frame)))

    def to_frame(self) -> Any:
        """The frame in the caller's kind, with every declared missing code null."""
        return without_codes(_native(self.frame), self.missing).to_native()

    def with_frame(self, frame: Any) -> Dataset:
        """The same labels, kinds of missing and form over another frame, for the columns it still has.

        Parameters
        ----------
        frame : data frame
            Usually ``data.frame`` with columns added or rows taken. Missing codes that cannot stand in a column's new type, such as
            numbers where it is now text, are left out.
        """
        kept = _native(frame).collect_schema()

        def still(part: Mapping[str, Any]) -> dict[str, Any]:
            return {k: v for k, v in part.items() if k in kept}

        missing = {name: {c: kind for c, kind in codes.items() if fits(c, kept[name])} for name, codes in still(self.missing).items()}
        kinds = {name: codes for name, codes in missing.items() if codes}
        return Dataset(frame, still(self.labels), still(self.value_labels), kinds, self.form)

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
            hits = rows.select(is_code(nw.col(column), code).fill_null(value=False).alias("__ek_hit"))["__ek_hit"]
            found[kind] = found.get(kind, 0) + int(hits.sum())
        return {kind: found[kind] for kind in Missing if found.get(kind)}

    def summary(self) -> Any:
        """What each column is and how many of its answers are missing, by kind; it holds no answer.

        Returns
        -------
        data frame
            In the caller's kind, one row a column: ``column``, ``label``, ``type`` in words, ``levels`` (how many different answers
            there are), and how many are missing: ``dont_know, refused, not_asked, not_reached, technical, unstated,
            suppressed``.

        Raises
        ------
        InputError
            The frame is lazy.

        Examples
        --------
        >>> import evidencekit as ek
        >>> data = ek.fictional.national_survey().data
        >>> told = data.summary().set_index("column").loc["image_shared"]
        >>> told["type"], told["levels"].item(), told["dont_know"].item(), told["refused"].item()
        ('number', 2, 52, 71)
        """
        return frame_of(self._described(self.columns), open_data(self).backend)

    def _described(self, names: tuple[str, ...]) -> dict[str, list[Any]]:
        """The columns of the summary, for some columns of the frame."""
        rows = eager(_native(self.frame), "A summary")
        clean = without_codes(rows, self.missing)
        kinds = [self.kinds(name) for name in names]
        return {
            "column": list(names),
            "label": [self.labels.get(name, "") for name in names],
            "type": [_in_words(rows[name].dtype) for name in names],
            "levels": [_levels(clean[name]) for name in names],
            **{kind.name.lower(): [found.get(kind, 0) for found in kinds] for kind in Missing},
        }

    def __repr__(self) -> str:
        frame = _native(self.frame)
        rows = how_many(len(frame), "row") if isinstance(frame, nw.DataFrame) else "rows not counted"
        # A blank text that a file declares missing, as some do for every text column, is no code.
        coded = sum(any(code != "" for code in codes) for codes in self.missing.values())
        return f"Dataset({rows}, {how_many(len(_names(frame)), 'column')}{f', {coded} with missing codes' if coded else ''})"

    def _repr_html_(self) -> str:
        names, frame = self.columns, _native(self.frame)
        if isinstance(frame, nw.LazyFrame):
            shown = {"column": names[:_SHOWN], "label": [self.labels.get(name, "") for name in names[:_SHOWN]]}
        else:
            every = self._described(names[:_SHOWN])
            shown = {title: values for title, values in every.items() if title.upper() not in Missing.__members__ or any(values)}
        head = "".join(f'<th scope="col">{escape(title)}</th>' for title in shown)
        body = "".join(f"<tr>{''.join(f'<td>{_cell(v)}</td>' for v in row)}</tr>" for row in zip(*shown.values(), strict=True))
        more = f"<p>and {how_many(len(names) - _SHOWN, 'more column')}</p>" if len(names) > _SHOWN else ""
        return f"<table><caption>{escape(repr(self))}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"

    def __reduce__(self) -> NoReturn:
        raise InputError("A Dataset is not pickled: it holds children's answers.", "Send the file's path and read it again.")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Rows:
    """The caller's data opened: a narwhals frame with missing codes null, and what is known of its columns."""

    frame: nw.DataFrame[Any] | nw.LazyFrame[Any]
    labels: Mapping[str, str]
    value_labels: Mapping[str, Mapping[Any, str]]
    columns: tuple[str, ...]

    def __reduce__(self) -> NoReturn:
        raise InputError("Rows are not pickled: they hold children's answers.", "Send the file's path and read it again.")

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
        clean = without_codes(_native(data.frame), data.missing)
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
        return _decoded(nw.from_native(frame))
    except TypeError:
        raise InputError(
            f"A data frame is needed, not a {type(frame).__name__}.",
            "Pass a pandas, polars or pyarrow frame, a DuckDB relation, or what ek.read() returns.",
        ) from None
    except Exception as trouble:
        raise InputError(f"The frame cannot be used ({type(trouble).__name__}).", "Give every column its own name.") from None


def _decoded(frame: nw.DataFrame[Any] | nw.LazyFrame[Any]) -> nw.DataFrame[Any] | nw.LazyFrame[Any]:
    """Arrow's dictionaries of numbers as the numbers they stand for, which arrow compares with nothing."""
    if not isinstance(frame, nw.DataFrame) or not frame.implementation.is_pyarrow():
        return frame
    table: Any = frame.to_native()
    for k, part in enumerate(table.schema):
        if str(part.type).startswith("dictionary<") and "string" not in str(part.type.value_type):
            table = table.set_column(k, part.name, table.column(k).cast(part.type.value_type))
    return nw.from_native(table)


def _names(frame: nw.DataFrame[Any] | nw.LazyFrame[Any]) -> list[str]:
    try:
        names = list(frame.collect_schema().names())
    except Exception as trouble:  # a lazy frame over a file that has gone; each engine has its own error
        raise InputError(
            f"The columns of the data cannot be read ({type(trouble).__name__}).", "Check that the file or table behind them is there."
        ) from None
    if not all(isinstance(name, str) for name in names):
        raise InputError("The data have columns whose names are not text.", "Give every column one name, as text.")
    if len(set(names)) != len(names):
        raise InputError("Two columns of the data share a name.", "Give every column its own name.")
    return names


def _in_words(dtype: Any) -> str:
    """A type as an analyst calls it."""
    if dtype.is_numeric():
        return "number"
    if dtype.is_temporal():
        return "date or time"
    words = {nw.Boolean: "true/false", nw.String: "text", nw.Categorical: "categories", nw.Enum: "categories"}
    return next((word for kind, word in words.items() if dtype == kind), "mixed")


def _levels(values: nw.Series[Any]) -> int | None:
    """How many different answers a column has; None where they cannot be told apart."""
    try:
        return int(values.filter(~_null(values)).n_unique())
    except Exception:  # lists and other things that are not hashable; each engine has its own error
        return None


def _cell(value: Any) -> str:
    return "" if value is None else escape(f"{value:,}" if isinstance(value, int) else str(value))


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
