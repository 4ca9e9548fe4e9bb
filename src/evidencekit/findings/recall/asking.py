"""The two forms of a recall test: the sitting at which a page is read, and the one a day or three later."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from evidencekit.errors import InputError
from evidencekit.findings.recall.nearest import nearest
from evidencekit.findings.recall.questions import follow_up_items, reading_items
from evidencekit.findings.stating import Finding
from evidencekit.findings.telling import whom
from evidencekit.findings.wording import Words
from evidencekit.instrument import Instrument

__all__ = ["Forms", "forms"]

SHORTEST, LONGEST = 24, 72  # hours between the two sittings


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Forms:
    """The forms of a recall test. Made by `forms`; change their words as those of any Instrument.

    Parameters
    ----------
    reading : Instrument
        For the sitting at which the page is read. It holds no number of the finding.
    follow_up : Instrument
        For the sitting after 24 to 72 hours.
    inside : str
        The code of question ``nearest`` that lies inside the interval. It stands in neither form: who asks should not know it.
    options : tuple of str
        What that question offers, in the order shown.
    """

    reading: Instrument
    follow_up: Instrument
    inside: str
    options: tuple[str, ...]

    def save(self, folder: str | Path) -> tuple[Path, Path]:
        """Write both as XLSForms, ``recall_reading.xlsx`` and ``recall_follow_up.xlsx``, into a folder that is there."""
        return tuple(form.to_xlsform(Path(folder) / f"{form.name}.xlsx") for form in (self.reading, self.follow_up))  # type: ignore[return-value]

    def __repr__(self) -> str:
        return f"Forms of a recall test for adults\n  {self.reading!r}\n  {self.follow_up!r}, {SHORTEST} to {LONGEST} hours later"


def forms(find: Finding, *, seed: int, contact: str, help: str, about: str = "", version: str = "1") -> Forms:
    """The forms of a recall test of a finding, for adults: staff, professionals, caregivers.

    Parameters
    ----------
    find : Finding
        The finding that the page tells, with an interval.
    seed : int
        A whole number of 0 or more: the order of the options of ``nearest``.
    contact : str
        Whom those who take part can ask, or complain to.
    help : str
        Where there is help, for a reader who needs it: a help-line and when it answers.
    about : str, optional
        What the number is of, without a number: ``"how many girls were sent unwanted messages"``. Made of the finding's `Words` by default.
    version : str
        Of both forms.

    Returns
    -------
    Forms

    Raises
    ------
    InputError
        The finding has no interval, or no words where there is no `about`; something is empty; `about` holds a number; or no fraction
        fits the interval.

    Notes
    -----
    Who takes part is told by a number on a card; neither form asks for a name. Under 18, or without consent, nothing is asked. No question
    must be answered. "I do not remember" is an answer; "I would rather not say" is missing. Both forms note when they were started, so that
    the hours between them can be seen. The follow-up asks for the number before it shows any; its pages go one way on the web, and on a
    tablet going back should be switched off. The questions are in English: translate the forms as any other, and have them translated back.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu", population="children 12-17")
    >>> words = ek.findings.Words(did="were sent unwanted messages", people="children aged 12-17")
    >>> find = ek.finding(ek.release(ek.proportion(survey, "any_contact_unwanted")), words=words)
    >>> made = ek.findings.recall.forms(find, seed=1, contact="the trainer", help="Helpline: 000.")
    >>> made
    Forms of a recall test for adults
      Instrument('recall_reading', version 1, 11 items)
      Instrument('recall_follow_up', version 1, 16 items), 24 to 72 hours later
    >>> made.follow_up.item("remembers").label[""]
    'The page gave a number: how many children aged 12-17 were sent unwanted messages. Do you remember the number?'
    """
    near = nearest(find, seed=seed)
    for name, given in (("contact", contact), ("help", help)):
        if not isinstance(given, str) or not given.strip():
            raise InputError(f"forms() needs {name}=.", _WHY[name])
    if not isinstance(about, str) or not isinstance(version, str):
        raise InputError("about= and version= are texts.")
    # The slots of Words hold no number but ages and times, which would give away what is asked.
    number_of = Words(did=about).did if about.strip() else _about(find)
    days = f"in {SHORTEST // 24} to {LONGEST // 24} days"
    style = {"style": "pages"}
    reading = Instrument(
        "recall_reading", reading_items(days, contact.strip(), help.strip()), title="Reading a page", version=version, other=style
    )
    follow_up = Instrument(
        "recall_follow_up",
        follow_up_items(number_of, near, contact.strip(), help.strip()),
        title="What is remembered of a page",
        version=version,
        other=style,
    )
    return Forms(reading=reading, follow_up=follow_up, inside=str(near.inside + 1), options=near.options)


_WHY = {
    "contact": "Whoever takes part must know whom to ask, or to complain to.",
    "help": "A reader may need help: name a help-line, and when it answers.",
}


def _about(find: Finding) -> str:
    """What the number is of, in the words of the finding, which hold no number but ages and times."""
    if find.words is None:
        raise InputError("The finding has no words for the question which number it was.", 'Pass about="how many ...".')
    return " ".join(x for x in ("how many", whom(find.released, find.row, find.words), find.words.did, find.words.recall) if x)
