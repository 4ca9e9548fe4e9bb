"""Rules that protect those who answer: consent, a way out, privacy, distress, referral, and what identifies."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evidencekit.instrument.devices import OF_THE_DEVICE
from evidencekit.instrument.items import Group, Item, walk
from evidencekit.instrument.linting.findings import LintFinding, error, warning
from evidencekit.instrument.linting.identifying_words import identifies, of_birth
from evidencekit.instrument.linting.looking import Look
from evidencekit.missingness import Missing

__all__ = [
    "consent_closes",
    "consent_first",
    "date_of_birth",
    "direct_identifiers",
    "distress",
    "free_text",
    "privacy",
    "purposes",
    "referral",
    "roles",
    "way_out",
]

_BEFORE_CONSENT = ("design", "privacy", "consent")  # who asks, where, and whether they can talk
_NOT_CLOSED = (*_BEFORE_CONSENT, "distress", "referral")  # help is offered to those who do not take part, too


def roles(look: Look) -> Iterator[LintFinding]:
    """Rules about sensitive questions can see only what is marked: a form without any role passes them all and is not safe for that."""
    if look.asked and not any(item.role for item in look.form.questions):
        yield warning(
            "no-roles",
            "",
            "No item has a role, so it cannot be seen which questions are sensitive and how they are protected.",
            'Give role= to items: "sensitive", "quasi-identifier", "consent", "privacy", "distress", "referral", "design".',
        )


def consent_first(look: Look) -> Iterator[LintFinding]:
    """Nobody is asked anything before they agreed; only who asks, where, and whether one can talk freely may come earlier."""
    consents = look.of_role("consent")
    if not look.asked:
        return
    if not consents:
        near = min((item.name for item in look.asked if re.search("consent|assent", item.name.casefold())), key=len, default="")
        remedy = f'Give item {near!r} role="consent" if it is that.' if near else 'Ask for it first, with role="consent".'
        yield error("consent-first", near, "No item is marked as the one that asks for consent.", remedy)
        return
    early = [item for item in look.asked if look.before(item, consents[0]) and item.role not in _BEFORE_CONSENT]
    if early:
        more = f" and {len(early) - 1} more" if len(early) > 1 else ""
        what = f"Item {early[0].name!r}{more} is asked before consent."
        yield error("consent-first", early[0].name, what, 'Move it behind the consent, or give it role="design" if nobody answers it.')


def consent_closes(look: Look) -> Iterator[LintFinding]:
    """A consent that closes nothing is a formality: whoever says no must not be asked on."""
    consents = {item.name for item in look.of_role("consent")}
    if not consents:
        return
    leads = _leads(look)
    open_: list[Item] = []
    for part, within in walk(look.form.items):
        if not isinstance(part, Item) or not part.asked or part.role in _NOT_CLOSED:
            continue
        if look.place[part.name] < min(look.place[name] for name in consents):
            continue
        named = {name for of in (part, *within) for name in leads.get((of.name, isinstance(of, Group)), ())}
        if not _reaches(named, consents, leads):
            open_.append(part)
    if open_:
        what = f"Items that are asked whatever the answer to the consent was: {len(open_)}."
        remedy = f"Let their relevance, or that of their group, depend on it: ${{{sorted(consents)[0]}}} = ..."
        yield error("consent-closes", open_[0].name, what, remedy)


def _leads(look: Look) -> dict[tuple[str, bool], tuple[str, ...]]:
    """The names that the relevance or calculation of a part speaks of, by name and whether it is a group."""
    found: dict[tuple[str, bool], tuple[str, ...]] = {}
    for written, made in look.read:
        if written.sort in ("relevance", "calculation"):
            key = (written.name, isinstance(look.parts[written.place], Group))
            found[key] = (*found.get(key, ()), *made.names)
    return found


def _reaches(names: set[str], wanted: set[str], leads: dict[tuple[str, bool], tuple[str, ...]]) -> bool:
    """Whether names lead to some of those wanted, through what they depend on themselves."""
    seen: set[str] = set()
    todo = list(names)
    while todo:
        name = todo.pop()
        if name in wanted:
            return True
        if name not in seen:
            seen.add(name)
            todo.extend(leads.get((name, False), ()))
    return False


def way_out(look: Look) -> Iterator[LintFinding]:
    """Nobody is forced to answer a sensitive question: it can be refused, or left blank."""
    for item in look.of_role("sensitive"):
        forced = item.required or "required" in item.other
        if item.asked and forced and Missing.REFUSED not in item.missing.values():
            what = f"Sensitive item {item.name!r} must be answered and cannot be refused."
            remedy = "Add an option of the kind ek.Missing.REFUSED, or let it be left blank (required=False)."
            yield error("way-out", item.name, what, remedy)


def privacy(look: Look) -> Iterator[LintFinding]:
    """Someone who listens makes answers false and dangerous: before the first sensitive question it is checked that nobody does."""
    yield from _needed(look, "privacy", "privacy-check", "that nobody else can hear or read the answers", first=True)


def distress(look: Look) -> Iterator[LintFinding]:
    """Interviewers note whether the respondent was upset, so that someone looks after them and the questions can be judged."""
    yield from _needed(look, "distress", "distress", "whether the respondent was upset", first=False)


def referral(look: Look) -> Iterator[LintFinding]:
    """Whoever tells of harm is offered help: a survey that asks and goes away leaves children alone with it."""
    yield from _needed(look, "referral", "referral", "whether the respondent wants to be put in touch with help", first=False)


def _needed(look: Look, role: str, rule: str, that: str, *, first: bool) -> Iterator[LintFinding]:
    """An item of a role is there when anything is sensitive, and comes before it when it has to."""
    sensitive, found = look.of_role("sensitive"), look.of_role(role)
    if not sensitive:
        return
    if not found:
        yield error(rule, "", f"The form asks sensitive questions, and no item says {that}.", f'Add one with role="{role}".')
    elif first and look.before(sensitive[0], found[0]):
        what = f"Sensitive item {sensitive[0].name!r} is asked before item {found[0].name!r} says {that}."
        yield error(rule, sensitive[0].name, what, f"Move {found[0].name!r} before it.")


def direct_identifiers(look: Look) -> Iterator[LintFinding]:
    """What names a person or their device is kept apart from answers or not collected: a lost tablet must not name a child."""
    for item in look.form.questions:
        kind = item.other.get("type", item.name).lower() if item.kind == "metadata" else ""
        apart = "Leave it out, or keep it in a file of its own under a key."
        if item.role == "direct-identifier":
            yield warning("direct-identifier", item.name, f"Item {item.name!r} identifies the respondent.", apart)
        elif kind in OF_THE_DEVICE:
            yield error("direct-identifier", item.name, f"Item {item.name!r} records the {kind} of the device or its user.", apart)
        elif item.kind == "place" or kind in ("start-geopoint", "background-geopoint"):
            what = f"Item {item.name!r} records a position."
            yield error("direct-identifier", item.name, what, "Record an area instead, or drop decimals.")
        elif item.kind in ("text", "integer", "calculate") and item.role is None and identifies(item):
            remedy = f'{apart} If it does not identify anyone, give it another role, such as "free-text".'
            yield error("direct-identifier", item.name, f"Item {item.name!r} seems to hold what identifies a person.", remedy)


def date_of_birth(look: Look) -> Iterator[LintFinding]:
    """A date of birth nearly names a person in a village; an age in years serves every table."""
    for item in look.asked:
        if item.kind in ("date", "datetime") and of_birth(item):
            what = f"Item {item.name!r} asks for a date of birth."
            yield warning("date-of-birth", item.name, what, "Ask for the age in completed years, or for month and year at most.")


def free_text(look: Look) -> Iterator[LintFinding]:
    """People write names into free texts: they are marked, so that they are read by few and released by nobody."""
    texts = [item for item in look.asked if item.kind == "text"]
    remedy = 'Give it role="free-text", or choices instead.'
    if len(texts) > 1 and not any(item.role for item in texts):
        what = f"None of the {len(texts)} items that take any text has a role."
        yield warning("free-text-role", texts[0].name, what, remedy.replace("it ", "each ", 1))
        return
    for item in texts:
        if item.role is None:
            yield warning("free-text-role", item.name, f"Item {item.name!r} takes any text and has no role.", remedy)


def purposes(look: Look) -> Iterator[LintFinding]:
    """What no indicator and no step of the survey needs is not asked: every question costs trust, and every answer must be guarded."""
    open_ = [item for item in look.asked if item.role not in _NOT_CLOSED]
    remedy = "Name the indicator or step in purpose=, or leave the question out."
    if len(open_) > 1 and not any(item.purpose for item in open_):
        yield warning("no-purpose", open_[0].name, f"None of {len(open_)} items says what it is for.", remedy)
        return
    for item in open_:
        if not item.purpose:
            yield warning("no-purpose", item.name, f"Item {item.name!r} does not say what it is for.", remedy)
