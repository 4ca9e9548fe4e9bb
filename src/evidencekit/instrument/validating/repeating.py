"""Rows of repeats and the rows they belong to."""

from __future__ import annotations

from collections.abc import Sequence

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.columns import Codes, floats
from evidencekit.errors import InputError, UnknownColumn
from evidencekit.instrument.expressions.values import as_number
from evidencekit.instrument.rules.answers import texts_of
from evidencekit.instrument.rules.checks import Found
from evidencekit.instrument.rules.placing import KEYS
from evidencekit.instrument.rules.plans import Sheet
from evidencekit.instrument.rules.tables import Table

__all__ = ["counted", "key_columns", "orphans", "rows_above"]


def key_columns(child: Sequence[str], parent: Sequence[str], keys: tuple[str, str] | None) -> tuple[str, str] | None:
    """The column of a repeat that names the row above, and the column it names; None when nobody named them and none is known."""
    if keys is None:
        return next(((below, above) for below, above in KEYS if below in child and above in parent), None)
    for name, columns, place in ((keys[0], child, "name 1 of the 2"), (keys[1], parent, "name 2 of the 2")):
        if name not in columns:
            raise UnknownColumn(name, columns, "keys=", place)
    return keys


def rows_above(child: nw.DataFrame, parent: nw.DataFrame, keys: tuple[str, str]) -> Codes:  # type: ignore[type-arg]
    """For each row of a repeat the row above that it belongs to, counted from 0; -1 where there is none.

    Where several rows above have one key, it is the first of them; that they do is a finding of its own.
    """
    below, above = child[keys[0]], parent[keys[1]]
    if below.dtype.is_numeric() and above.dtype.is_numeric():
        wanted, had = floats(below, "Key"), floats(above, "Key")
    else:
        one, other = texts_of(below), texts_of(above)
        place = {text: float(k) for k, text in enumerate(other.levels)}
        wanted = one.each(lambda text: place.get(text, np.nan))
        had = np.where(other.at < 0, np.nan, other.at.astype(np.float64))
    order = np.argsort(had, kind="stable")
    order = order[: np.count_nonzero(~np.isnan(had))]
    if not order.size:
        return np.full(len(child), -1, dtype=np.intp)
    at = np.minimum(np.searchsorted(had[order], wanted), order.size - 1)
    return np.where(had[order][at] == wanted, order[at], -1).astype(np.intp)


def orphans(rows: Codes) -> Found:
    """Rows of a repeat that belong to no row above."""
    return Found(rows < 0, rows.size)


def counted(sheet: Sheet, parent: Table, rows: Codes) -> Found:
    """Rows above with more or fewer rows of a repeat than the form says; where that number is not known nothing is said."""
    if sheet.count is None:
        raise InputError("the form does not say how many")
    made = as_number(parent.worked(sheet.count))
    wanted = np.broadcast_to(made.x, (parent.n,))
    had = np.bincount(rows[rows >= 0], minlength=parent.n)
    known = ~np.broadcast_to(made.doubt, (parent.n,))
    chain = sheet.lines[0].chain[: sheet.depth[-1][1]] if sheet.lines else ()
    asked = parent.asked_by(chain)
    if asked.open is not None and asked.sure is not None:
        wanted = np.where(asked.open, wanted, 0.0)  # where it is not asked there are to be none
        known = (known & asked.sure) | ~asked.open
    return Found(known & (had != np.maximum(wanted, 0)), int(np.count_nonzero(known)))
