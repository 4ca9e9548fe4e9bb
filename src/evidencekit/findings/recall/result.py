"""What a recall test showed, in sentences that say no more than that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evidencekit.findings.claims.cells import points_words
from evidencekit.findings.recall.comparing import Comparison
from evidencekit.findings.recall.grading import GRADES, Grade
from evidencekit.frames import frame_of

__all__ = ["RecallTest"]

FEW = 20  # sessions
ONLY_THEM = "this is about those who took part and these two pages: it says nothing of other readers, who were not drawn"
_SMALL = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class RecallTest:
    """The result of a two-version recall test. Made by `analyse`.

    Parameters
    ----------
    main : Comparison
        Who gave the number within its range, of those whose answer is known, by the version they were assigned to.
    assigned, lost, unanswered : (int, int)
        People of version A and of version B: assigned; not followed up; followed up without an answer.
    bounds : tuple of Comparison
        The same with those who are not known counted in: all had forgotten; least and most in favour of B.
    secondary : tuple of Comparison
        Other outcomes, p-values adjusted among them by Holm.
    grades : mapping of str to (int, int)
        How many answers of each grade, in version A and in version B.
    level : float
        Of the intervals.
    sessions : int
        Sessions that were assigned; 0 where people were.
    days : int or None
        Days between reading and being asked.
    backend : str
        The kind of frame of `to_frame`.
    """

    main: Comparison
    assigned: tuple[int, int]
    lost: tuple[int, int]
    unanswered: tuple[int, int]
    bounds: tuple[Comparison, ...]
    secondary: tuple[Comparison, ...]
    grades: Mapping[Grade, tuple[int, int]]
    level: float
    sessions: int
    days: int | None
    backend: str

    def sentence(self) -> str:
        """What may be said: counts of this test, and a difference only where its interval leaves 0 out."""
        return _said(self.main, self.level, self._after(), certain=self.main.direction != 0)

    def caveats(self) -> tuple[str, ...]:
        """What must be said beside it: who is not known and what that could change, sessions, and whom it is about."""
        unknown = [x + y for x, y in zip(self.lost, self.unanswered, strict=True)]
        out: list[str] = []
        if any(unknown):
            forgot, least, most = self.bounds
            out.append(
                f"not known are {unknown[1]:,} of {self.assigned[1]:,} readers assigned to version B and {unknown[0]:,} of"
                f" {self.assigned[0]:,} assigned to version A ({sum(self.lost):,} not reached, {sum(self.unanswered):,} without an answer)"
            )
            out.append(f"if they had all forgotten, the difference would be {self._points(forgot)}")
            ends = f"from {self._points(least)} to {self._points(most)}"
            moved = any(one.direction != self.main.direction for one in (least, most))
            out.append(f"whatever they remember, it is {ends}{'; what is said could change' if moved else ''}")
        if self.sessions:
            out.append(self._of_sessions())
        out += [self.main.note] if self.main.note else []
        return (*out, ONLY_THEM)

    def _of_sessions(self) -> str:
        """How many sessions the interval rests on: those of which an answer is known, which may be fewer than were assigned."""
        known, df = self.main.sessions, self.main.df
        rests = f", and {df:g} degrees of freedom" if df == df else ""
        few = ": few, so that the interval leans on the t distribution" if known < FEW and df == df else ": few" if known < FEW else ""
        return f"whole sessions were assigned, {self.sessions:,} of them; answers are known of {known:,}{rests}{few}"

    def secondary_sentences(self) -> tuple[str, ...]:
        """A sentence for each secondary outcome; a difference is said where its adjusted p-value is below one minus the level."""
        return tuple(_said(one, self.level, "", certain=self._holds(one)) for one in self.secondary)

    def to_frame(self) -> Any:
        """Every comparison as a table in the caller's kind.

        Returns
        -------
        data frame
            ``outcome, words, a_yes, a_n, b_yes, b_n, difference, low, high, p, p_holm, note``: the main outcome, its bounds, the secondary
            outcomes.
        """
        every = (self.main, *self.bounds, *self.secondary)
        return frame_of(
            {
                "outcome": [one.name for one in every],
                "words": [one.words for one in every],
                "a_yes": [one.a[0] for one in every],
                "a_n": [one.a[1] for one in every],
                "b_yes": [one.b[0] for one in every],
                "b_n": [one.b[1] for one in every],
                "difference": [one.difference for one in every],
                "low": [one.low for one in every],
                "high": [one.high for one in every],
                "p": [one.p for one in every],
                "p_holm": [one.adjusted for one in every],
                "note": [one.note for one in every],
            },
            self.backend,
        )

    def _holds(self, one: Comparison) -> bool:
        return one.adjusted <= 1 - self.level + 1e-12

    def _after(self) -> str:
        if self.days is None:
            return ""
        many = _SMALL[self.days] if self.days < len(_SMALL) else f"{self.days:,}"
        return f" after {many} {'day' if self.days == 1 else 'days'}"

    def _points(self, one: Comparison) -> str:
        point, ends = points_words(one.difference, one.low, one.high)
        return f"{point} ({ends})"

    def __repr__(self) -> str:
        lines = [f"Recall test: {self.sentence()}"]
        lines += [f"  grades, A and B: {', '.join(f'{g} {self.grades[g][0]} and {self.grades[g][1]}' for g in GRADES if g in self.grades)}"]
        lines += [f"  also: {text}" for text in self.secondary_sentences()]
        return "\n".join([*lines, *(f"  note: {text}" for text in self.caveats())])


def _said(one: Comparison, level: float, after: str, *, certain: bool) -> str:
    """Counts in both versions and the difference; that nothing can be told, where nothing can."""
    point, ends = points_words(one.difference, one.low, one.high)
    start = (
        f"In our test {one.b[0]:,} of {one.b[1]:,} readers of version B {one.words}{after}, and {one.a[0]:,} of {one.a[1]:,} readers of"
        " version A"
    )
    interval = f"{level:.0%} interval: {ends}" if round(100 * level, 9) == round(100 * level) else f"{100 * level:g}% interval: {ends}"
    if certain:
        return f"{start}; the difference is {point} ({interval})."
    return f"{start}; we cannot tell whether the versions differ: the difference is {point} ({interval})."
