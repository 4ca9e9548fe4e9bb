"""What to find out first: for each answer that is not known, what it would change, and in which order to ask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evidencekit.errors import InputError
from evidencekit.planning.context import Context
from evidencekit.planning.recommending.levers import Lever
from evidencekit.planning.recommending.nouns import FindOut
from evidencekit.planning.recommending.ranking import key_of, wanted_measure
from evidencekit.planning.recommending.words import answered, points
from evidencekit.planning.rules import RULES, cautions_of

__all__ = ["find_out"]

# Answers to try where a number is not known and nothing can be assumed of it: few and many, nobody's finding.
TRIED: Mapping[str, tuple[float, float]] = {
    "population.age_min": (5, 16),
    "population.size": (1_000, 1_000_000),
    "protection.services_per_week": (1, 1_000),
    "resources.days": (5, 250),
}
CLOSE = 5e-4  # a change of the largest error below a twentieth of a point is none


@dataclass(frozen=True, slots=True)
class _State:
    """What a context with one more answer would recommend."""

    value: Any
    order: tuple[str, ...]
    error: float | None
    refused: tuple[str, ...]
    rules: tuple[str, ...]
    shut: tuple[str, ...] = ()
    open: Mapping[str, int] = field(default_factory=dict)


def find_out(context: Context, levers: Sequence[Lever]) -> tuple[FindOut, ...]:
    """What is not known, from what would change most: the first place, the largest error there, what is refused, what is warned of."""
    if not levers:
        return ()
    measure = wanted_measure(context)
    asked = [one for one in levers if one.plan.card.estimand.measure == measure]
    order, error = tuple(one.plan.method for one in asked), asked[0].plan.rmse.high if asked else None
    now = _State(None, order, error, (), _rules(asked, context), open={one.plan.method: len(one.plan.unknown) for one in levers})
    titles = {one.plan.method: one.plan.card.title for one in levers}
    found = [one for path in context.paths if (one := _one(context, path, levers, (now, titles))) is not None]
    weights = {rule.id: rule.weight for rule in RULES}
    heaviest = {one.field: max((weights[rule] for rule in one.rules), default=0) for one in found}
    order_of = {one.field: (not one.first_changes, -one.moves, -len(one.refuses), -len(one.needed), -heaviest[one.field]) for one in found}
    return tuple(sorted(found, key=lambda one: (*order_of[one.field], one.field)))


def _one(context: Context, path: str, levers: Sequence[Lever], base: tuple[_State, Mapping[str, str]]) -> FindOut | None:
    """What a field's answers would change; None where none would change anything, or where it is known."""
    now, titles = base
    states = [_state(context, path, value, levers) for value in _answers(context, path, levers)]
    states = [state for state in states if state is not None]
    if not states:
        return None
    first = any(state.order[:1] != now.order[:1] for state in states)
    errors = [state.error for state in states if state.error is not None and state.order[:1] == now.order[:1]]
    errors += [now.error] if now.error is not None and _kind(context, path) != "number" else []
    moves = max(errors) - min(errors) if errors else 0.0
    moves = moves if moves > CLOSE else 0.0
    refused = tuple(dict.fromkeys(name for state in states for name in state.refused))
    rules = tuple(sorted({one for state in states for one in set(state.rules) ^ set(now.rules)}, key=lambda one: int(one[1:])))
    needed = tuple(name for name in now.open if any(state.open.get(name, now.open[name]) < now.open[name] for state in states))
    if not (first or moves or refused or rules or needed):
        return None
    whom = (
        "any plan"
        if len(needed) == len(now.open)
        else "these"
        if set(needed) == set(refused)
        else _listed([titles[name] for name in needed])
    )
    said = [words for state in states if (words := _says(state, now, titles, moves=moves > 0, number=_kind(context, path) == "number"))]
    said += [f"before it is known nobody is drawn for {whom}"] if needed else []
    return FindOut(
        field=path,
        asks=context.asked(path).asks,
        says="; ".join(dict.fromkeys(said))[:1].upper() + "; ".join(dict.fromkeys(said))[1:] + ".",
        first_changes=first,
        moves=moves,
        refuses=refused,
        needed=needed,
        rules=rules,
    )


def _listed(titles: Sequence[str]) -> str:
    """Two titles, and how many more."""
    more = f" and {len(titles) - 2} more" if len(titles) > 2 else ""
    return "; ".join(titles[:2]) + more


def _kind(context: Context, path: str) -> str:
    return "number" if context.asked(path).kind in ("number", "share") else "words"


def _answers(context: Context, path: str, levers: Sequence[Lever]) -> Iterator[Any]:
    """The answers to try; none where the field is known, or is words."""
    asked, given = context.asked(path), context[path]
    if asked.kind in ("share", "number"):
        if given is not None or asked.unknown is not None:
            between = context.range(path)
            yield from () if between.known else (between.low, between.high)
        elif path == "resources.budget":
            yield from (levers[0].plan.sizing.cost * part for part in (0.5, 2.0))
        else:
            yield from TRIED.get(path, ())
    elif given is None and asked.kind == "yes or no":
        yield from (True, False)
    elif given is None and asked.kind == "choice" and path != "outcome.measure":
        yield from asked.choices


def _state(context: Context, path: str, value: Any, levers: Sequence[Lever]) -> _State | None:
    """What would be recommended; None where the answer contradicts another one."""
    try:
        money = {"resources.currency": context.currency} if path.startswith("resources.") else {}
        other = context.settled({path: value, **money})
    except InputError:
        return None
    measure, kept, refused, shut, left = wanted_measure(context), [], [], [], {}
    for one in levers:
        sizing, error = one.middle(path, value), one.largest_error(path, value)
        found = one.fit(other, sizing) if sizing is not None else None
        against = ["size"] if found is None or error is None else [why.rule for why in found.against]
        left |= {} if found is None else {one.plan.method: len(found.unknown)}
        if sizing is None or error is None or against:
            refused.append(one.plan.method)
            shut += against
        elif one.plan.card.estimand.measure == measure:
            kept.append((key_of(one.plan, error, sizing.cost), one, error))
    kept.sort(key=lambda each: each[0])
    order = tuple(one.plan.method for _, one, _ in kept)
    return _State(
        value,
        order,
        kept[0][2] if kept else None,
        tuple(refused),
        _rules([one for _, one, _ in kept], other),
        tuple(dict.fromkeys(shut)),
        left,
    )


def _rules(levers: Sequence[Lever], context: Context) -> tuple[str, ...]:
    """The rules that warn of the first plan."""
    return tuple(one.rule for one in cautions_of(RULES, context, levers[0].plan) if one.known) if levers else ()


def _says(state: _State, now: _State, titles: Mapping[str, str], *, moves: bool, number: bool) -> str:
    """What one answer changes, in words; nothing where it changes nothing."""
    parts: list[str] = []
    shut = f" ({', '.join(state.shut)})" if state.shut else ""
    if not state.order and now.order:
        parts.append(f"no plan is left that answers the question{shut}")
    elif state.order[:1] != now.order[:1]:
        parts.append(f"{titles[state.order[0]]} comes first")
    if state.refused and (state.order or not now.order):
        parts.append(f"{_listed([titles[name] for name in state.refused])} not to be used{shut}")
    if moves and state.error is not None and state.order[:1] == now.order[:1] and (number or abs(state.error - (now.error or 0)) > CLOSE):
        parts.append(f"the first plan is off by at most {points(state.error)} points")
    if state.order[:1] == now.order[:1] and set(state.rules) != set(now.rules):
        new = [one for one in state.rules if one not in now.rules]
        gone = [one for one in now.rules if one not in state.rules]
        parts += [f"{' and '.join(new)} warns"] if len(new) == 1 else [f"{' and '.join(new)} warn"] if new else []
        parts += [f"{' and '.join(gone)} no longer applies"] if gone else []
    return f"if {answered(state.value)}, {', and '.join(parts)}" if parts else ""
