"""Codes as texts that went through a spreadsheet or a data frame: ``1.0`` and `` 1`` for the ``1`` of a list.

A device writes the code of the list. Afterwards a column of whole numbers with blanks becomes one of decimals, whose texts are ``1.0``, and
spaces come in by hand. Both are taken as the code, where the list does not have them as codes themselves; ``01`` or ``1e0`` nobody wrote
that way by accident, and they stay what they are: codes of no list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any

from evidencekit.errors import how_many
from evidencekit.instrument.items import Item

__all__ = ["Spelling", "respelt", "speller"]

_WHOLE = re.compile(r"(-?\d+)\.0+")


def respelt(rows: int, of: str = "") -> str:
    """What is said of codes that were written otherwise than the list has them; `of` names the question."""
    what = how_many(rows, f"answer{of} is a code", f"answers{of} are codes")
    return f"{what} with spaces or written as 1.0, and {'was' if rows == 1 else 'were'} taken as the code{'s' if rows != 1 else ''}"


@dataclass(frozen=True, slots=True)
class Spelling:
    """The codes that stand in the column of a selection, and whether a text of the column has several of them."""

    codes: frozenset[str]
    several: bool

    def __call__(self, text: str) -> str:
        """The code that is meant, or the codes with one space between them; a text of spaces is empty, one of no code stays as it is."""
        return " ".join(map(self._one, text.split())) if self.several else self._one(text)

    def knows(self, texts: Iterable[str]) -> bool:
        """Whether every code in some texts stands in the list as it is written."""
        return self.codes.issuperset(chain.from_iterable(map(str.split, texts)) if self.several else texts)

    def _one(self, text: str) -> str:
        if text in self.codes:
            return text
        bare = text.strip()
        if bare in self.codes or not bare:
            return bare
        whole = _WHOLE.fullmatch(bare)
        return whole.group(1) if whole and whole.group(1) in self.codes else text


def speller(item: Item, more: Iterable[Any] = ()) -> Spelling | None:
    """What puts a text in a column of a selection into the code that is meant; None where the form has no list to go by.

    Parameters
    ----------
    item : Item
        The question.
    more : iterable
        Further codes that stand in its column, such as those that data declare missing; those that are no texts are left out.
    """
    if item.choices is None or item.kind not in ("select_one", "select_multiple", "rank"):
        return None
    codes = frozenset({*item.choices.codes, *item.missing, *(code for code in more if isinstance(code, str))})
    return Spelling(codes, item.kind != "select_one")
