"""TextReport: the numbers of a draft, each with its claim and a verdict."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from evidencekit.errors import how_many, one_of
from evidencekit.frames import frame_of
from evidencekit.rendering.text import html_table, text_table

__all__ = ["VERDICTS", "Found", "TextReport", "Verdict"]

Verdict = Literal["right", "reworded", "stale", "unknown"]
VERDICTS: tuple[Verdict, ...] = ("reworded", "stale", "unknown", "right")
_SHOWN = 18
_BACKENDS = ("pandas", "polars", "pyarrow")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One number of a draft.

    Parameters
    ----------
    place : str
        Where it stands: "line 12", "table 1, row 2, column 3", "footnote 4, paragraph 1".
    at : int
        The position of its first character in its paragraph, counted from 0.
    text : str
        The number as it is printed, with the words that say a side of it.
    around : str
        A few words before and after it.
    verdict : {"right", "reworded", "stale", "unknown"}
        What was made of it.
    claims : tuple of str
        The ids of the claims it belongs to: several where its words fit them equally.
    why : str
        What is wrong with it, or what to look at.
    headlines : tuple of str
        What those claims say, for a reader who does not know ids by heart.
    """

    place: str
    at: int
    text: str
    around: str
    verdict: Verdict
    claims: tuple[str, ...] = ()
    why: str = ""
    headlines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TextReport:
    """The numbers of a draft.

    Parameters
    ----------
    found : tuple of Found
        Every number that could be a statistic, in the order in which the document was read.
    name : str
        The file's name, or "text".
    on : date
        The day for which expiry was looked at.
    notes : tuple of str
        What of the document was not read.
    """

    found: tuple[Found, ...]
    name: str
    on: date
    notes: tuple[str, ...] = ()

    @property
    def problems(self) -> tuple[Found, ...]:
        """The numbers that are not right."""
        return tuple(one for one in self.found if one.verdict != "right")

    @property
    def ok(self) -> bool:
        """Whether every number is right."""
        return not self.problems

    def count(self, verdict: Verdict) -> int:
        """How many numbers have a verdict.

        Raises
        ------
        InputError
            There is no such verdict.
        """
        one_of("verdict", verdict, VERDICTS)
        return sum(one.verdict == verdict for one in self.found)

    def to_frame(self, backend: Literal["pandas", "polars", "pyarrow"] = "pandas") -> Any:
        """A table with a row for each number: ``verdict, claims, place, at, text, around, why``; ids are joined by commas."""
        one_of("backend", backend, _BACKENDS)
        names = ("verdict", "claims", "place", "at", "text", "around", "why")
        rows = [{name: ", ".join(one.claims) if name == "claims" else getattr(one, name) for name in names} for one in self.found]
        return frame_of({name: [row[name] for row in rows] for name in names}, backend)

    def _title(self) -> str:
        counts = Counter(one.verdict for one in self.found)
        parts = ", ".join(f"{counts[verdict]:,} {verdict}" for verdict in ("right", *VERDICTS[:-1]))
        return f"TextReport of {self.name} on {self.on.isoformat()}: {how_many(len(self.found), 'number')}; {parts}"

    def _rows(self) -> tuple[list[str], list[list[str]]]:
        header = ["verdict", "place", "text", "claims", "why"]
        return header, [[one.verdict, one.place, _cut(one.text, 28), _claims(one), one.why] for one in self.problems]

    def _beside(self) -> list[str]:
        far = sum(one.verdict == "right" and bool(one.why) for one in self.found)
        look = [f"{how_many(far, 'right number stands', 'right numbers stand')} where no word is the claim's: look at it"] if far else []
        return [f"note: {note}" for note in (*look, *self.notes)]

    def __repr__(self) -> str:
        table = [text_table(*self._rows(), limit=_SHOWN)] if self.problems else []
        return "\n".join([self._title(), *table, *self._beside()])

    def _repr_html_(self) -> str:
        return html_table(*self._rows(), caption="; ".join([self._title(), *self._beside()]), limit=200)


def _claims(one: Found) -> str:
    """The ids of its claims, and what the first of them says."""
    return " ".join([_cut(", ".join(one.claims), 24), *([f'"{_cut(one.headlines[0], 40)}"'] if one.headlines else [])])


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 3] + "..."
