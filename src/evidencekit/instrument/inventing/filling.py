"""Filling in one item: who is asked, an answer that the form takes, kinds of missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from evidencekit.columns import Floats
from evidencekit.instrument.expressions import Expression, Numbers, Texts, Truth, Values, parse, truth
from evidencekit.instrument.expressions.functions import choose
from evidencekit.instrument.expressions.values import as_texts
from evidencekit.instrument.inventing.choosing import Chooser
from evidencekit.instrument.inventing.measuring import drawer, is_identifier
from evidencekit.instrument.inventing.nouns import Clusters, Interviewers, MissingRates
from evidencekit.instrument.inventing.ordering import Placed
from evidencekit.instrument.inventing.shares import Prevalence, probabilities, substantive
from evidencekit.instrument.inventing.sheet import Bools, Sheet, holds, spread_out, stream
from evidencekit.instrument.items import Item
from evidencekit.missingness import Missing

__all__ = ["Setting", "fill", "nothing"]

_ROUNDS = 300  # of drawing again what the constraint does not take
_NEVER_MISSING = ("consent", "design")


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """What an invention goes by."""

    seed: int
    prevalence: Prevalence
    clusters: Clusters
    missing: MissingRates
    interviewers: Interviewers

    def effects(self, item: Item, sheet: Sheet, codes: int) -> Floats:
        """The effects of the areas on an item, (n, codes)."""
        drawn = stream(self.seed, "area", item.name).standard_normal((self.clusters.number, codes))
        return self.clusters.spread * drawn[sheet.area]

    @property
    def reluctance(self) -> Floats:
        """The effect of each interviewer on how often answers are missing."""
        drawn = stream(self.seed, "interviewer").standard_normal(self.interviewers.number)
        return self.interviewers.spread * drawn


def nothing(n: int) -> Texts:
    """A column of blanks."""
    return Texts(np.full(n, -1, dtype=np.intp), (), np.zeros(n, dtype=bool))


def fill(sheet: Sheet, one: Placed, setting: Setting) -> str:
    """Fill in an item of a sheet; what is said, where something was left blank, is why."""
    item = one.item
    texts = (item.constraint, item.calculation, item.other.get("choice_filter", ""))
    expressions = (*one.relevance, *map(parse, filter(str.strip, texts)))
    if unknown := [part for expression in expressions for part in expression.not_evaluable]:
        return _left(sheet, item, f"an expression uses {', '.join(dict.fromkeys(unknown))}")
    asked = holds(sheet, one.relevance)
    sheet.asked[item.name] = asked
    if item.kind == "calculate":
        made = spread_out(sheet, parse(item.calculation)) if item.calculation.strip() else nothing(sheet.n)
        sheet.values[item.name] = choose(asked, as_texts(made) if isinstance(made, Truth) else made, _blank_of(made, sheet.n))
        return ""
    draw = _drawing(sheet, item, asked, setting)
    if draw is None:
        return _left(sheet, item, "" if item.kind == "note" else f"answers of the kind {item.kind} are not invented")
    made, why = _taken(sheet, item, asked, draw, setting.seed)
    sheet.values[item.name] = _with_missing(made, item, sheet, setting)
    return why


def _left(sheet: Sheet, item: Item, why: str) -> str:
    sheet.values[item.name] = nothing(sheet.n)
    sheet.asked[item.name] = np.zeros(sheet.n, dtype=bool)
    return why


def _drawing(sheet: Sheet, item: Item, asked: Bools, setting: Setting) -> Callable[[np.random.Generator], Values] | None:
    """What draws the answers to an item, for every row."""
    if item.choices is not None and item.kind in ("select_one", "select_multiple", "rank"):
        effects = setting.effects(item, sheet, max(len(substantive(item)), 1))
        return Chooser(item, sheet, asked, setting.prevalence.get(item.name), effects).draw
    return drawer(item, sheet, setting.effects(item, sheet, 1)[:, 0], setting.clusters.spread)


def _taken(sheet: Sheet, item: Item, asked: Bools, draw: Callable[[np.random.Generator], Values], seed: int) -> tuple[Values, str]:
    """Answers that the constraint takes, drawn again where it does not, and blank where nobody was asked.

    What tells people apart is drawn again too where somebody has it already. Where the constraint leaves fewer answers than rows, or
    hardly more, some stay the same.
    """
    rng = stream(seed, "item", item.name)
    made = draw(rng)
    wanted: Expression | None = parse(item.constraint) if item.constraint.strip() else None
    bad, again, single = np.zeros(sheet.n, dtype=bool), np.zeros(sheet.n, dtype=bool), is_identifier(item)
    for _ in range(_ROUNDS if wanted is not None or single else 0):
        if wanted is not None:
            sheet.values[item.name] = made
            bad = asked & ~np.broadcast_to(truth(wanted, sheet.context(item.name)).yes, (sheet.n,))
        again = asked & _seen_before(made) if single else again
        if not (bad | again).any():
            break
        made = choose(~(bad | again), made, draw(rng))
    kept = choose(asked & ~bad, made, _blank_of(made, sheet.n))
    return kept, f"in {int(bad.sum())} rows no answer was found that its constraint takes" if bad.any() else ""


def _seen_before(value: Values) -> Bools:
    """Rows whose answer a row above has as well."""
    places = value.x if isinstance(value, Numbers) else as_texts(value).at
    first = np.unique(places, return_index=True)[1]
    out = np.ones(len(places), dtype=bool)
    out[first] = False
    return out


def _blank_of(value: Values, n: int) -> Values:
    return Numbers(np.full(n, np.nan)) if isinstance(value, Numbers) else nothing(n)


def _with_missing(made: Values, item: Item, sheet: Sheet, setting: Setting) -> Values:
    """The answers with kinds of missing among them, more with some interviewers than with others."""
    there = _there(made)
    codes: dict[Missing, str] = {}
    for code, kind in item.missing.items():
        codes.setdefault(kind, code)
    rates = {kind: rate for kind, rate in setting.missing.of(item.name).items() if kind in codes and rate > 0}
    if item.role in _NEVER_MISSING:
        rates = {}
    where = np.flatnonzero(there)
    hit = np.zeros(sheet.n, dtype=bool)
    written = made
    if rates and where.size:
        target = np.array([*rates.values(), 1 - sum(rates.values())])
        effect = np.zeros((where.size, len(target)))
        effect[:, :-1] = setting.reluctance[sheet.asker[where]][:, None]
        climb = probabilities(target, effect, np.ones_like(effect)).cumsum(axis=1)
        at = (climb <= stream(setting.seed, "missing", item.name).random((where.size, 1))).sum(axis=1)
        for k, kind in enumerate(rates):
            rows = np.zeros(sheet.n, dtype=bool)
            rows[where[at == k]] = True
            written = choose(~rows, written, _code(made, codes[kind], sheet.n))
            hit |= rows
    return _known(written, hit, item)


def _there(value: Values) -> Bools:
    return ~np.isnan(value.x) if isinstance(value, Numbers) else as_texts(value).at >= 0


def _code(like: Values, code: str, n: int) -> Values:
    if isinstance(like, Numbers):
        return Numbers(np.full(n, float(code)))
    return Texts(np.zeros(n, dtype=np.intp), (code,))


def _known(value: Values, coded: Bools, item: Item) -> Values:
    """The value, saying where it is a missing code and which codes are."""
    if isinstance(value, Numbers):
        return Numbers(value.x, coded, frozenset(map(float, item.missing)))
    texts = as_texts(value)
    return Texts(texts.at, texts.levels, coded, frozenset(item.missing))
