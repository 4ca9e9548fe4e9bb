"""Rules about lists of choices and names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from evidencekit.instrument.items import Choices
from evidencekit.instrument.linting.findings import LintFinding, error, warning
from evidencekit.instrument.linting.looking import Look
from evidencekit.instrument.proposing import said_by
from evidencekit.instrument.xlsform import known_type

__all__ = [
    "duplicate_codes",
    "duplicate_names",
    "joint_missing",
    "no_list",
    "twin_labels",
    "unknown_types",
    "unmarked_missing",
    "usable_codes",
    "usable_names",
]

_SELECTIONS = ("select_one", "select_multiple", "rank")
_NAME = re.compile(r"[^\W\d][\w.\-]*")


def no_list(look: Look) -> Iterator[LintFinding]:
    """A selection without its list shows nothing to choose from; a list in a file or from another question is fine."""
    for item in look.form.questions:
        kind = item.other.get("type", "")
        if item.kind in _SELECTIONS and item.choices is None and "file" not in kind and "${" not in kind:
            what = f"The list of choices of {item.name!r} is not in the form."
            yield error("no-list", item.name, what, "Add the list, or correct its name.")


def duplicate_codes(look: Look) -> Iterator[LintFinding]:
    """Two options with one code cannot be told apart in the data, unless a choice filter never shows both."""
    filtered = {item.choices.name for item in look.form.questions if item.choices and "choice_filter" in item.other}
    for choices in look.form.lists:
        twice = _twice(choices, by_columns=choices.name in filtered)
        if twice:
            what = f"Codes of the list {choices.name!r} that stand twice: {twice}."
            yield error("duplicate-code", choices.name, what, "Give each option a code of its own.")


def _twice(choices: Choices, *, by_columns: bool) -> int:
    seen = Counter((option.code, *(sorted(option.other.items()) if by_columns else ())) for option in choices.listed)
    return sum(count > 1 for count in seen.values())


def twin_labels(look: Look) -> Iterator[LintFinding]:
    """Two options that read alike cannot be told apart by whoever is asked, nor by whoever reads a table of labels."""
    filtered = {item.choices.name for item in look.form.questions if item.choices and "choice_filter" in item.other}
    for choices in look.form.lists:
        seen: Counter[tuple[str, ...]] = Counter()
        for option in {option.code: option for option in choices.listed}.values():
            labels = {"": option.label} if isinstance(option.label, str) else option.label
            by = tuple(f"{column}={text}" for column, text in sorted(option.other.items())) if choices.name in filtered else ()
            seen.update((language, " ".join(text.casefold().split()), *by) for language, text in labels.items() if text.strip())
        twice = len({key[1:] for key, count in seen.items() if count > 1})
        if twice:
            what = f"Labels of the list {choices.name!r} that two options have: {twice}."
            yield warning("twin-labels", choices.name, what, "Give each option a text of its own, or leave one out.")


def usable_codes(look: Look) -> Iterator[LintFinding]:
    """Answers to a question with several are written with a space between: a code that holds one falls apart."""
    for choices in {item.choices.name: item.choices for item in look.form.questions if item.choices and item.kind != "select_one"}.values():
        if split := sum(len(code.split()) != 1 for code in choices.codes):
            what = f"Codes with a space in the list {choices.name!r}, which is for several answers: {split}."
            yield error("code-with-space", choices.name, what, "Put an underscore instead.")


def joint_missing(look: Look) -> Iterator[LintFinding]:
    """One code for "don't know / refused": a refusal and not knowing mean different things and cannot be told apart any more."""
    for choices in look.form.lists:
        kinds: dict[str, set[str]] = {}
        for option in choices.listed:
            found = kinds.setdefault(option.code, set())
            found |= said_by(option)
            found |= {option.missing} if option.missing else set()
        joint = [code for code, found in kinds.items() if len(found) > 1]
        if joint:
            what = f"Codes of the list {choices.name!r} that stand for two kinds of missing answer: {len(joint)}."
            yield error("joint-missing", choices.name, what, "Give each kind an option and a code of its own.")


def unmarked_missing(look: Look) -> Iterator[LintFinding]:
    """A "don't know" that is not marked as such is counted as an answer."""
    for choices in look.form.lists:
        found = [option for option in choices.listed if option.missing is None and said_by(option)]
        if found:
            what = f"Options of the list {choices.name!r} that say the answer is missing and are not marked so: {len(found)}."
            yield warning("unmarked-missing", choices.name, what, "See ek.instrument.propose_missing(form), and apply it by with_missing.")


def duplicate_names(look: Look) -> Iterator[LintFinding]:
    """Exports often leave the groups out of column names: two items of one name then share a column, or get numbers nobody foresaw."""
    names = Counter(item.name.casefold() for item in look.form.questions)
    for name in dict.fromkeys(item.name for item in look.form.questions if names[item.name.casefold()] > 1):
        what = f"Several items in different groups are called {name!r}, capitals aside."
        yield warning("duplicate-name", name, what, "Give each a name of its own.")


def usable_names(look: Look) -> Iterator[LintFinding]:
    """A name is an element of the form's XML and a column: it starts with a letter and has no spaces."""
    for part in look.parts:
        if not _NAME.fullmatch(part.name):
            what = "A group has no name." if not part.name else f"The name {part.name!r} cannot be used on the device."
            yield error("unusable-name", part.name, what, "Use letters, digits and underscores, a letter first.")


def unknown_types(look: Look) -> Iterator[LintFinding]:
    """A type that is not of XLSForm is ignored or refused by the device."""
    for item in look.form.questions:
        kind = item.other.get("type", "")
        if item.kind == "other" and not (kind and known_type(kind)):
            what = f"The type of {item.name!r} is not one of XLSForm or SurveyCTO."
            yield error("unknown-type", item.name, what, "Give it a type of the standard.")
