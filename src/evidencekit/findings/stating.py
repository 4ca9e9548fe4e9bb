"""Finding: one released number as words, a picture and a record. Text is derived from the interval, never typed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from html import escape
from pathlib import Path
from typing import Any, Literal

import numpy as np

from evidencekit.disclosure import Released
from evidencekit.errors import InputError, Refused, one_of
from evidencekit.findings.acting import Action
from evidencekit.findings.basis import Basis
from evidencekit.findings.checking import Checklist, checked
from evidencekit.findings.claims.cells import check_said, chosen
from evidencekit.findings.claims.claim import Claim
from evidencekit.findings.claims.grouping import check_groups
from evidencekit.findings.headlines import Amount
from evidencekit.findings.languages import ENGLISH, Catalogue, Figure, Language, Message, say, speaking
from evidencekit.findings.modelled import SAYABLE, check_modelled, decided, modelled_beside, role_of
from evidencekit.findings.noting import audited_words, missing_said
from evidencekit.findings.phrases import Phrase, at_least, at_most, natural_frequency, percent, zero_phrase
from evidencekit.findings.picturing import Layout, dot_picture, icon_picture, interval_told, tile_picture
from evidencekit.findings.recording import record_of
from evidencekit.findings.register.entries import Entry, Quantity, Topic
from evidencekit.findings.register.kinds import written
from evidencekit.findings.telling import VENUE, about, doubts, sentence
from evidencekit.findings.wording import Words
from evidencekit.rendering.figure import WIDTH, Picture, as_wide_as

__all__ = ["Finding", "finding"]


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Finding:
    """A share of a population, ready to be said.

    Parameters
    ----------
    released : Released
        Where the number is.
    row : int
        Which cell of it.
    action : Action or None
        What it asks of whom.
    words : Words or None
        How it is told. Without them the sentence is made of the labels of the data.
    basis : Basis or None
        What it is of, so that it can be set beside other numbers.
    counterpart : Finding or None
        What stands beside it: for a number about harm, one about those who offend, what deters them, or help.
    id : str
        Its id in the claim register.
    claims : tuple of Claim
        What is said of it beside others: below its headline, and in the brief.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu", population="children 12-17")
    >>> safe = ek.release(ek.proportion(survey, "any_contact_unwanted", by="sex"))
    >>> act = ek.Action(actor="schools", act="teach where to report", deadline="2027", marker="share of pupils who know it")
    >>> ek.finding(safe, cell={"sex": "girl"}, action=act)
    Finding: About 1 in 5 children 12-17 (Sex of the child: girl): Received unwanted sexual messages or requests online, past 12 months.
      action: schools: teach where to report, by 2027. Measure of progress: share of pupils who know it
      95% interval: between 16 and 23 in 100
      note: not audited against other tables
    """

    released: Released
    row: int
    action: Action | None = None
    words: Words | None = None
    basis: Basis | None = None
    counterpart: Finding | None = None
    id: str = ""
    claims: tuple[Claim, ...] = ()

    def __post_init__(self) -> None:
        if not self.id:
            object.__setattr__(self, "id", f"f-{_digest(self.released, self.row, self.words)}")

    def _number(self, name: str) -> float:
        return float(np.asarray(self.released.columns[name], dtype=np.float64)[self.row])

    @property
    def phrase(self) -> Phrase | None:
        """The sayable fraction inside the interval, or None where no fraction is."""
        p, low, high, cases = (self._number(c) for c in ("estimate", "low", "high", "cases"))
        if np.isnan(low) or np.isnan(high):
            return None
        if p in (0.0, 1.0):
            return zero_phrase(high if p == 0 else 1 - low, everyone=p == 1)
        return natural_frequency(p, low, high, cases=None if np.isnan(cases) else int(cases))

    def headline(self, *, language: Language = "en") -> str:
        """One sentence: how many, of whom, what. A fraction where one fits the interval, otherwise a percentage.

        Parameters
        ----------
        language : str or Catalogue
            A code, ``"vi"``, or a Catalogue. Where its templates are not checked, a warning says so and the sentence is English.

        Raises
        ------
        InputError
            A language that is not known, or one that its `Words` are not in.
        """
        return self._say(self.phrase or self.percent, speaking(language))

    @property
    def percent(self) -> Figure:
        """The share in percent, with the decimals that its interval supports."""
        low, high = self._number("low"), self._number("high")
        return percent(self._number("estimate"), None if np.isnan(low) else (high - low) / 2)

    def _say(self, amount: Amount, speech: Catalogue = ENGLISH) -> str:
        return say(sentence(self.released, self.row, amount, words=self.words, basis=self.basis, speech=speech), speech)

    def interval_words(self, *, language: Language = "en") -> str:
        """The interval in words, or that there is none, in a language as for `headline`."""
        return say(self._interval(), speaking(language))

    def _interval(self) -> Message:
        return interval_told(self.released, self.row)

    def caveats(self, *, language: Language = "en") -> tuple[str, ...]:
        """What must be said beside the headline, in a language as for `headline`.

        Notes that come with the number, from its design and its release, stay in English where the catalogue does not have them.
        """
        speech = speaking(language)
        return tuple(say(one, speech) for one in self._caveats())

    def _caveats(self) -> tuple[str, ...]:
        source = self.released.estimate
        variable = str(source.cells.columns["variable"][self.row])
        return (
            *doubts(self.released, self.row, self.words),
            *missing_said(source, variable),
            *decided(source),
            audited_words(self.released),
        )

    @property
    def said_beside(self) -> tuple[str, ...]:
        """The sentences of its claims, each with its details and what must be said beside it."""
        return self.beside()

    def beside(self, *, language: Language = "en") -> tuple[str, ...]:
        """The sentences of its claims as `said_beside` has them, in a language as for `headline`."""
        speech = speaking(language)
        return tuple(" ".join(one.lines(language=speech)) for one in self.claims)

    @property
    def topic(self) -> Topic:
        """What it is about; of a finding without words nobody said."""
        return self.words.topic if self.words else "other"

    def entry(self, *, expires: date | str | None = None) -> Entry:
        """Its line in the claim register: the exact wordings that are allowed, and the numbers with their bounds.

        Parameters
        ----------
        expires : date or ISO text, optional
            The last day on which it may be used.

        Examples
        --------
        >>> import evidencekit as ek
        >>> fiction = ek.fictional.national_survey()
        >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu", population="children 12-17")
        >>> find = ek.finding(ek.release(ek.proportion(survey, "any_contact_unwanted")))
        >>> register = ek.findings.Register([find.entry(expires="2027-12-31")])
        >>> ek.check_text(f"Our survey: {find.headline()}", register, on="2027-01-01").ok
        True
        """
        p, low, high = (self._number(c) for c in ("estimate", "low", "high"))
        ends = (None, None) if np.isnan(low) else (low, high)
        said = [self.percent, *([self.phrase.text] if self.phrase else [])]
        role = role_of(self.released.estimate)
        numbers = [Quantity(text=text, value=p, low=ends[0], high=ends[1], role=role) for text in said]
        bounds = [b for b in (at_least(low), at_most(high)) if b] if ends[0] is not None and 0 < p < 1 else []
        wordings = [self._say(self.percent), *(self._say(b) for b in bounds)]
        interval = [self._interval()] if ends[0] is not None else []
        n = self._number("n")
        numbers += [] if np.isnan(n) else [Quantity(text=f"{n:,.0f} answers", value=n, role="answers", unit="people")]
        return Entry(
            id=self.id,
            headline=self.headline(),
            wordings=(*wordings, *interval, *(b.text for b in bounds)),
            numbers=tuple(numbers),
            expires=expires,  # pyright: ignore[reportArgumentType]  # Entry reads a text
            topic=self.topic,
            place=self.basis.place if self.basis else "",
            time=self.basis.time if self.basis else "",
        )

    def check(self) -> Checklist:
        """What keeps it from being memorable and actionable: rules with a reason each, and no score."""
        return checked(self)

    def picture(
        self,
        kind: Literal["icons", "dots", "gradient", "tiles"] = "icons",
        *,
        layout: Layout | None = None,
        bare: bool = False,
        language: Language = "en",
        width: float = WIDTH,
    ) -> Picture:
        """A picture of the finding.

        Parameters
        ----------
        kind : {"icons", "dots", "gradient", "tiles"}
            Icons: this share and its interval out of 100, or of 1,000 where it is rare, in the title too. Dots: the same share of every
            group in the table, with intervals, the finding's own marked. Gradient: the same with bands of 50 and 80 percent. Tiles: the
            same share of every area, where `layout` has it. Groups are named by its Words, else by the labels of the data.
        layout : mapping, optional
            Of tiles: from the areas' labels to row, column and what is written, ``{"North": (0, 1, "NO"), "South": (1, 1, "SO")}``.
        bare : bool
            Without title and caption, for a page that says beside it what they would. The alternative text is whole.
        language : str or Catalogue
            As for `headline`.
        width : float
            In points, of the sheet: 451 is the text of an A4 page. Letters have one size, so that a narrower picture is a taller one.

        Raises
        ------
        InputError
            The share is too rare for icons, areas have no place, or `layout` is given for another kind than tiles.
        """
        one_of("kind", kind, ("icons", "dots", "gradient", "tiles"))
        if layout is not None and kind != "tiles":
            raise InputError(f"layout= says where tiles stand, and kind={kind!r} has none.", 'Leave it out, or ask for kind="tiles".')
        speech, audit = speaking(language), audited_words(self.released)
        with as_wide_as(width):
            if kind == "icons":
                beside = [*doubts(self.released, self.row, self.words), audit]
                return icon_picture(self.released, self.row, self._say, beside, bare=bare, speech=speech)
            title = about(self.released, self.row, self.words)
            beside = [*modelled_beside(self.released, self.words), *([VENUE] if self.released.estimate.inference == "venue" else []), audit]
            if kind == "tiles":
                return tile_picture(self.released, self.row, title, beside, layout=layout, words=self.words, bare=bare, speech=speech)
            return dot_picture(self.released, self.row, title, beside, words=self.words, bands=kind == "gradient", bare=bare, speech=speech)

    def to_json(self) -> str:
        """The record that goes beside every use of the number."""
        return json.dumps(record_of(self), ensure_ascii=False, indent=2, sort_keys=True) + "\n"

    def save(self, path: str | Path) -> Path:
        """Write the record as a JSON file beside the text or picture that uses the number.

        Raises
        ------
        InputError
            Not a path, or nothing can be written there.
        """
        return written(path, self.to_json(), what="The record of a finding")

    def _lines(self) -> list[str]:
        """What stands under the headline: the action, the interval, the caveats."""
        act = self.action
        asked = [] if act is None else [f"action: {act.line}"]
        return [*asked, self.interval_words(), *self.said_beside, *(f"note: {c}" for c in self.caveats())]

    def __repr__(self) -> str:
        return "\n".join([f"Finding: {self.headline()}", *(f"  {line}" for line in self._lines())])

    def _repr_html_(self) -> str:
        lines = "".join(f"<li>{escape(line)}</li>" for line in self._lines())
        return f"<p><strong>{escape(self.headline())}</strong></p><ul>{lines}</ul>"


def finding(
    released: Released,
    *,
    cell: Mapping[str, Any] | int | None = None,
    words: Words | None = None,
    basis: Basis | None = None,
    action: Action | None = None,
    counterpart: Finding | None = None,
    id: str = "",
    claims: Sequence[Claim] = (),
) -> Finding:
    """Take one released share and make it a finding.

    It was counted (`proportion`) or is a model's (adjusted, of a small area, up to an age), which is said in and beside its sentence.

    Parameters
    ----------
    released : Released
        What `release` returned. An Estimate is refused: protect it first.
    cell : mapping or int, optional
        Which cell, as ``{"sex": "girl"}``. Not needed when there is one.
    words : Words, optional
        How it is told. Without them the sentence is made of the labels of the data.
    basis : Basis, optional
        What it is of: question, ages, mode, place, time, so that it can be set beside other numbers.
    action : Action, optional
        What the number asks of whom.
    counterpart : Finding, optional
        What stands beside it: for a number about harm, one about those who offend, what deters them, or help.
    id : str
        Its id in the claim register, one word; made of its numbers and words by default.
    claims : sequence of Claim
        What is said of it beside others, made by `compare`, `ranked`, `changed`, `trending` or `headcount`. A blocked one is refused.

    Returns
    -------
    Finding

    Raises
    ------
    InputError
        Not a Released, not a share, of a subset that has no name, the cell is not there, or groups of `words` are not in the table.
    Refused
        The cell is protected, too uncertain to be presented, for review, or only its rounded counts are released.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu", population="children 12-17")
    >>> safe = ek.release(ek.proportion(survey, "any_contact_unwanted", by="sex"))
    >>> ek.finding(safe, cell={"sex": "girl"}).headline().startswith("About 1 in 5 children 12-17")
    True
    """
    if not isinstance(released, Released):
        raise InputError(
            f"finding() takes what release() returned, and this is of type {type(released).__name__}.", "Call ek.release() first."
        )
    if not isinstance(id, str) or len(id.split()) > 1 or id != id.strip():
        raise InputError("id= of a finding is one word.", "Join its parts with hyphens.")
    _check_parts({"words": (words, Words), "basis": (basis, Basis), "action": (action, Action), "counterpart": (counterpart, Finding)})
    estimate = released.estimate
    if estimate.statistic not in SAYABLE:
        raise InputError("A finding is made from shares so far.", _instead(estimate.statistic))
    check_said(estimate, words)
    row = chosen(released, cell)
    if words is not None:
        check_groups(released, words)
    check_modelled(released, [row], words, basis)
    return Finding(
        released=released, row=row, action=action, words=words, basis=basis, counterpart=counterpart, id=id, claims=_claims(claims)
    )


def _instead(statistic: str) -> str:
    """What to make a finding of in place of another statistic."""
    if statistic in ("difference", "ratio of estimates", "contrast"):
        return "Make a finding of each share, with claims=ek.findings.compare(released, [(one, other)], words=..., times=True)."
    if statistic == "total":
        return "Make a finding of the share, and give it this: claims=[ek.findings.headcount(released, words=..., share=...)]."
    if statistic in ("odds ratio", "coefficient"):
        return (
            "Readers take odds ratios for ratios of shares. Work out the shares with ek.models.adjusted(model, ...), release them, and say "
            "those with ek.findings.compare(released, [(one, other)], words=..., times=True): difference and ratio beside the shares."
        )
    return "Use proportion(), or ek.models.adjusted() after a model of a yes or no (ek.models.logit)."


def _digest(released: Released, row: int, words: Words | None) -> str:
    """A short mark of what is said."""
    said = [released.estimate.provenance.data, str(row), *([] if words is None else [words.did, words.people, words.recall])]
    return blake2b("\n".join(said).encode(), digest_size=4).hexdigest()


def _claims(given: object) -> tuple[Claim, ...]:
    if not isinstance(given, Sequence) or isinstance(given, str) or not all(isinstance(one, Claim) for one in given):
        raise InputError(
            "claims= of a finding takes a list of Claims.",
            "Make them with ek.findings.compare(), ranked(), changed(), trending() or headcount().",
        )
    if any(one.direction == "blocked" for one in given):
        raise Refused("A claim is blocked: its rounds may not be set against each other.", "Say each round by itself.")
    return tuple(given)


def _check_parts(parts: Mapping[str, tuple[object, type]]) -> None:
    for name, (given, kind) in parts.items():
        if given is not None and not isinstance(given, kind):
            raise InputError(f"{name}= of a finding takes {_an(kind.__name__)}, not {_an(type(given).__name__)}.")


def _an(name: str) -> str:
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"
