"""Which variables have to be crossed with each other, and which need not be.

Ten questions that were each shown by sex and age need not be crossed with one another: any ten tables that agree on sex by age can be
those of one set of people. This holds where the sets of variables can be laid out as a tree in which what two sets share is shared by all
on the way between them (a decomposable hypergraph); whole numbers stay whole, since two tables of whole numbers with the same margin
can be crossed cell by cell of the margin, going along both. Other collections are made so by adding pairs of variables.

References
----------
Lauritzen (1996), Graphical Models, Oxford University Press, chapter 2.
Dobra and Fienberg (2000), Bounds for cell entries in contingency tables given marginal totals and decomposable graphs, PNAS 97(22),
11885.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations
from math import prod

__all__ = ["Tree", "tree_of"]

Tree = tuple[tuple[tuple[str, ...], int | None], ...]


def tree_of(scopes: Iterable[Iterable[str]], sizes: Mapping[str, int]) -> Tree:
    """Sets of variables to cross, each with the position of an earlier one that it must agree with; None where it shares nothing.

    Parameters
    ----------
    scopes : iterable of iterables of str
        The variables that each number is about.
    sizes : mapping of str to int
        How many classes each variable has; the sets are made so that few cells result.
    """
    near: dict[str, set[str]] = {name: set() for name in sorted(sizes)}
    for scope in scopes:
        for one, two in combinations(sorted(set(scope)), 2):
            near[one].add(two)
            near[two].add(one)
    cliques: list[frozenset[str]] = []
    while near:
        name = min(near, key=lambda v: (_missing(near, v), prod(sizes[x] for x in (v, *near[v])), v))
        clique = frozenset((name, *near[name]))
        if not any(clique <= other for other in cliques):
            cliques.append(clique)
        for one, two in combinations(sorted(near[name]), 2):
            near[one].add(two)
            near[two].add(one)
        for other in near.pop(name):
            near[other].discard(name)
    return _joined(cliques or [frozenset()])


def _missing(near: Mapping[str, set[str]], name: str) -> int:
    """How many pairs of a variable's neighbours are not neighbours themselves."""
    return sum(two not in near[one] for one, two in combinations(sorted(near[name]), 2))


def _joined(cliques: list[frozenset[str]]) -> Tree:
    """A spanning tree on which the sets share as much as they can, which makes it a junction tree."""
    left = sorted(range(len(cliques)), key=lambda i: (-len(cliques[i]), sorted(cliques[i])))
    order = [left.pop(0)]
    parents: list[int | None] = [None]
    while left:
        pairs = ((len(cliques[i] & cliques[j]), -a, -b) for a, i in enumerate(left) for b, j in enumerate(order))
        shared, a, b = max(pairs)
        order.append(left.pop(-a))
        parents.append(-b if shared else None)
    return tuple((tuple(sorted(cliques[i])), parent) for i, parent in zip(order, parents, strict=True))
