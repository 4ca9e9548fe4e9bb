"""recode: every value of a column put into the code of a rung of its ladder."""

from __future__ import annotations

from typing import Any

import numpy as np

from evidencekit.columns import Codes
from evidencekit.disclosure.microdata.changed import Changed, LogEntry
from evidencekit.disclosure.microdata.held import Held, hold, need_count
from evidencekit.disclosure.microdata.ladders import All, Bands, Ladder, Rung
from evidencekit.errors import InputError, how_many

__all__ = ["recode"]


def recode(data: Any, column: str, *, ladder: Ladder, rung: int = 1) -> Changed:
    """Recode a column everywhere (global recoding) to a rung of its ladder.

    Parameters
    ----------
    data : Dataset or data frame
        In memory. It is not changed.
    column : str
        The column.
    ladder : Ladder
        Its ever coarser codings.
    rung : int
        Which of them, counted from 1, the finest.

    Returns
    -------
    Changed
        The data with the column as texts. Missing answers stay missing; in a Dataset each keeps its kind. Counted are the records that
        were recoded and the levels before and after.

    Raises
    ------
    InputError
        The ladder has no such rung, or does not know some of the values.
    UnknownColumn
        There is no such column.

    Examples
    --------
    >>> import evidencekit as ek
    >>> from evidencekit.disclosure.microdata import All, Bands, Ladder, recode
    >>> data = ek.fictional.national_survey().data
    >>> ages = Ladder([Bands((12, 14, 16, 18)), All()])
    >>> made = recode(data, "age", ladder=ages)
    >>> made
    Changed(recode 'age': records recoded 1,996, levels before 6, levels after 3)
    >>> sorted(made.data.to_frame()["age"].unique())
    ['12-13', '14-15', '16-17']
    """
    held = hold(data)
    held.need([column], "recode()")
    if not isinstance(ladder, Ladder):
        raise InputError(f"ladder= takes a Ladder, not a {type(ladder).__name__}.", "For example Ladder([Bands((12, 15, 18)), All()]).")
    if need_count("rung", rung, 1) > len(ladder):
        raise InputError(f"rung={rung} is not on a ladder of {how_many(len(ladder), 'rung')}.")
    codes, keys = held.codes(column)
    labels: list[Any] = list(keys)
    for k, step in enumerate(ladder.rungs[:rung], start=1):
        labels = _climbed(held, column, codes, labels, step, k)
    levels = sorted(set(labels), key=_order(ladder.rungs[rung - 1]))
    place = {label: i for i, label in enumerate(levels)}
    to = np.array([*(place[label] for label in labels), -1], dtype=np.intp)
    made = held.texts(column, to[codes], levels)
    counts = {"records recoded": int((codes >= 0).sum()), "levels before": len(keys), "levels after": len(levels)}
    return Changed(made.data, LogEntry("recode", (column,), counts))


def _climbed(held: Held, column: str, codes: Codes, labels: list[Any], rung: Rung, k: int) -> list[str]:
    """The code on this rung of each value of the column."""
    if isinstance(rung, All):
        return [rung.label] * len(labels)
    if isinstance(rung, Bands):
        values = list(held.codes(column)[1])  # edges of bands are numbers of the column itself, on every rung
        if any(isinstance(value, str) for value in values):
            raise InputError(f"Column {column!r} holds texts, and rung {k} of its ladder has bands of numbers.", "Use Groups.")
        at = np.searchsorted(np.array(rung.edges, dtype=np.float64), np.array(values, dtype=np.float64), side="right") - 1
        made: list[str | None] = [rung.labels[i] if 0 <= i < len(rung.labels) else None for i in at.tolist()]
    else:
        as_text = {str(code): group for code, group in rung.into.items()}  # codes of a table may be numbers here and texts there
        made = [rung.into.get(label, as_text.get(str(label))) for label in labels]
    lost = np.array([one is None for one in made], dtype=bool)
    if lost.any():
        rows = int(np.isin(codes, np.flatnonzero(lost)).sum())
        where = "lie outside the bands of" if isinstance(rung, Bands) else "are not in the groups of"
        raise InputError(
            f"{how_many(int(lost.sum()), 'value')} of {column!r}, in {how_many(rows, 'row')}, {where} rung {k} of its ladder.",
            "Add them to the ladder, or declare them missing.",
        )
    return [one for one in made if one is not None]


def _order(rung: Rung) -> Any:
    """Bands in their own order, other codes in that of the alphabet."""
    if isinstance(rung, Bands):
        return {label: i for i, label in enumerate(rung.labels)}.__getitem__
    return str
