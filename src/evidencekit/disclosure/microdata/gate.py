"""The gate: what may not leave in a file of records, looked for in the file as it would leave."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.disclosure.microdata.held import Held
from evidencekit.disclosure.microdata.scanning import is_text, scan_held
from evidencekit.errors import Refused, how_many, named
from evidencekit.instrument import Instrument, Item
from evidencekit.instrument.linting.identifying_words import identifies, of_birth

__all__ = ["LEVELS", "Passes", "refuse_identifying"]

LEVELS = 30
"""Texts with more different answers than this are no categories until someone says so."""
_OWN, _FEW = 0.95, 20  # a share of rows with a number of their own, and how many rows it takes to say so
_PLACES = re.compile(
    r"(?:^|_)(?:lat|latitude|lon|lng|longitude|gps\w*|geo_?points?|geo_?loc\w*|coord(?:inate)?s?|easting|northing|altitude)(?:$|_|\d)"
)
_WEAK = ("date", "number")  # traces that a steward may let pass in a column of categories


@dataclass(frozen=True, slots=True)
class Passes:
    """What was done that lets a column pass.

    Parameters
    ----------
    recoded : collection of str
        Columns recoded to categories.
    displaced : collection of str
        Columns of displaced coordinates.
    kept : collection of str
        Columns a steward let pass by name.
    weights : str, optional
        The column of weights.
    """

    recoded: Collection[str] = ()
    displaced: Collection[str] = ()
    kept: Collection[str] = ()
    weights: str | None = None


def refuse_identifying(held: Held, passes: Passes, form: Instrument | None = None) -> None:
    """Raise unless nothing in the file points to a person by itself.

    Raises
    ------
    Refused
        With every column that may not leave, and why; never with an answer.
    """
    found: dict[str, list[str]] = {}
    for column in held.columns:
        why = next(_reasons(held, column, passes, form), "")
        if why:
            found.setdefault(why, []).append(column)
    if found:
        told = "; ".join(f"{named(columns) or how_many(len(columns), 'column')} ({why})" for why, columns in found.items())
        raise Refused(
            f"These records may not leave: {told}.",
            "Drop such columns or recode them to categories; keep= of the plan lets categories, dates and numbers pass, and no free text.",
        )


def _reasons(held: Held, column: str, passes: Passes, form: Instrument | None) -> Iterator[str]:
    """Why a column may not leave, the gravest first."""
    item = next((one for one in form.questions if one.name == column), None) if form is not None else None
    role, kind = (item.role, item.kind) if item is not None else (None, "")
    recoded, kept = column in passes.recoded, column in passes.kept
    if role == "direct-identifier":
        yield "a direct identifier by its role in the form"
    if (role == "free-text" or (kind == "text" and role is None)) and not recoded:
        yield "free text by the form"
    if kind == "file":
        yield "a picture, a sound or another file by the form"
    if (kind == "place" or _PLACES.search(_snake(column))) and column not in passes.displaced:
        yield "coordinates: only displaced ones may leave"
    if not recoded and not kept and column.strip():
        about = item if item is not None else Item(column, "text", _label(held, column))
        if identifies(about):
            yield "asks for a name, a number or an address"
        if of_birth(about):
            yield "asks when somebody was born"
    yield from _by_type(held, column, passes)


def _by_type(held: Held, column: str, passes: Passes) -> Iterator[str]:
    """What the type and the answers of a column give away."""
    dtype, kept = held.raw[column].dtype, column in passes.kept
    if is_text(held, column):
        stored = held.raw[column]  # with what is declared missing: it leaves too
        values = [value for value, none in zip(stored.to_list(), stored.is_null().to_list(), strict=True) if not none]
        if not all(isinstance(value, (str, int, float, np.generic)) for value in values):
            yield "things that are neither texts nor numbers"
        levels = {value for value in values if isinstance(value, str)}
        if len(levels) > LEVELS and column not in passes.recoded and not kept:
            yield f"texts with more than {LEVELS} different answers"
        scan = scan_held(Held(held.raw, held.raw, held.raw), [column])
        kinds = [what for _, what in scan.found if not (kept and what in _WEAK)]
        if kinds:
            yield f"{how_many(scan.count(column), 'text has', 'texts have')} traces of persons: {', '.join(sorted(kinds))}"
    elif dtype.is_temporal():
        if not kept:
            yield "dates: leave the year, or an age"
    elif not (dtype.is_numeric() or dtype == nw.Boolean):
        yield "things that are neither texts nor numbers"
    elif column not in (passes.weights, *passes.displaced) and not kept and _one_a_row(held, column):
        yield "a number of its own in nearly every row, as keys have"


def _one_a_row(held: Held, column: str) -> bool:
    codes, keys = held.codes(column)
    answered = int((codes >= 0).sum())
    whole = all(isinstance(key, (int, bool)) for key in keys)
    return whole and answered >= _FEW and len(keys) >= _OWN * answered


def _snake(name: str) -> str:
    """``stepLatitude`` and ``step-latitude`` as ``step_latitude``."""
    return re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).casefold())


def _label(held: Held, column: str) -> Any:
    return getattr(held.data, "labels", {}).get(column, "")
