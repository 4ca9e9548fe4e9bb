"""brief: one page of findings for somebody who has to decide, with everything that must stand beside them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evidencekit.errors import InputError, how_many
from evidencekit.findings.picturing import as_icons
from evidencekit.findings.register import Entry, Register
from evidencekit.findings.sentences import sentence_of
from evidencekit.findings.stating import Finding
from evidencekit.rendering.documents import Block, Box, Sheet, save

__all__ = ["Brief", "brief"]

MOST = 3
EFFICACY = ("solution", "help-seeking", "deterrence")
SCHEMA = "evidencekit.brief/1"


@dataclass(frozen=True, slots=True, repr=False)
class Brief:
    """What was written: the page, and beside it the record that every number of it can be traced to.

    Parameters
    ----------
    page, record : Path
        The document, and a JSON file beside it.
    notes : tuple of str
        What its author should know: rules that findings do not keep.
    """

    page: Path
    record: Path
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return "\n".join([f"Brief: {self.page.name}, with its record {self.record.name}", *(f"  note: {one}" for one in self.notes)])


def brief(
    findings: Sequence[Finding],
    path: str | Path,
    *,
    title: str,
    content_note: str,
    help: str,
    methods: Sequence[str] = (),
    contact: str = "",
) -> Brief:
    """Write one page: at most three headlines with their pictures, what should happen, how it is known, and where there is help.

    Parameters
    ----------
    findings : sequence of Finding
        One to three, with `Words`. At least one is about a solution, help-seeking or deterrence: harm does not stand alone.
    path : str or Path
        Ends in ``.docx``, ``.html`` or ``.pptx``. The record is written beside it, as ``.json``.
    title : str
        Of the page.
    content_note : str
        What a reader should know before reading: that the page is about harm to children.
    help : str
        Where there is help, for a reader who needs it: a help-line and when it answers.
    methods : sequence of str
        Sentences on who was asked, how and when. How many answered, of whom, the intervals and how they were made come by themselves.
    contact : str
        Whom to ask, at the foot of the page.

    Returns
    -------
    Brief

    Raises
    ------
    InputError
        Something is missing, too many findings, all of them about harm, too much text for a page, or another kind of file.

    Examples
    --------
    >>> import evidencekit as ek, tempfile, pathlib
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu", population="children 12-17 in Lumora")
    >>> words = ek.findings.Words(did="were online every day", topic="solution")
    >>> find = ek.finding(ek.release(ek.proportion(survey, "internet_daily")), words=words)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page = pathlib.Path(folder, "brief.html")
    ...     made = ek.brief([find], page, title="Online", content_note="About children online.", help="Helpline: 000.")
    >>> made.page.name, made.record.name
    ('brief.html', 'brief.json')
    """
    found = _checked(findings)
    for name, given in (("title", title), ("content_note", content_note), ("help", help)):
        if not isinstance(given, str) or not given.strip():
            raise InputError(f"A brief needs its {name}=.", _WHY[name])
    if isinstance(methods, str) or not isinstance(methods, Sequence):
        raise InputError("methods= takes a list of sentences.")
    sheet = Sheet(
        title=title,
        language="en",
        content_note=content_note,
        blocks=tuple(_block(find) for find in found),
        boxes=(
            *_actions(found),
            Box(title="Where to find help", lines=(help,), strong=True),
            Box(title="How we know", lines=(*methods, *_methods(found))),
        ),
        footer=contact,
    )
    page = save(sheet, path)
    record = page.with_suffix(".json")
    record.write_text(_record(sheet, found), encoding="utf-8")
    return Brief(page, record, tuple(_open(found)))


_WHY = {
    "title": "A reader has to know what the page is about.",
    "content_note": "Say before anything else that it is about harm to children, in plain words.",
    "help": "A reader may need help: name a help-line, and when it answers.",
}


def _checked(findings: object) -> tuple[Finding, ...]:
    if isinstance(findings, Finding):
        raise InputError("brief() takes a list of findings.", "brief([find], ...).")
    if not isinstance(findings, Sequence) or not all(isinstance(one, Finding) for one in findings):
        raise InputError("brief() takes a list of Findings.", "Make each with ek.finding(ek.release(...), ...).")
    found: tuple[Finding, ...] = tuple(findings)
    if not 1 <= len(found) <= MOST:
        raise InputError(
            f"A brief has one to three findings, and {how_many(len(found), 'was', 'were')} given.", "Choose those that ask for action."
        )
    if any(one.words is None for one in found):
        raise InputError(
            "A finding in a brief is told in words.", "Pass words=ek.findings.Words(did=..., people=..., topic=...) to finding()."
        )
    if len({one.id for one in found}) < len(found):
        raise InputError("The same finding is in the brief twice.", "Leave one of them out.")
    if not any(one.topic in EFFICACY for one in found):
        raise InputError(
            "A brief is never about harm alone: none of its findings is about a solution, help-seeking or deterrence.",
            "Add one of those; readers who see only harm turn away.",
        )
    return found


def _block(find: Finding) -> Block:
    picture = find.picture("icons" if as_icons(find.released, find.row) else "dots", bare=True)
    headline = find.headline()
    big = find.phrase.text if find.phrase else find.percent
    big = next((x for x in (big, f"{big[0].upper()}{big[1:]}") if x in headline), "")
    return Block(heading=headline, big=big, lines=(f"{find.interval_words()}.", *find.said_beside), picture=picture, aside=find.caveats())


def _actions(found: Sequence[Finding]) -> list[Box]:
    lines = tuple(dict.fromkeys(sentence_of(one.action.line) for one in found if one.action))
    return [Box(title="What should happen", lines=lines, strong=True)] if lines else []


def _methods(found: Sequence[Finding]) -> list[str]:
    """Who was asked, how many answered, how intervals were made, by which rules numbers are shown: a sentence for each way."""
    ways: dict[tuple[str, ...], list[str]] = {}
    for one in found:
        est, rules = one.released.estimate, one.released.rules
        n = est.counts.n[one.row]
        whom = est.provenance.population or "the population surveyed"
        how = "a probability sample" if est.inference == "probability" else f"not a probability sample: {est.inference}"
        way = (f"{how} of {whom}", f"{est.interval.level:.0%} intervals", f"shown under {rules.name} {rules.version}")
        ways.setdefault(way, []).append(f"{n:,.0f}" if n == n else "a number that is not shown")
    return [sentence_of(f"{way[0]}; {' and '.join(dict.fromkeys(many))} answers; {'; '.join(way[1:])}") for way, many in ways.items()]


def _open(found: Sequence[Finding]) -> list[str]:
    """Rules that are not kept; those of an action only where there is one."""
    rules = [(one, rule) for one in found for rule in one.check().open if one.action or not rule.rule.startswith("A")]
    return [f"{one.id}: {rule.rule} is open: {rule.asks}. {rule.do}" for one, rule in rules]


def _record(sheet: Sheet, found: Sequence[Finding]) -> str:
    """Everything that stands on the page with its findings, so that each number can be traced."""
    record: dict[str, Any] = {
        "schema": SCHEMA,
        "title": sheet.title,
        "language": sheet.language,
        "said": [[block.heading, *block.lines, *block.aside, block.picture.alt if block.picture else ""] for block in sheet.blocks],
        "boxes": [[box.title, *box.lines] for box in sheet.boxes],
        "findings": [json.loads(one.to_json()) for one in found],
        "register": json.loads(Register(_entries(found)).to_json()),
    }
    return json.dumps(record, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _entries(found: Sequence[Finding]) -> tuple[Entry, ...]:
    """The register of the page: its findings and their claims, each once."""
    entries = [entry for one in found for entry in (one.entry(), *(claim.entry() for claim in one.claims))]
    return tuple({entry.id: entry for entry in entries}.values())
