"""Claim: one sentence that compares or counts people, with what supports it. The sentence is made by the computation, never typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from hashlib import blake2b
from typing import Any, Literal

from evidencekit.errors import InputError, Refused
from evidencekit.findings.languages import Language, say, speaking
from evidencekit.findings.picturing import Around, Part, dots_of, forest_of, sentences, slope_of
from evidencekit.findings.register import Entry, Quantity
from evidencekit.findings.wording import Words
from evidencekit.rendering.figure import WIDTH, Picture, as_wide_as

__all__ = ["Claim", "Kind"]

Kind = Literal["difference", "rank", "change", "trend", "headcount"]


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Claim:
    """What may be said of several released numbers.

    Parameters
    ----------
    kind : {"difference", "rank", "change", "trend", "headcount"}
        What it is.
    direction : str
        What the numbers support: ``"higher"``, ``"lower"``, ``"similar"``, ``"rising"``, ``"falling"``, ``"turning"``, ``"first"``,
        ``"among the first"``, ``"about"``, ``"fewer than"``, ... or ``"unclear"``, and ``"blocked"`` where numbers may not be set
        against each other.
    text : str
        The sentence: in English as it is, in other languages by `say`.
    details : tuple of str
        Sentences below it: the difference with its interval, ratios.
    numbers : tuple of Quantity
        Every number in it with its bounds.
    caveats : tuple of str
        What must be said beside it.
    support : mapping
        What it rests on: adjusted p-values, margins, ranks, breaks.
    words : Words
        How it is told.
    parts : tuple of Part
        What its picture shows.
    years : tuple of float
        When the rounds were.
    about : (str, str)
        What its intervals are, and of whom its rounds are.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu", population="children 12-17")
    >>> safe = ek.release(ek.proportion(survey, "any_contact_unwanted", by="sex"))
    >>> words = ek.findings.Words(did="were sent unwanted messages", groups={"sex": {"girl": "girls", "boy": "boys"}})
    >>> ek.findings.compare(safe, [({"sex": "girl"}, {"sex": "boy"})], words=words, plan="plan of 2025")[0]
    Claim (difference, higher): A larger share of girls than of boys were sent unwanted messages: about 19 in 100, and about 13 in 100.
      The difference is 6 percentage points (95% interval: 2 to 11).
    """

    kind: Kind
    direction: str
    text: str
    details: tuple[str, ...] = ()
    numbers: tuple[Quantity, ...] = ()
    caveats: tuple[str, ...] = ()
    support: Mapping[str, Any] = field(default_factory=dict)
    words: Words
    parts: tuple[Part, ...] = ()
    years: tuple[float, ...] = ()
    about: tuple[str, str] = ("", "")

    @property
    def supported(self) -> bool:
        """Whether a direction is claimed at all."""
        return self.direction not in ("unclear", "blocked")

    @property
    def id(self) -> str:
        """Its id in the claim register, made of what it says."""
        return f"c-{blake2b(self.text.encode(), digest_size=4).hexdigest()}"

    def say(self, *, language: Language = "en") -> str:
        """The sentence in a language.

        Parameters
        ----------
        language : str or Catalogue
            A code, ``"vi"``, or a Catalogue. Where its templates are not checked, a warning says so and the sentence is English.

        Raises
        ------
        InputError
            A language that is not known, or one that the `Words` are not in.
        """
        return say(self.text, speaking(language))

    def lines(self, *, language: Language = "en") -> tuple[str, ...]:
        """The sentence, those below it, and in brackets what must be said beside it, in a language as for `say`."""
        speech = speaking(language)
        told = (say(one, speech) for one in (self.text, *self.details))
        return (*told, *(f"({say(note, speech)})" for note in self.caveats))

    def picture(self, *, bare: bool = False, language: Language = "en", width: float = WIDTH) -> Picture:
        """What it compares: two groups as dots, all groups with their ranks as a forest, rounds as a line.

        Where we cannot tell, nothing is suggested: rounds are dots that no line joins, and groups stand in the order of the table.

        Parameters
        ----------
        bare : bool
            Without title and caption, for a page that says beside it what they would. The alternative text is whole.
        language : str or Catalogue
            As for `say`.
        width : float
            In points, of the sheet: 451 is the text of an A4 page.

        Raises
        ------
        Refused
            It is blocked.
        InputError
            It counts people: its share is what can be drawn.
        """
        if self.direction == "blocked":
            raise Refused("A claim is blocked: its rounds may not be set against each other.", "Say each round by itself.")
        if not self.parts:
            raise InputError("A number of people has no picture of its own.", "Draw the share: ek.finding(...).picture().")
        caption = sentences([self.about[0], *self.details, *self.caveats])
        words, speech = Around(self.text, caption, shown=() if bare else ("title", "caption")), speaking(language)
        with as_wide_as(width):
            if self.kind == "rank":
                return forest_of(self.parts, words, speech, ordered=self.supported)
            if self.years and self.direction not in ("unclear", "similar"):
                return slope_of(self.parts, words, speech, years=self.years, label=self.about[1])
            return dots_of(self.parts, words, speech)

    def entry(self, *, expires: date | None = None) -> Entry:
        """Its line in the claim register.

        Raises
        ------
        Refused
            It is blocked: there is nothing to be said.
        """
        if self.direction == "blocked":
            raise Refused("A claim is blocked: its rounds may not be set against each other.", "Say each round by itself.")
        held = tuple(one for one in self.details if any(c.isdigit() for c in one))
        return Entry(id=self.id, headline=self.text, wordings=held, numbers=self.numbers, expires=expires, topic=self.words.topic)

    @property
    def record(self) -> dict[str, Any]:
        """What goes into the record of its finding."""
        numbers = [asdict(one) for one in self.numbers]
        said = {"text": self.text, "details": list(self.details), "caveats": list(self.caveats)}
        drawn = [one.record for one in self.parts]
        held = {"numbers": numbers, "support": dict(self.support), "drawn": drawn}
        return {"id": self.id, "kind": self.kind, "direction": self.direction, **said, **held}

    def __repr__(self) -> str:
        lines = [f"Claim ({self.kind}, {self.direction}): {self.text}", *(f"  {one}" for one in self.details)]
        return "\n".join([*lines, *(f"  note: {one}" for one in self.caveats)])
