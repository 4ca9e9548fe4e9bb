"""The table that is being filled in: values by item, rows that belong to rows of a table above."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Bools, Codes
from evidencekit.errors import InputError
from evidencekit.instrument.expressions import Context, Expression, Numbers, Texts, Truth, Values, evaluate, truth

__all__ = ["Sheet", "holds", "spread_out", "stream"]


@dataclass(slots=True, eq=False, repr=False)
class Sheet:
    """One table of n rows. `area` and `asker` are places in the lists of areas and interviewers, (n,) each."""

    n: int
    area: Codes
    asker: Codes
    today: date
    above: Sheet | None = None
    rows: Codes = field(default_factory=lambda: np.empty(0, dtype=np.intp))
    values: dict[str, Values] = field(default_factory=dict)
    asked: dict[str, Bools] = field(default_factory=dict)

    def answers(self, name: str) -> Values:
        """The values of an item of this table or of one above it."""
        if name in self.values:
            return self.values[name]
        if self.above is not None:
            return taken(self.above.answers(name), self.rows)
        raise InputError(f"An expression refers to {name!r}, which is no item of the form, or one of a repeated group.")

    def context(self, here: str = "") -> Context:
        """Where an expression finds the answers of this table."""
        return Context(self.answers, here, self.today)


def holds(sheet: Sheet, expressions: tuple[Expression, ...]) -> Bools:
    """Where all of several expressions hold, as the device works them out."""
    yes = np.ones(sheet.n, dtype=bool)
    for expression in expressions:
        yes &= np.broadcast_to(truth(expression, sheet.context()).yes, (sheet.n,))
    return yes


def spread_out(sheet: Sheet, expression: Expression) -> Values:
    """The values of an expression, one for each row."""
    made = evaluate(expression, sheet.context())
    rows = np.zeros(sheet.n, dtype=np.intp)
    one = (made.yes if isinstance(made, Truth) else made.x if isinstance(made, Numbers) else made.at).ndim == 0
    return taken(made, rows) if one else made


def taken(value: Values, rows: Codes) -> Values:
    """Rows of a value; one value for all is repeated."""

    def of(array: NDArray[np.generic]) -> NDArray[np.generic]:
        return np.broadcast_to(array, rows.shape).copy() if array.ndim == 0 else array[rows]

    if isinstance(value, Texts):
        return Texts(of(value.at).astype(np.intp), value.levels, of(value.coded).astype(bool), value.codes)
    if isinstance(value, Numbers):
        return Numbers(of(value.x).astype(np.float64), of(value.coded).astype(bool), value.codes)
    return Truth(of(value.yes).astype(bool), lambda: of(value.doubt).astype(bool), sure=value.sure)


def stream(seed: int, *words: str) -> np.random.Generator:
    """Random numbers of one item: another item more or less in the form does not change them."""
    key = blake2b("/".join(words).encode(), digest_size=16).digest()
    return np.random.default_rng([seed, *np.frombuffer(key, dtype="<u4").tolist()])
