"""brief: one page of findings for somebody who has to decide, with everything that must stand beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

from evidencekit.errors import InputError, how_many, one_of
from evidencekit.findings.claims import Claim
from evidencekit.findings.languages import (
    Catalogue,
    Figure,
    Language,
    Message,
    catalogue,
    joined,
    percentage,
    said,
    say,
    speaking,
    template,
)
from evidencekit.findings.modelled import by_areas
from evidencekit.findings.picturing import as_icons
from evidencekit.findings.register import Entry, Register
from evidencekit.findings.sentences import sentence_of
from evidencekit.findings.stating import Finding
from evidencekit.rendering.documents import Block, Box, Sheet, save

__all__ = ["Brief", "brief"]

MOST = 3
EFFICACY = ("solution", "help-seeking", "deterrence")
SCHEMA = "evidencekit.brief/1"
Drawn = Literal["icons", "dots", "gradient", "none"]


@dataclass(frozen=True, slots=True, repr=False)
class Brief:
    """What was written: the page, and beside it the record that every number of it can be traced to.

    Parameters
    ----------
    page, record : Path
        The document, and a JSON file beside it.
    notes : tuple of str
        What its author should know: that it is not in the language that was asked for, rules that findings do not keep.
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
    pictures: Mapping[str, Drawn] | None = None,
    language: Language = "en",
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
    pictures : mapping of str to {"icons", "dots", "gradient", "none"}, optional
        By the id of a finding, how it is drawn, as `Finding.picture` has it; "none" leaves the picture out. By default icons, which show
        one share best, and dots where a share is too near none or everyone for icons.
    language : str or Catalogue
        A code, ``"vi"``, or a Catalogue: `Words` and actions are in it (`also`), and `title`, `content_note`, `help`, `methods` and
        `contact` are typed in it. Where its templates are not checked, a warning and a note say so, and the page is English.

    Returns
    -------
    Brief

    Raises
    ------
    InputError
        Something is missing, too many findings, all of them about harm, too much text for a page, another kind of file, a picture of no
        finding or that a share cannot have, or a language that is not known or that words are not in.

    Notes
    -----
    Letters of pictures have 12 points on the page, never fewer: pictures are laid out anew for their place. Three findings stand in bands,
    words at the left and their picture at the right; caveats that all of them have are said once, below them. A page that is still too long
    is refused, with the findings that take most of it and what in each is long.

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
    kinds = _kinds(found, pictures)
    found_in, note = catalogue(language)
    speech = speaking(language) if note else found_in
    caveats = [find.caveats(language=speech) for find in found]
    shared = [one for one in caveats[0] if len(found) > 1 and all(one in others for others in caveats)]
    sheet = Sheet(
        title=title,
        language=speech.language,
        content_note=content_note,
        blocks=tuple(
            _block(find, speech, kind, name=f"finding {k} ({find.id})", aside=[one for one in beside if one not in shared])
            for k, (find, kind, beside) in enumerate(zip(found, kinds, caveats, strict=True), 1)
        ),
        aside=(say(said("All numbers on this page: {caveats}.", {"caveats": joined(shared, "; ")}), speech),) if shared else (),
        boxes=(
            *_actions(found, speech),
            Box(title=say(said("Where to find help"), speech), lines=(help,), strong=True),
            Box(title=say(said("How we know"), speech), lines=(*methods, *(say(line, speech) for line in _methods(found)))),
        ),
        footer=contact,
    )
    if isinstance(path, str | Path):
        _check_record(Path(path).with_suffix(".json"))
    page = save(sheet, path)
    record = page.with_suffix(".json")
    record.write_text(_record(sheet, found), encoding="utf-8")
    return Brief(page, record, (*([f"this page is {note}"] if note else []), *_open(found)))


def _check_record(record: Path) -> None:
    """Refuse to write over a file beside the page that is no record of a brief."""
    if not record.is_file():
        return
    if f'"schema": "{SCHEMA}"' not in record.read_text(encoding="utf-8", errors="replace"):
        raise InputError("Beside the page stands a .json file of its name that is no record of a brief.", "Give the page another name.")


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


def _kinds(found: Sequence[Finding], pictures: object) -> list[Drawn]:
    """How each finding is drawn, and a refusal of what is of no finding, or of no kind."""
    given = {} if pictures is None else pictures
    if not isinstance(given, Mapping):
        raise InputError("pictures= of a brief takes a mapping.", 'From the id of a finding to a kind: {find.id: "dots"}.')
    if not set(given) <= {one.id for one in found}:
        raise InputError("pictures= names an id that no finding of the brief has.", 'Take it from the finding: {find.id: "dots"}.')
    for kind in given.values():
        one_of("pictures", kind, get_args(Drawn))
    kinds: list[Drawn] = []
    for k, one in enumerate(found, 1):
        can = as_icons(one.released, one.row)
        if given.get(one.id) == "icons" and not can:
            raise InputError(f"The share of finding {k} ({one.id}) is too near none or everyone for icons.", 'Choose "dots".')
        kinds.append(given.get(one.id) or ("icons" if can else "dots"))
    return kinds


def _block(find: Finding, speech: Catalogue, kind: Drawn, *, name: str, aside: Sequence[str]) -> Block:
    picture = None if kind == "none" else find.picture(kind, bare=True, language=speech)
    headline = find.headline(language=speech)
    big = say(find.phrase.text if find.phrase else find.percent, speech)
    big = next((x for x in (big, f"{big[0].upper()}{big[1:]}") if x in headline), "")
    lines = (say(said("{sentence}.", {"sentence": find.interval_words(language=speech)}), speech), *find.beside(language=speech))
    return Block(heading=headline, big=big, lines=lines, picture=picture, aside=tuple(aside), name=name)


def _actions(found: Sequence[Finding], speech: Catalogue) -> list[Box]:
    lines = tuple(dict.fromkeys(say(sentence_of(one.action.line), speech) for one in found if one.action))
    return [Box(title=say(said("What should happen"), speech), lines=lines, strong=True)] if lines else []


_DRAWN = template("A probability sample of {whom}; {n} answers; {level} intervals; shown under {rules}.")
_AREAS = template("A model for small areas, from answers of {whom}; {n} answers; {level} intervals; shown under {rules}.")
_NOT_DRAWN = template("Not a probability sample: {inference} of {whom}; {n} answers; {level} intervals; shown under {rules}.")


def _methods(found: Sequence[Finding]) -> list[Message]:
    """Who was asked, how many answered, how intervals were made, by which rules numbers are shown: a sentence for each way."""
    ways: dict[tuple[str, ...], list[str]] = {}
    for one in found:
        est, rules = one.released.estimate, one.released.rules
        n = est.counts.n[one.row]
        known = est.provenance.population
        whom = (one.words.named(known) if one.words else known) or said("the population surveyed")
        way = (
            "small areas" if by_areas(est) else est.inference,
            whom,
            percentage(f"{100 * est.interval.level:.10g}"),
            f"{rules.name} {rules.version}",
        )
        ways.setdefault(way, []).append(Figure(round(n)) if n == n else said("a number that is not shown"))
    return [_way(way, list(dict.fromkeys(many))) for way, many in ways.items()]


def _way(way: tuple[str, ...], many: list[str]) -> Message:
    inference, whom, level, rules = way
    count = many[0]
    for more in many[1:]:
        count = said("{one} and {other}", {"one": count, "other": more})
    slots = {"whom": whom, "n": count, "level": level, "rules": rules}
    if inference == "small areas":
        return said(_AREAS, slots)
    return said(_DRAWN, slots) if inference == "probability" else said(_NOT_DRAWN, {"inference": inference, **slots})


def _open(found: Sequence[Finding]) -> list[str]:
    """Rules that are not kept; those of an action only where there is one."""
    rules = [(one, rule) for one in found for rule in one.check().open if one.action or not rule.rule.startswith("A")]
    return [f'{one.id} ("{one.headline()}"): {rule.rule} is open: {rule.asks}. {rule.do}' for one, rule in rules]


def _record(sheet: Sheet, found: Sequence[Finding]) -> str:
    """Everything that stands on the page with its findings, so that each number can be traced."""
    record: dict[str, Any] = {
        "schema": SCHEMA,
        "title": sheet.title,
        "language": sheet.language,
        "said": [[block.heading, *block.lines, *block.aside, block.picture.alt if block.picture else ""] for block in sheet.blocks],
        "beside": list(sheet.aside),
        "boxes": [[box.title, *box.lines] for box in sheet.boxes],
        "findings": [json.loads(one.to_json()) for one in found],
        "register": json.loads(Register(_entries(found)).to_json()),
    }
    return json.dumps(record, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _of_claim(claim: Claim, find: Finding) -> Entry:
    """A claim is of the place of its finding, and of its time unless it is of several rounds."""
    basis, rounds = find.basis, claim.kind in ("change", "trend")
    return claim.entry() if basis is None else replace(claim.entry(), place=basis.place, time="" if rounds else basis.time)


def _entries(found: Sequence[Finding]) -> tuple[Entry, ...]:
    """The register of the page: its findings and their claims, each once."""
    entries = [entry for one in found for entry in (one.entry(), *(_of_claim(claim, one) for claim in one.claims))]
    return tuple({entry.id: entry for entry in entries}.values())
