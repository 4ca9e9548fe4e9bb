"""Answers to selections: one code, several codes, an order of codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from evidencekit.columns import Floats
from evidencekit.instrument.expressions import Texts, parse, truth
from evidencekit.instrument.filters import filter_of, for_option
from evidencekit.instrument.inventing.shares import (
    CHOSEN,
    at_least_one,
    one_of_several,
    probabilities,
    shares_of,
    substantive,
)
from evidencekit.instrument.inventing.sheet import Bools, Sheet
from evidencekit.instrument.items import Item, Option

__all__ = ["Chooser"]


class Chooser:
    """Draws the answers to one selection, as often as is asked for; what does not change from draw to draw is worked out once."""

    def __init__(self, item: Item, sheet: Sheet, asked: Bools, given: float | Mapping[Any, float] | None, effects: Floats) -> None:
        self.item, self.sheet, self.options = item, sheet, substantive(item)
        allowed = _allowed(item, sheet, self.options)
        shares = shares_of(item, given)
        where = asked if asked.any() else np.ones(sheet.n, dtype=bool)
        alone = np.array([option.alone for option in self.options], dtype=bool)
        self.alone, self.none = np.flatnonzero(alone), np.empty((sheet.n, 0))
        self.odds = np.zeros((sheet.n, len(self.options)))
        if item.kind == "select_multiple" and not alone.all():
            self._prepare_several(shares, effects, allowed, where)
        elif item.kind != "rank":
            target = one_of_several(item, shares)
            self.odds[where] = probabilities(target, effects[where] / np.sqrt(2), allowed[where])
        self.allowed = allowed

    def _prepare_several(self, shares: Floats, effects: Floats, allowed: Floats, where: Bools) -> None:
        """Those who choose "none of these" first, where it has a share; the others choose at least one unless "none" takes them in."""
        many = np.setdiff1d(np.arange(len(self.options)), self.alone)
        none_given = self.alone.size > 0 and not np.isnan(shares[self.alone]).all()
        none = float(np.nansum(shares[self.alone])) if none_given else 0.0
        self.conditional = none_given or self.alone.size == 0
        fallback = CHOSEN if not self.conditional else max(CHOSEN, 1.2 / len(many))
        target = np.where(np.isnan(shares[many]), min(fallback, 1.0) * (1 - none), shares[many])
        target = np.clip(target / (1 - none), 0, 1) if none < 1 else target
        self.many = many
        self.odds[np.ix_(where, many)] = at_least_one(
            self.item, target, effects[np.ix_(where, many)], allowed[np.ix_(where, many)], conditional=self.conditional
        )
        if none_given:
            self.none = np.tile(np.nan_to_num(shares[self.alone]), (self.sheet.n, 1))

    def draw(self, rng: np.random.Generator) -> Texts:
        """A code for each row, -1 where the choice filter leaves none."""
        codes = [option.code for option in self.options]
        missing = frozenset(self.item.missing)
        if self.item.kind == "rank":
            return _texts([" ".join(codes[k] for k in rng.permutation(len(codes))) for _ in range(self.sheet.n)], missing)
        if self.item.kind == "select_multiple" and self.alone.size < len(codes):
            return _texts(self._several(rng, codes), missing)
        at = _picked(self.odds, rng)
        at = np.where((self.odds.sum(axis=1) > 0) & (self.allowed.sum(axis=1) > 0), at, -1)
        return Texts(at.astype(np.intp), tuple(codes), np.zeros(self.sheet.n, dtype=bool), missing)

    def _several(self, rng: np.random.Generator, codes: list[str]) -> list[str]:
        chosen = rng.random(self.odds.shape) < self.odds
        for _ in range(200):
            empty = self.conditional & ~chosen.any(axis=1) & (self.odds.sum(axis=1) > 0)
            if not empty.any():
                break
            chosen[empty] = rng.random((int(empty.sum()), len(codes))) < self.odds[empty]
        if self.none.size:
            at = _picked(np.column_stack([self.none, 1 - self.none.sum(axis=1)]), rng)
            for k, place in enumerate(self.alone):
                chosen[at == k] = False
                chosen[at == k, place] = True
        elif self.alone.size:
            chosen[~chosen.any(axis=1), self.alone[0]] = True
        return [" ".join(code for code, yes in zip(codes, row, strict=True) if yes) for row in chosen.tolist()]


def _picked(odds: Floats, rng: np.random.Generator) -> Any:
    """One place for each row."""
    climb = np.cumsum(odds, axis=1)
    u = rng.random((len(odds), 1)) * np.where(climb[:, -1:] > 0, climb[:, -1:], 1)
    return np.minimum((climb <= u).sum(axis=1), odds.shape[1] - 1)


def _texts(words: list[str], missing: frozenset[str]) -> Texts:
    levels = tuple(dict.fromkeys(word for word in words if word))
    place = {word: k for k, word in enumerate(levels)}
    at = np.array([place.get(word, -1) for word in words], dtype=np.intp)
    return Texts(at, levels, np.zeros(len(words), dtype=bool), missing)


def _allowed(item: Item, sheet: Sheet, options: tuple[Option, ...]) -> Floats:
    """1 where the choice filter shows an option, 0 elsewhere, (n, k)."""
    out = np.ones((sheet.n, len(options)))
    text = filter_of(item)
    if not text:
        return out
    filtered = parse(text)
    for k, option in enumerate(options):
        out[:, k] = np.broadcast_to(truth(for_option(filtered, option), sheet.context()).yes, (sheet.n,))
    return out
