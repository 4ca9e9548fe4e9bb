"""Quality: what the checks of fieldwork found, by interviewer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evidencekit.errors import InputError, one_of
from evidencekit.frames import frame_of
from evidencekit.instrument.fieldwork.duplicates import Matches
from evidencekit.instrument.fieldwork.page import page
from evidencekit.instrument.fieldwork.pictures import pictures
from evidencekit.instrument.fieldwork.standing import Check
from evidencekit.instrument.given import put, target_of
from evidencekit.rendering.figure import Picture

__all__ = ["Quality"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Quality:
    """What the checks found: counts and rates by interviewer or by item, never an answer and never a respondent.

    Parameters
    ----------
    checks : mapping of str to Check
        By name, those that could be made.
    interviews, interviewers : int
        How many.
    notes : tuple of str
        What could not be checked, and why.
    matches : Matches or None
        Pairs of interviews that are alike.
    title : str
        Of the form.
    backend : str
        The kind of frame that tables come in.
    limit : float
        From where on an interviewer stands out, in standard errors.

    Examples
    --------
    >>> import evidencekit as ek
    >>> often = ek.Choices("often", {1: "Often", 2: "Sometimes", 3: "Never"})
    >>> form = ek.Instrument("help", [ek.Item(f"help_{k}", "select_one", f"Help {k}", often) for k in range(4)])
    >>> data = ek.instrument.fictional_answers(form, 200, seed=1, interviewers=ek.instrument.Interviewers(speed=0))
    >>> made = ek.instrument.fieldwork_quality(data, form, interviewer="interviewer", start="start", end="end")
    >>> made
    Quality(200 interviews, 6 interviewers, 6 checks, no flags)
    >>> made.names
    ('durations', 'gaps', 'nights', 'straightlining', 'duplicates', 'correlation')
    """

    checks: Mapping[str, Check]
    interviews: int
    interviewers: int
    notes: tuple[str, ...]
    matches: Matches | None
    title: str
    backend: str
    limit: float

    @property
    def names(self) -> tuple[str, ...]:
        """The checks that could be made."""
        return tuple(self.checks)

    @property
    def flags(self) -> tuple[str, ...]:
        """What stands out, a sentence each. A flag is a reason to look, never a proof."""
        return tuple(flag for check in self.checks.values() for flag in check.flags)

    def to_frame(self, check: str) -> Any:
        """The table of one check in the caller's kind of frame.

        Parameters
        ----------
        check : str
            One of `names`.
        """
        one_of("check", check, self.names)
        return frame_of(self.checks[check].columns, self.backend)

    def pictures(self) -> dict[str, Picture]:
        """The pictures of the report, by check."""
        return pictures(self.checks, self.matches, self.limit)

    def save(self, path: str | Path) -> Path:
        """Write a report of one page, with pictures, interviewers' codes and nothing about a respondent.

        Parameters
        ----------
        path : str or Path
            Ends in .html.

        Raises
        ------
        InputError
            The path ends in something else, or cannot be written to.
        """
        target = target_of(path, "save()")
        if target.suffix.lower() not in (".html", ".htm"):
            raise InputError("The report is saved as .html.", "Let the file's name end in it.")
        about = f"{self.interviews:,} interviews by {self.interviewers} interviewers."
        return put(target, lambda: target.write_text(page(self.title, about, self.checks, self.pictures(), self.notes), encoding="utf-8"))

    def __repr__(self) -> str:
        found = len(self.flags)
        said = f"{found} flag{'s' if found != 1 else ''}" if found else "no flags"
        head = f"Quality({self.interviews:,} interviews, {self.interviewers} interviewers, {len(self.checks)} checks, {said})"
        shown = [f"  {flag}" for flag in self.flags[:15]]
        return "\n".join([head, *shown, *([f"  and {found - 15} more: .flags"] if found > 15 else [])])
