"""Rules about what stands alone in a question with several answers: "none of these", a refusal."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from evidencekit.errors import InputError
from evidencekit.instrument.expressions import Context, Texts, parse, truth
from evidencekit.instrument.items import Item, Option
from evidencekit.instrument.linting.findings import LintFinding, warning
from evidencekit.instrument.linting.looking import Look

__all__ = ["unheld_exclusive", "unmarked_none"]

_NONE = re.compile(
    r"none(?: (?:of (?:these|the above|them|those)|apply|at all))?|nothing|no one|nobody"
    r"|aucune?(?: de (?:ces|ceux|celles)\b.*| des .*)?|rien(?: de tout cela)?|personne"
    r"|ning[uú]n[oa]?(?: de (?:est[oa]s|los anteriores|las anteriores))?|nada|nadie"
    r"|nenhum[a]?(?: d(?:estes|estas|os anteriores|as anteriores))?|ningu[eé]m"
)


def unmarked_none(look: Look) -> Iterator[LintFinding]:
    """What says "none of these" beside other answers says two things at once; what is not marked as standing alone is not held to it."""
    for choices in {
        item.choices.name: item.choices for item in look.form.questions if item.choices and item.kind == "select_multiple"
    }.values():
        found = [option for option in choices.listed if not option.alone and _says_none(option)]
        if found:
            what = f"Options of the list {choices.name!r} that say none and are not marked as standing alone: {len(found)}."
            yield warning("unmarked-none", choices.name, what, "Give the option exclusive=True.")


def _says_none(option: Option) -> bool:
    labels = (option.label,) if isinstance(option.label, str) else option.label.values()
    return any(_NONE.fullmatch(" ".join(re.sub(r"[^\w\s]", " ", text.casefold()).split())) for text in labels)


def unheld_exclusive(look: Look) -> Iterator[LintFinding]:
    """An option that stands alone is only marked in the form: the device takes it with others unless a constraint forbids it."""
    for item in look.asked:
        if item.kind != "select_multiple" or item.choices is None:
            continue
        alone = [option.code for option in item.choices.listed if option.exclusive]
        other = next((option.code for option in item.choices.listed if not option.alone), None)
        if alone and other is not None and (taken := sum(_taken(item, f"{code} {other}") for code in alone)):
            what = f"Codes of {item.name!r} that stand alone and that the device takes with others: {taken}."
            remedy = f"Add a constraint: not(selected(., '{alone[0]}')) or count-selected(.) = 1."
            yield warning("unheld-exclusive", item.name, what, remedy)


def _taken(item: Item, answer: str) -> bool:
    """Whether the device takes an answer; where its constraint cannot be worked out from the answer alone, nothing is said."""
    if not item.constraint:
        return True
    here = Texts(np.zeros(1, dtype=np.intp), (answer,))
    try:
        made = parse(item.constraint)
        return not made.names and not made.not_evaluable and bool(truth(made, Context(lambda _: here, here=item.name)).yes.all())
    except InputError:
        return False
