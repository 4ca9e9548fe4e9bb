"""Rules about what is shown: labels in every language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from evidencekit.instrument.items import Item
from evidencekit.instrument.linting.findings import LintFinding, error, warning
from evidencekit.instrument.linting.looking import Look
from evidencekit.instrument.xlsform import split_language

__all__ = ["labels", "placeholders", "translations", "translations_of_lists"]

# A note to whoever finishes the form: in square brackets and capitals, or one of the words that programmers use.
_TO_DO = re.compile(
    r"\[\s*(?:REPLACE|INSERT|FILL IN|REMPLACER|INS[EÉ]RER|REEMPLAZAR|INSERTAR|SUBSTITUIR|INSERIR)\b|\b(?:TODO|TBD|XXX)\b|\b[Ll]orem ipsum\b"
)


def labels(look: Look) -> Iterator[LintFinding]:
    """A question without a text leaves it to the interviewer what is asked, an option without one cannot be chosen."""
    for item in look.asked:
        if not item.label and not _shown(item.other):
            yield warning("no-label", item.name, f"Item {item.name!r} has no label.", "Write what is asked.")
    for choices in look.form.lists:
        if blank := sum(not option.label and not _shown(option.other) for option in choices.listed):
            yield warning("no-label", choices.name, f"Options of the list {choices.name!r} without a label: {blank}.", "Write them.")


def placeholders(look: Look) -> Iterator[LintFinding]:
    """Where a note to the team is left in, a child reads it in place of the number that helps."""
    for part in look.parts:
        if _to_do(part.label) or any(_TO_DO.search(text) for text in part.other.values()):
            yield warning(
                "placeholder", part.name, f"The text of {part.name!r} holds a note to whoever finishes the form.", "Write the text."
            )
    for choices in look.form.lists:
        if left := sum(_to_do(option.label) for option in choices.listed):
            yield warning(
                "placeholder", choices.name, f"Options of the list {choices.name!r} that are still to be written: {left}.", "Write them."
            )


def _to_do(label: str | Mapping[str, str]) -> bool:
    return any(_TO_DO.search(text) for text in ((label,) if isinstance(label, str) else label.values()))


def _shown(other: Mapping[str, str]) -> bool:
    """Whether a picture or a sound stands for a label."""
    return any(split_language(column)[0].startswith("media::") for column in other)


def translations(look: Look) -> Iterator[LintFinding]:
    """Where one language has no text the device shows a dash or another language, and the interviewer translates on the spot."""
    for part in look.parts:
        missing = _missing(part.label, look)
        sort = "question" if isinstance(part, Item) and part.asked else "note or group"
        if missing:
            what = f"The label of {sort} {part.name!r} has no text in {', '.join(missing)}."
            yield error("missing-translation", part.name, what, "Translate it; have it translated back by someone else.")
        found: dict[str, dict[str, str]] = {}
        for column, text in part.other.items():
            base, language = split_language(column)
            if language:
                found.setdefault(base, {})[language] = text
        for base, by_language in found.items():
            if missing := _missing(by_language, look):
                what = f"The {base} of {part.name!r} has no text in {', '.join(missing)}."
                yield warning("missing-translation", part.name, what, "Translate it, or take it out of the others.")


def translations_of_lists(look: Look) -> Iterator[LintFinding]:
    """An option without a text in the language of the interview cannot be chosen by the one who is asked."""
    for choices in look.form.lists:
        blank = {language: 0 for language in look.form.languages}
        for option in choices.listed:
            for language in _missing(option.label, look):
                blank[language] += 1
        if any(blank.values()):
            where = ", ".join(f"{count} in {language}" for language, count in blank.items() if count)
            what = f"Options of the list {choices.name!r} have no text: {where}."
            yield error("missing-translation", choices.name, what, "Translate them; have them translated back by someone else.")


def _missing(label: str | Mapping[str, str], look: Look) -> list[str]:
    """The languages of the form that a text lacks; one whose language is not said counts for the first."""
    spoken = {"": label} if isinstance(label, str) and label else {} if isinstance(label, str) else dict(label)
    if not spoken:
        return []
    if "" in spoken and look.form.languages:
        spoken.setdefault(look.form.languages[0], spoken[""])
    return [language for language in look.form.languages if not spoken.get(language)]
