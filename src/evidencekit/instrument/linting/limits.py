"""Constraints that no answer can keep."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from evidencekit.instrument.expressions import Context, Numbers, parse, truth
from evidencekit.instrument.expressions.nodes import Here, Literal, Node, Operation, walk
from evidencekit.instrument.linting.findings import LintFinding, error
from evidencekit.instrument.linting.looking import Look

__all__ = ["impossible"]

_COMPARES = frozenset({"=", "!=", "<", "<=", ">", ">="})


def impossible(look: Look) -> Iterator[LintFinding]:
    """A constraint that is never true lets no answer pass: the interview stops there, or a false answer is made up."""
    for written, made in look.read:
        item = look.items.get(written.name)
        if written.sort != "constraint" or item is None or item.kind not in ("integer", "decimal") or not _plain(made.tree):
            continue
        ends = sorted({float(node.value) for node in walk(made.tree) if isinstance(node, Literal)})
        tries = _between(ends, whole=item.kind == "integer")
        here = Numbers(tries)
        if tries.size and not truth(parse(item.constraint), Context(lambda _, here=here: here, here=item.name)).yes.any():
            what = f"No number keeps the constraint of {item.name!r}."
            yield error("impossible-constraint", item.name, what, "Compare the two ends, and whether it should be and or or.")


def _plain(node: Node) -> bool:
    """Whether it only compares the answer with numbers: then trying the ends and what is between them is trying everything."""
    if not isinstance(node, Operation) or node.left is None:
        return False
    if node.sign in ("and", "or"):
        return _plain(node.left) and _plain(node.right)
    sides = (node.left, node.right)
    numbers = sum(isinstance(side, Literal) and isinstance(side.value, float) for side in sides)
    return node.sign in _COMPARES and numbers == 1 and any(isinstance(side, Here) for side in sides)


def _between(ends: list[float], *, whole: bool) -> np.ndarray:
    """The numbers compared with, one between each two, and one beyond either side."""
    if not ends:
        return np.zeros(0)
    middle = [(a + b) / 2 for a, b in pairwise(ends)]
    tries = np.array([ends[0] - 1, *ends, *middle, ends[-1] + 1])
    return np.unique(np.concatenate([np.floor(tries), np.ceil(tries), np.floor(tries) + 1, np.ceil(tries) - 1])) if whole else tries
