"""The columns of a model, never all written out: a block of rows at a time, from numbers and codes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from evidencekit.columns import Codes, Floats
from evidencekit.models.formula.factors import Categories, Factor, Numbers, set_to, taken
from evidencekit.models.formula.wilkinson import layers_of

__all__ = ["BLOCK", "Columns", "columns_of"]

BLOCK = 16_384
Part = tuple[Codes, Floats] | Floats  # codes with what each stands for, or numbers


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Columns:
    """The p columns of a model over m rows, each the product of some parts.

    `names` are the columns', `term` (p,) says which term each belongs to, `offset` (m,) is added to the linear predictor.
    """

    names: tuple[str, ...]
    term: tuple[int, ...]
    parts: tuple[tuple[Part, ...], ...]
    rows: int
    factors: tuple[Factor, ...]
    offset: Floats | None = None
    recipe: tuple[tuple[tuple[int, int], ...], ...] = ()

    @property
    def p(self) -> int:
        """The number of columns."""
        return len(self.names)

    @property
    def told(self) -> tuple[str, ...]:
        """What messages call the columns: a level by its place, since its name may be an answer."""
        return tuple(":".join(_told(self.factors[f], column) for f, column in recipe) or "Intercept" for recipe in self.recipe)

    def spans(self) -> Iterator[slice]:
        """The rows, a block at a time."""
        for start in range(0, self.rows, BLOCK):
            yield slice(start, min(start + BLOCK, self.rows))

    def block(self, span: slice | Codes) -> Floats:
        """Some rows of the columns, shape (p, rows)."""
        size = len(range(*span.indices(self.rows))) if isinstance(span, slice) else len(span)
        out = np.empty((self.p, size))
        for j, parts in enumerate(self.parts):
            row = out[j]
            if not parts:
                row[:] = 1.0
            for k, part in enumerate(parts):
                values = part[1][part[0][span]] if isinstance(part, tuple) else part[span]
                if k:
                    row *= values
                else:
                    row[:] = values
        return out

    def matrix(self) -> Floats:
        """All rows at once, shape (m, p): for statistics that need them so."""
        return self.block(slice(0, self.rows)).T

    def times(self, beta: Floats) -> Floats:
        """The linear predictor, shape (m,)."""
        out = np.zeros(self.rows) if self.offset is None else self.offset.copy()
        for span in self.spans():
            out[span] += beta @ self.block(span)
        return out

    def some(self, rows: Codes) -> Columns:
        """The same columns over some of the rows."""
        factors = tuple(taken(factor, rows) for factor in self.factors)
        offset = None if self.offset is None else self.offset[rows]
        return _built(self, factors, len(rows), offset)

    def only(self, kept: Codes) -> Columns:
        """Some of the columns."""
        names, term = tuple(self.names[j] for j in kept), tuple(self.term[j] for j in kept)
        recipe = tuple(self.recipe[j] for j in kept)
        return replace(self, names=names, term=term, parts=tuple(self.parts[j] for j in kept), recipe=recipe)

    def setting(self, variable: str, value: Any) -> Columns:
        """The same columns with a variable of the data at another value, wherever it occurs (see `set_to`)."""
        factors = tuple(set_to(factor, variable, value) if variable in factor.variables else factor for factor in self.factors)
        return _built(self, factors, self.rows, self.offset)


def _built(like: Columns, factors: tuple[Factor, ...], rows: int, offset: Floats | None) -> Columns:
    parts = tuple(tuple(_part(factors[f], column) for f, column in recipe) for recipe in like.recipe)
    return replace(like, parts=parts, factors=factors, rows=rows, offset=offset)


def _part(factor: Factor, column: int) -> Part:
    """A column of a factor: of categories the columns beside an intercept come first, then those without one."""
    if isinstance(factor, Numbers):
        return factor.columns[column]
    names, table = factor.reduced
    if column < len(names):
        return factor.codes, np.ascontiguousarray(table[:, column])
    return factor.codes, np.ascontiguousarray(factor.full[1][:, column - len(names)])


def _told(factor: Factor, column: int) -> str:
    if isinstance(factor, Numbers):
        return f"{factor.name}{factor.endings[column]}"
    endings = (*factor.reduced[0], *factor.full[0])
    for k, level in enumerate(factor.levels):
        if endings[column] in (f"[{level}]", f"[T.{level}]", f"[S.{level}]"):
            return f"level {k + 1} of {factor.name}"
    return f"a column of {factor.name}"


def columns_of(terms: Sequence[tuple[str, ...]], factors: Mapping[str, Factor], rows: int, offset: Floats | None) -> Columns:
    """Lay the terms of a formula out as columns.

    Whether categories are coded beside an intercept or without one depends on which terms stand before; formulaic works that out.

    Parameters
    ----------
    terms : sequence of tuple of str
        The expressions whose product each term is; the empty one is the intercept.
    factors : mapping
        Expression to what it is in these rows.
    rows : int
        m.
    offset : (m,) array or None
        Added to the linear predictor.
    """
    order = list(factors)
    names: list[str] = []
    of: list[int] = []
    recipes: list[tuple[tuple[int, int], ...]] = []
    coded = {name: isinstance(factor, Categories) for name, factor in factors.items()}
    for t, layers in enumerate(layers_of(terms, coded)):
        for layer in layers:
            choices = [_choices(factors[name], order.index(name), reduced) for name, reduced in layer]
            for product in itertools.product(*reversed(choices)):
                picked = product[::-1]
                names.append(":".join(name for name, _ in picked) or "Intercept")
                recipes.append(tuple(place for _, place in picked))
                of.append(t)
    kept = tuple(factors.values())
    parts = tuple(tuple(_part(kept[f], column) for f, column in recipe) for recipe in recipes)
    return Columns(tuple(names), tuple(of), parts, rows, kept, offset, tuple(recipes))


def _choices(factor: Factor, place: int, reduced: bool) -> list[tuple[str, tuple[int, int]]]:
    """The columns one factor brings to a term: name, and (factor, column)."""
    if isinstance(factor, Numbers):
        return [(f"{factor.name}{ending}", (place, j)) for j, ending in enumerate(factor.endings)]
    endings, shift = (factor.reduced[0], 0) if reduced else (factor.full[0], len(factor.reduced[0]))
    return [(f"{factor.name}{ending}", (place, j + shift)) for j, ending in enumerate(endings)]
