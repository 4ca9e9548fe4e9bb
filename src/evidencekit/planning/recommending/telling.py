"""A recommendation in plain text: one screen of it, and all of it with rules and sources."""

from __future__ import annotations

import math
from collections.abc import Sequence
from textwrap import shorten, wrap
from typing import TYPE_CHECKING

from evidencekit.errors import how_many
from evidencekit.planning.context import Range
from evidencekit.planning.plan import Plan
from evidencekit.planning.recommending.nouns import Refusal
from evidencekit.planning.recommending.ranking import wanted_measure
from evidencekit.planning.recommending.words import CLASS_WORDS, between, money, points
from evidencekit.rendering.text import sentence, text_table

if TYPE_CHECKING:
    from evidencekit.planning.recommending.recommendation import Recommendation

__all__ = ["costs_of", "explained", "headline", "summary"]

WIDE = 120
MOST = 6  # rows of each kind on one screen


def headline(made: Recommendation) -> str:
    """What it is, in one line."""
    where = made.context.name or "a context without a name"
    counted = f"{how_many(len(made.plans), 'plan')}, {len(made.beside)} beside, {len(made.refused)} refused"
    return f"Recommendation for {where} ({wanted_measure(made.context)}): {counted}"


def summary(made: Recommendation) -> str:
    """One screen."""
    lines = [shorten(headline(made), WIDE, placeholder=" ...")]
    if made.plans:
        rows = [_row(k, plan, made) for k, plan in enumerate(made.plans, 1)]
        lines += text_table(["", "method", "class", "off by", "cost"], rows, limit=MOST).splitlines()
        first = made.advice[0]
        lines += [_cut(first.reason), *(_cut(f"  {one.rule}: {one.says}") for one in first.warnings)]
    else:
        lines += _cuts("No plan can be made here that answers the question.", made.refused)
    lines += [_cut(f"beside: {plan.card.title} ({plan.card.estimand.measure})") for plan in made.beside[:2]]
    lines += [_cut(f"refused: {_short(one.title)} ({', '.join(one.rules)}): {sentence(one.why[0].says)}") for one in made.refused[:3]]
    lines += [_cut(f"find out: {one.asks} {one.says}") for one in made.find_out_first[:3]]
    return "\n".join([*lines, ".explain() says it all, with sources; .picture() draws it, .save() writes a page"])


def explained(made: Recommendation) -> str:
    """All of it."""
    lines = [headline(made), ""]
    for k, plan in enumerate(made.plans, 1):
        lines += [*_plan(f"{k}. ", plan, made), ""]
    if not made.plans:
        lines += ["No plan can be made here that answers the question.", ""]
    if made.beside:
        lines += ["Beside: methods that answer another question", ""]
        for plan in made.beside:
            lines += [*_plan("- ", plan, made), ""]
    if made.refused:
        lines += ["Refused", ""]
        for one in made.refused:
            lines += [*_refused(one), ""]
    asked = {(int(one.rule[1:]), one.says): one for advice in made.advice for one in advice.cautions if not one.known}
    lines += ["What rules ask", ""] if asked else []
    for _, one in sorted(asked.items()):
        lines += _wrapped(f"{one.rule}: {one.says} Source: {one.source}.", "   ")
    lines += [""] if asked else []
    lines += ["Find out first"] if made.find_out_first else []
    for k, one in enumerate(made.find_out_first, 1):
        lines += _wrapped(f"{k}. {one.asks} [{one.field}] {one.says}", "   ")
    return "\n".join(lines).rstrip() + "\n"


def costs_of(plan: Plan) -> list[tuple[str, str, str, str]]:
    """The lines of its costs: what, how many, at how much, and what it comes to; then the sum, rounded up as everywhere."""
    currency = plan.context.currency
    rows = [(one.what, f"{math.ceil(one.units - 1e-9):,}", f"{one.price:,.2f}", f"{one.cost:,.0f}") for one in plan.sizing.lines]
    return [*rows, ("in all", "", "", money(Range(plan.sizing.cost, plan.sizing.cost), currency))]


def _row(k: int, plan: Plan, made: Recommendation) -> list[str]:
    cost = money(plan.cost, made.context.currency)
    return [str(k), _short(plan.card.title), plan.inference, between(plan.rmse), cost]


def _plan(mark: str, plan: Plan, made: Recommendation) -> list[str]:
    advice, context = made.about(plan), plan.context
    off = f"off by {between(plan.rmse)}, standard error {between(plan.se)}; {money(plan.cost, context.currency)}"
    lines = [f"{mark}{plan.card.title} ({CLASS_WORDS[plan.inference]}; {plan.method} {plan.card.version})"]
    lines += _wrapped(f"Why: {advice.reason}", "   ")
    lines += [f"   Expected: {off}"]
    lines += [f"   {what}: {units} at {price}: {cost}" if units else f"   {what}: {cost}" for what, units, price, cost in costs_of(plan)]
    lines += [f"   {one}" for one in plan.workload.says]
    for one in plan.biases:
        lines += _wrapped(f"Bias, {one.name}: {_signed(one.low, one.high)} points. Source: {one.source}.", "   ")
    for one in advice.cautions:
        lines += _wrapped(f"{one.rule}: {one.says} Source: {one.source}.", "   ") if one.known else []
    asking = [one.rule for one in advice.cautions if not one.known]
    lines += [f"   Rules that ask, see below: {', '.join(asking)}"] if asking else []
    for one in advice.aside:
        lines += _wrapped(f"More exact, and below all the same: {one.says}", "   ")
    for one in advice.tips:
        lines += _wrapped(f"Tips: {one.says}", "   ")
    for one in plan.unknown:
        lines += _wrapped(f"Must be known first ({one.rule}): {sentence(one.says)} {one.instead} Source: {one.source}.", "   ")
    return lines


def _refused(one: Refusal) -> list[str]:
    lines = [f"- {one.title} ({one.method})"]
    for why in one.why:
        lines += _wrapped(f"{why.rule}: {sentence(why.says)} {why.instead} Source: {why.source}.".replace("  ", " "), "   ")
    return lines


def _signed(*shares: float) -> str:
    return " to ".join(dict.fromkeys(f"{'-' if share < 0 else '+'}{points(abs(share))}" for share in shares))


def _wrapped(text: str, indent: str) -> list[str]:
    text = text.replace("..", ".")
    return wrap(text, WIDE, initial_indent=indent, subsequent_indent=indent + "  ", break_long_words=False, break_on_hyphens=False)


def _short(title: str) -> str:
    return shorten(title, 48, placeholder=" ...")


def _cut(text: str) -> str:
    return text if len(text) <= WIDE else text[: WIDE - 4].rsplit(" ", 1)[0] + " ..."


def _cuts(text: str, refused: Sequence[Refusal]) -> list[str]:
    instead = list(dict.fromkeys(why.instead for one in refused for why in one.why if why.instead))
    return [text, *map(_cut, instead[:3])]
