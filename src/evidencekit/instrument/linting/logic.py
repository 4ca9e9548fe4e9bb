"""Rules about expressions: what cannot be read, what is not there, what goes round in circles, codes that no list has."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evidencekit.errors import InputError
from evidencekit.instrument.expressions import Context, Numbers, truth
from evidencekit.instrument.expressions.functions import EVALUABLE, FUNCTIONS
from evidencekit.instrument.expressions.nodes import Call, Column, Path
from evidencekit.instrument.expressions.nodes import walk as nodes
from evidencekit.instrument.expressions.values import number_of, text_of
from evidencekit.instrument.items import Group, Item, Texts, walk
from evidencekit.instrument.linting.findings import LintFinding, error, warning
from evidencekit.instrument.linting.looking import Look
from evidencekit.instrument.or_other import OTHER, with_or_other

__all__ = [
    "circles",
    "codes_of_lists",
    "functions",
    "later_references",
    "missing_codes_in_range",
    "number_limits",
    "unknown_references",
    "unreadable",
]

# Functions of ODK and SurveyCTO that need more than the answers of one form.
_ON_THE_DEVICE = frozenset(
    {
        "indexed-repeat", "count", "count-non-empty", "position", "last", "instance", "current", "once", "pulldata", "pull-data", "uuid",
        "random", "randomize", "jr:choice-name", "jr:itext", "area", "distance", "digest", "base64-decode", "extract-signed", "geofence",
        "intersects", "enclosed-area", "weighted-checklist", "checklist", "join", "substring", "substring-before", "substring-after",
        "translate", "upper-case", "lower-case", "log", "log10", "exp", "exp10", "pi", "sin", "cos", "tan", "asin", "acos", "atan", "atan2",
        "ceiling", "floor", "boolean-from-string", "version", "property", "lang", "id", "local-name", "name", "namespace-uri",
        "decimal-time", "time", "format-number", "duration", "count-if", "sum-if", "min-if", "max-if", "join-if", "index", "rank-index",
        "rank-index-if", "rank-value", "rank-value-if", "item-at", "item-count", "item-index", "item-present", "number-of-items",
        "choice-label", "linebreak", "plug-in-metadata", "de-duplicate", "hash", "empty", "lower", "upper", "relevant", "distance-between",
        "short-geopoint", "geo-scatter", "phone-call-log", "phone-call-duration", "collect-is-phone-app", "device-info", "username",
    }
)  # fmt: skip
_IN_TEXT = re.compile(r"\$\{\s*(?:last-saved#)?([^\s{}]+)\s*\}")


def unreadable(look: Look) -> Iterator[LintFinding]:
    """What this library cannot read, the device may read in its own way or refuse on the day of the interview."""
    for written in look.written:
        if written.made is None:
            what = f"The {written.sort} of {written.name!r} cannot be read. {written.trouble}"
            yield error("unreadable-expression", written.name, what, "Compare brackets, quotes and signs.")


def functions(look: Look) -> Iterator[LintFinding]:
    """A function that does not exist, or that gets too few arguments, stops the form on the device."""
    for written, made in look.read:
        calls = [node for node in nodes(made.tree) if isinstance(node, Call)]
        for name in dict.fromkeys(call.name for call in calls if call.name not in EVALUABLE | _ON_THE_DEVICE):
            what = f"The {written.sort} of {written.name!r} uses {name}(), which XLSForm does not have."
            yield error("unknown-function", written.name, what, "Look for its name in the list of functions of ODK or SurveyCTO.")
        for call in calls:
            _, fewest, most = FUNCTIONS.get(call.name, (None, 0, len(call.arguments)))
            if not fewest <= len(call.arguments) <= most and not any(isinstance(node, Path) for node in call.arguments):
                what = f"The {written.sort} of {written.name!r} gives {call.name}() {len(call.arguments)} arguments."
                yield error("wrong-arguments", written.name, what, f"It takes {fewest if fewest == most else f'{fewest} or more'}.")


def unknown_references(look: Look) -> Iterator[LintFinding]:
    """A question that is not in the form has no answer, so what depends on it never comes, or always does."""
    for written, made in look.read:
        for name in made.names:
            if name not in look.place:
                what = f"The {written.sort} of {written.name!r} speaks of {name!r}, which is not in the form."
                yield error("unknown-reference", written.name, what, "Compare the spelling, or take the reference out.")
        if written.sort == "relevance" and any(isinstance(node, Column) for node in nodes(made.tree)):
            what = f"The relevance of {written.name!r} has a name without ${{}}."
            yield error("unknown-reference", written.name, what, "Write ${name} for a question, and quotes around a text.")
    shown = [(part.name, f"label of {part.name!r}", _texts(part.label)) for part in look.parts]
    for choices in look.form.lists:
        labels = tuple(text for option in choices.listed for text in _texts(option.label))
        shown.append((choices.name, f"list {choices.name!r}", labels))
    for owner, where, texts in shown:
        for name in dict.fromkeys(name for text in texts for name in _IN_TEXT.findall(text) if name not in look.place):
            what = f"The {where} shows the answer to {name!r}, which is not in the form."
            yield error("unknown-reference", owner, what, "Compare the spelling, or take the reference out.")


def _texts(label: Texts) -> tuple[str, ...]:
    return (label,) if isinstance(label, str) else tuple(label.values())


def later_references(look: Look) -> Iterator[LintFinding]:
    """A question that comes later is blank when it is looked at: skip logic on it skips wrongly."""
    for written, made in look.read:
        for name in made.names:
            if written.sort != "calculation" and look.place.get(name, -1) > written.place:
                what = f"The {written.sort} of {written.name!r} depends on {name!r}, which comes later."
                yield error("later-reference", written.name, what, f"Move {name!r} before it.")


def circles(look: Look) -> Iterator[LintFinding]:
    """What depends on itself has no answer: the device refuses the form, or loops."""
    leads: dict[str, dict[str, None]] = {}
    for written, made in look.read:
        if written.sort in ("relevance", "calculation"):
            part = look.parts[written.place]
            inside = [inner.name for inner, _ in walk(part.items)] if isinstance(part, Group) else []
            for name in (written.name, *inside):
                leads.setdefault(name, {}).update(dict.fromkeys(made.names))
    done: set[str] = set()
    for start in leads:
        if start not in done and (circle := _circle(start, leads, done)):
            what = f"What is asked goes round in a circle: {' -> '.join(circle)}."
            yield error("circular", circle[0], what, "Let one of them depend on something else.")


def _circle(start: str, leads: dict[str, dict[str, None]], done: set[str]) -> list[str]:
    """The first circle that a walk from a name meets; names that were left behind are done."""
    path = [start]
    ways = [iter(leads.get(start, ()))]
    on_path = {start}
    while ways:
        after = next(ways[-1], None)
        if after is None:
            ways.pop()
            name = path.pop()
            on_path.discard(name)
            done.add(name)
        elif after in on_path:
            done |= on_path
            return [*path[path.index(after) :], after]
        elif after not in done and after in leads:
            path.append(after)
            on_path.add(after)
            ways.append(iter(leads[after]))
    return []


def codes_of_lists(look: Look) -> Iterator[LintFinding]:
    """Skip logic on a code that no option has is never true: neither pyxform nor ODK Validate says so, and a section is lost."""
    for written, made in look.read:
        for name, code in made.tests:
            item = look.items.get(written.name if name == "." else name)
            if item is None or item.choices is None or not code or (code == OTHER and with_or_other(item)):
                continue
            if _as_code(code) not in {_as_code(known) for known in item.choices.codes}:
                what = f"The {written.sort} of {written.name!r} tests {item.name!r} for a code that its list {item.choices.name!r} has not."
                yield error("code-not-in-list", written.name, what, "Compare the codes of the list; names differ by every letter.")


def _as_code(code: str) -> str:
    number = number_of(code)
    return text_of(number) if number == number else code


def missing_codes_in_range(look: Look) -> Iterator[LintFinding]:
    """A code for "I do not know" that could be an answer as well (18 as an age) makes ages of refusals."""
    for item in look.asked:
        if item.kind not in ("integer", "decimal") or not item.constraint:
            continue
        made = next((m for w, m in look.read if w.name == item.name and w.sort == "constraint"), None)
        if made is None or made.not_evaluable or made.names:
            continue
        codes = [code for code in item.missing if number_of(code) == number_of(code) and _taken(item, code)]
        if codes:
            what = f"Missing codes of {item.name!r} that lie within its limits, so that they may be answers: {len(codes)}."
            yield error("missing-code-in-range", item.name, what, "Use codes that no answer can have, such as -98 and -99.")


def _taken(item: Item, code: str) -> bool:
    """Whether the constraint of an item takes a code as an answer."""
    import numpy as np

    from evidencekit.instrument.expressions import parse

    here = Numbers(np.array(number_of(code)))
    try:
        return bool(truth(parse(item.constraint), Context(lambda _: here, here=item.name)).yes)
    except InputError:
        return False


def number_limits(look: Look) -> Iterator[LintFinding]:
    """A number without limits takes 170 as an age and a telephone number as a count."""
    for item in look.asked:
        if item.kind in ("integer", "decimal") and not item.constraint and item.other.get("type", "") != "range":
            what = f"Number {item.name!r} has no constraint."
            yield warning("no-limits", item.name, what, 'Say which answers can be, such as constraint=". >= 0 and . <= 30".')
