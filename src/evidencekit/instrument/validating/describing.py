"""A frame of answers with what the form says of it: labels, value labels, kinds of missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import narwhals.stable.v2 as nw

from evidencekit.errors import EvidencekitError, InputError
from evidencekit.frames import Dataset
from evidencekit.instrument.expressions.values import Bools, number_of
from evidencekit.instrument.form import Instrument
from evidencekit.instrument.items import Texts
from evidencekit.instrument.rules.answers import Answers
from evidencekit.instrument.rules.plans import Line, plan_of
from evidencekit.instrument.rules.tables import Table
from evidencekit.instrument.validating.running import main_table, need_form
from evidencekit.missingness import Missing, MissingCode, fits

__all__ = ["dataset", "described", "language_of", "said_in"]


def dataset(
    data: Any, form: Instrument, *, language: str | None = None, not_asked: int | None = -8, today: date | str | None = None
) -> Dataset:
    """Give a frame of answers what the form says of it: labels, value labels and kinds of missing.

    Parameters
    ----------
    data : Dataset or data frame
        pandas, polars or pyarrow, in memory. What a Dataset says already is kept where the form says nothing.
    form : Instrument
        What was asked.
    language : str, optional
        The language of the labels; by default the first of the form. Part of its name is enough: ``"en"`` for ``"English (en)"``.
    not_asked : int or None
        The code written into blank cells of those who were not asked, and declared as ``Missing.NOT_ASKED``, so that they can be told
        from blanks of those who were (``Missing.UNSTATED``); None leaves both blank. Columns of dates and of true and false keep their
        blanks. Where the code is an answer of an item, or stands in its column already, it is refused.
    today : date or str, optional
        What ``today()`` is in the form's expressions.

    Returns
    -------
    Dataset
        Over a new frame of the caller's kind; the one that was passed is unchanged. Estimates read every missing code as null. Codes of a
        list that were written as ``1.0`` or with spaces stand in it as the list has them (`validate` says how many they are). It keeps the
        form (``.form``), so that `prevalence` and its like need none.

    Raises
    ------
    InputError
        The form has no such language, or the code stands in a column already.

    Examples
    --------
    >>> import pandas as pd, evidencekit as ek
    >>> yes_no = ek.Choices("yes_no", {1: "Yes", 0: "No", 99: "I prefer not to say"}, missing={99: ek.Missing.REFUSED})
    >>> form = ek.Instrument("lesson", [
    ...     ek.Item("online", "select_one", "Do you use the internet?", yes_no),
    ...     ek.Item("safe", "select_one", "Do you feel safe there?", yes_no, relevant="${online} = 1"),
    ... ])
    >>> answers = pd.DataFrame({"online": [1, 1, 1, 0, 99], "safe": [1, 99, None, None, None]})
    >>> made = ek.instrument.dataset(answers, form)
    >>> made.labels["safe"]
    'Do you feel safe there?'
    >>> {kind.name: count for kind, count in made.kinds("safe").items()}
    {'REFUSED': 1, 'NOT_ASKED': 2, 'UNSTATED': 1}
    """
    plan, spoken = plan_of(need_form(form).items), language_of(form, language)
    table = main_table(plan, data, "A Dataset of a form", today)
    return replace(described(table, data if isinstance(data, Dataset) else Dataset(data), spoken, not_asked), form=form)


def described(table: Table, given: Dataset, language: str, not_asked: int | None = None) -> Dataset:
    """What a form says of one of its tables, laid over what the data say of themselves."""
    labels, values = dict(given.labels), dict(given.value_labels)
    missing: dict[str, dict[MissingCode, Missing]] = {name: dict(codes) for name, codes in given.missing.items()}
    filled: list[nw.Series[Any]] = []
    for line in table.sheet.lines:
        answers, column = table.of(line), table.places.of.get(line.path)
        text = said_in(line.item.label, language)
        for code, name in table.places.ticks.get(line.path, {}).items():
            labels[name] = f"{text}: {_option(line, code, language)}" if text else _option(line, code, language)
        if answers is None or column is None:
            continue
        labels |= {column: text} if text else {}
        series = answers.written
        dtype = series.dtype
        if line.item.choices is not None:
            shown = {_typed(o.code, dtype): said_in(o.label, language) or o.code for o in line.item.choices.listed}
            values[column] = {code: label for code, label in shown.items() if code is not None}
        kinds = {_typed(code, dtype): kind for code, kind in line.item.missing.items()}
        codes = {**{code: kind for code, kind in kinds.items() if code is not None and fits(code, dtype)}, **missing.get(column, {})}
        made = None if not_asked is None else _filled(answers, line, table, not_asked)
        if made is not None or answers.respelt:
            filled.append((series if made is None else made).alias(column))
        if made is not None and not_asked is not None:
            codes[not_asked if made.dtype.is_numeric() else str(not_asked)] = Missing.NOT_ASKED
        if codes:
            missing[column] = codes
    frame = table.frame.with_columns(*filled).to_native() if filled else table.frame.to_native()
    return Dataset(frame, labels, values, missing)


def language_of(form: Instrument, wanted: str | None) -> str:
    """The language of a form that is meant; the first when none is."""
    if wanted is None:
        return form.languages[0] if form.languages else ""
    exact = [name for name in form.languages if name == wanted]
    near = exact or [name for name in form.languages if wanted.casefold() in name.casefold().replace("(", " ").replace(")", " ").split()]
    if len(near) != 1:
        spoken = ", ".join(map(repr, form.languages)) or "no named language"
        raise InputError(f"The form is not in the language given as language= ({spoken}).", "Name one of these.")
    return near[0]


def said_in(label: Texts, language: str) -> str:
    """A text in a language, else the one whose language is not said, else the first there is."""
    if isinstance(label, str):
        return label
    return label.get(language) or label.get("") or next(iter(label.values()), "")


def _option(line: Line, code: str, language: str) -> str:
    found = next((o for o in line.item.choices.listed if o.code == code), None) if line.item.choices else None
    return (said_in(found.label, language) if found else "") or code


def _typed(code: str, dtype: Any) -> MissingCode | None:
    """A code as it stands in a column of some type; None when it cannot."""
    if not (dtype.is_numeric() or dtype == nw.Boolean):
        return code
    number = number_of(code)
    return None if number != number else int(number) if number.is_integer() else number


def _filled(answers: Answers, line: Line, table: Table, code: int) -> nw.Series[Any] | None:
    """The column with a code in blank cells of those who were not asked; None where it stays as it is."""
    series = answers.written
    dtype = series.dtype
    if not (dtype.is_numeric() or dtype == nw.String):
        return None
    try:
        asked = table.asked(line)
    except EvidencekitError:  # it is not known who was asked: `validate` says why
        return None
    if asked.open is None:
        return None
    closed: Bools = answers.empty & ~asked.open
    if not closed.any():
        return None
    wanted = str(code)
    listed = {*(line.item.choices.codes if line.item.choices else ()), *line.item.missing}
    there = bool((answers.raw == code).any()) if dtype.is_numeric() else wanted in answers.texts.levels
    if wanted in listed or there:
        raise InputError(f"The code for not asked stands in {line.id!r} already.", "Give another one with not_asked=, or None.")
    mask = nw.new_series("closed", closed.tolist(), nw.Boolean, backend=table.frame.implementation)
    return _written(series, mask, code)


def _written(series: nw.Series[Any], mask: nw.Series[Any], code: int) -> nw.Series[Any]:
    """A column with a code where a mask holds; small and unsigned integers become wide enough to hold it."""
    narrow = series.dtype in (nw.UInt8, nw.UInt16, nw.UInt32, nw.UInt64, nw.Int8, nw.Int16)
    wide = series.cast(nw.Int64) if narrow else series
    if wide.dtype in (nw.Int64, nw.Float64, nw.String):  # the short way, for forms of thousands of items
        fill: Any = code if wide.dtype.is_numeric() else str(code)
        return wide.zip_with(~mask, nw.new_series(series.name, [fill] * len(series), wide.dtype, backend=series.implementation))
    frame = wide.alias("x").to_frame().with_columns(mask.alias("m"))
    return frame.select(nw.when(nw.col("m")).then(nw.lit(code)).otherwise(nw.col("x")).cast(wide.dtype).alias(series.name))[series.name]
