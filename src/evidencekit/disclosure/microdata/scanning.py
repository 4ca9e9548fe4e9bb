"""scan_text: how many texts of a column point to a person, and in which rows; never what they say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from evidencekit.disclosure.microdata.held import Held, hold
from evidencekit.disclosure.microdata.traces import KINDS, Names, traces_in
from evidencekit.errors import InputError, how_many, named
from evidencekit.frames import frame_of, open_data
from evidencekit.rendering.text import html_table, table_of, text_table

__all__ = ["TextScan", "is_text", "scan_held", "scan_text"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TextScan:
    """What a scan found, as counts; positions on request.

    Parameters
    ----------
    columns : tuple of str
        The columns of text that were read.
    answered : mapping of str to int
        How many texts each has.
    found : mapping of (str, str) to array
        Positions of rows, counted from 0, by column and kind.
    backend : str
        The caller's kind of frame.
    """

    columns: tuple[str, ...]
    answered: Mapping[str, int]
    found: Mapping[tuple[str, str], NDArray[np.intp]]
    backend: str = "pandas"

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not self.found

    def count(self, column: str, kind: str = "") -> int:
        """How many texts of a column have traces, of one kind or of any."""
        return len(self.rows(column, kind))

    def rows(self, column: str, kind: str = "") -> list[int]:
        """Positions of the rows with traces, counted from 0, of one kind or of any.

        Raises
        ------
        InputError
            The column was not read, or there is no such kind.
        """
        if column not in self.columns:
            raise InputError("This column was not scanned.", f"Scanned were {named(self.columns)}." if self.columns else "None was.")
        if kind and kind not in KINDS:
            raise InputError("There is no such kind of trace.", f"Use one of: {', '.join(KINDS)}.")
        hits = [rows for (of, what), rows in self.found.items() if of == column and (not kind or what == kind)]
        return sorted(set(np.concatenate(hits).tolist())) if hits else []

    def _table(self) -> dict[str, Any]:
        counts = {kind: [len(self.found.get((column, kind), ())) for column in self.columns] for kind in KINDS}
        return {"column": list(self.columns), "texts": [self.answered[column] for column in self.columns], **counts}

    def to_frame(self) -> Any:
        """Counts by column and kind, in the caller's kind of frame; no text."""
        return frame_of(self._table(), self.backend)

    def __repr__(self) -> str:
        if not self.columns:
            return "TextScan(no column of text)"
        return f"TextScan({how_many(len(self.columns), 'column')})\n{text_table(*table_of(self._table()), limit=40)}"

    def _repr_html_(self) -> str:
        return html_table(*table_of(self._table()), caption="Traces of persons in texts", limit=200)

    def __reduce__(self) -> NoReturn:
        raise InputError("A scan is not pickled: it says where traces of children are.", "Write .to_frame() to a file.")


def scan_text(data: Any, *, columns: Sequence[str] | None = None, names: Iterable[str] = ()) -> TextScan:
    """Look through texts for names, telephone numbers, handles, addresses, positions, dates and long numbers.

    Parameters
    ----------
    data : Dataset or data frame
        In memory.
    columns : sequence of str, optional
        Columns of text; by default all of them.
    names : iterable of str
        Names to look for, such as those of a staff list, a school or a village. By default none: without a list no name is found.

    Returns
    -------
    TextScan
        Counts by column and kind, and positions of rows; never a text.

    Raises
    ------
    InputError
        A column holds no texts; `names` is no list of texts.
    UnknownColumn
        There is no such column.

    Notes
    -----
    A date is any full date, in numbers or with a month in words; years of the Buddhist era count. A number is a run of six digits or
    more. Digits are read in every script. A scan that finds nothing proves nothing: who is meant by "the tall boy at the gate" only people
    know, which is why free text is never released whatever the scan says.

    Examples
    --------
    >>> import pandas as pd
    >>> from evidencekit.disclosure.microdata import scan_text
    >>> invented = pd.DataFrame({"how": ["by a game", "call 012 345 678", "my name is Blue Otter", None]})
    >>> found = scan_text(invented, names=["Blue Otter"])
    >>> found.rows("how", "phone"), found.rows("how", "name")
    ([1], [2])
    """
    held = hold(data, "A scan")
    if isinstance(names, (str, bytes)) or not isinstance(names, Iterable):
        raise InputError(f"names= takes a list of names, not a {type(names).__name__}.")
    listed = list(names)
    if not all(isinstance(name, str) for name in listed):
        raise InputError("names= takes texts, and something else is among them.")
    if columns is None:
        wanted = [name for name in held.columns if is_text(held, name)]
    else:
        wanted = [columns] if isinstance(columns, str) else list(columns)
        held.need(wanted, "columns=")
        other = [name for name in wanted if not is_text(held, name)]
        if other:
            raise InputError(f"{how_many(len(other), 'column holds', 'columns hold')} no texts: {named(other)}.")
    return scan_held(held, wanted, Names(listed) if listed else None)


def scan_held(held: Held, columns: Sequence[str], names: Names | None = None) -> TextScan:
    """The scan of some columns of text; every different text is read once."""
    found: dict[tuple[str, str], list[int]] = {}
    answered: dict[str, int] = {}
    for column in columns:
        known: dict[str, tuple[str, ...]] = {}
        answered[column] = 0
        for row, text in enumerate(held.clean[column].to_list()):
            if not isinstance(text, str):
                continue
            answered[column] += 1
            if text not in known:
                known[text] = traces_in(text, names)
            for kind in known[text]:
                found.setdefault((column, kind), []).append(row)
    places = {key: np.array(rows, dtype=np.intp) for key, rows in found.items()}
    return TextScan(tuple(columns), answered, places, open_data(held.data).backend)


def is_text(held: Held, name: str) -> bool:
    """Whether a column can hold texts."""
    return held.raw[name].dtype in (nw.String, nw.Categorical, nw.Enum, nw.Object, nw.Unknown)
