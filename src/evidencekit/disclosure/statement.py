"""What a methods annex says of a release: the rules in words, what was audited, what it cost, who signed."""

from __future__ import annotations

from collections.abc import Sequence

from evidencekit.disclosure.profiles import Answers, CountInterval, Profile, Protection, RelativeError, ShareInterval
from evidencekit.disclosure.rules import Audited
from evidencekit.errors import how_many

__all__ = ["linked_words", "statement_of"]


def statement_of(rules: Profile, audited: Audited, *, statistic: str, cost: str, universe: str, notes: Sequence[str]) -> tuple[str, ...]:
    """The sentences, from the rules to the signatures; `universe` is empty where nothing was audited against a ledger."""
    linked = linked_words(audited)
    said = [f"Numbers were released under the profile {rules.name} {rules.version} ({rules.title}; digest {rules.digest})."]
    said += _protection(rules)
    if audited.intervals:
        least = rules.protection.least
        wide = f"anything from none to {least}" if least else "more than one number"
        said.append(f"Linear programmes proved that of each hidden count {wide} (or as many as its margins hold) stays possible.")
    said += map(_sentence, linked)
    said += _precision(rules, statistic)
    said.append(_sentence(cost))
    if not universe:
        said.append(f"The table was not audited against {'further' if audited.together else 'other'} tables of the same survey.")
    else:
        earlier = how_many(audited.earlier, "earlier table")
        shown = f"as showing {audited.shows}" if audited.shows else ""
        said.append(f"The table was audited {shown} against {earlier} of {universe} (ledger digest {audited.ledger}).")
    said += [_sentence(note) for note in notes if note not in linked and not note.startswith("audited as showing")]
    return tuple(said)


def linked_words(audited: Audited) -> tuple[str, ...]:
    """With which tables of one call of `release` it was protected, and with which it was not."""
    out = []
    if audited.together:
        out.append(f"protected as one with all tables that add up to it: {_tables(audited.together)} of this release")
    if audited.apart:
        out.append(f"protected without regard to {_tables(audited.apart)} of this release, whose margins differ (answers are missing)")
    return tuple(out)


def _tables(positions: Sequence[int]) -> str:
    numbers = [str(t) for t in positions]
    return f"table{'s' if len(numbers) > 1 else ''} {' and '.join(x for x in (', '.join(numbers[:-1]), numbers[-1]) if x)}"


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def _protection(rules: Profile) -> list[str]:
    """What is hidden."""
    p = rules.protection
    counts = ((p.denominator, "answers"), (p.numerator, "cases"), (p.complement, "who are not cases"), (p.psus, "sampling units"))
    floors = [f"{least} {what}" for least, what in counts if least]
    said = [
        f"A number is hidden ({rules.symbols.protected}) where it rests on fewer than {_or(floors)}, unweighted."
        if floors
        else "No number is hidden for the few people it rests on: the profile does not protect anyone's identity."
    ]
    for deed, done in (("hide", "hidden"), ("review", "looked at by somebody first")):
        if edges := [what for given, what in _edges(p) if given == deed]:
            said.append(f"A number {_or(edges)} is {done}.")
    if floors:
        said.append("Where a hidden number could be worked out from the others, further ones are hidden too.")
    if rules.geography.floor and rules.geography.below != "show":
        done = "hidden" if rules.geography.below == "hide" else "looked at by somebody first"
        said.append(f"Numbers by places below {rules.geography.floor} are {done}, as far as the names of columns tell.")
    return said


def _edges(p: Protection) -> tuple[tuple[str, str], ...]:
    return ((p.zero, "of which no answer is a case"), (p.full, "of which every answer is one"), (p.unknown, "whose basis is not known"))


def _precision(rules: Profile, statistic: str) -> list[str]:
    """When a number of this kind is too uncertain."""
    marks = rules.symbols
    out: list[str] = []
    for rule in rules.rules_for(statistic):
        if isinstance(rule, Answers):
            out.append(
                f"With fewer than {rule.certain_from} answers a number is marked {marks.uncertain}, with fewer than {rule.shown_from} "
                f"it is not shown ({marks.withheld})."
            )
            continue
        done = f"marked {marks.uncertain}" if rule.fails == "flag" else f"not shown ({marks.withheld})"
        out.append(f"A number is {done} as too uncertain {_test(rule)}.")
    return out


def _test(rule: ShareInterval | CountInterval | RelativeError) -> str:
    if isinstance(rule, RelativeError):
        return f"where its standard error is {_percent(rule.fails_at)} of it or more"
    if isinstance(rule, CountInterval):
        return f"where it rests on an effective sample below {rule.sample} or its interval is wider than {_percent(rule.relative)} of it"
    return (
        f"where its effective sample is below {rule.effective}, or its {_percent(rule.level)} interval is {_points(rule.wide)} wide "
        f"or more, or is wider than both {_points(rule.narrow)} and {_percent(rule.relative)} of it"
    )


def _percent(share: float) -> str:
    return f"{100 * share:g} percent"


def _points(share: float) -> str:
    return f"{100 * share:g} percentage points"


def _or(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} or {parts[-1]}"
