"""known: what a reader of everything released can say of a group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evidencekit.disclosure.ledger.book import Ledger
from evidencekit.disclosure.ledger.groups import Group, group_of
from evidencekit.disclosure.ledger.linking import linked
from evidencekit.disclosure.ledger.numbers import hidden
from evidencekit.disclosure.ledger.systems import NODES
from evidencekit.disclosure.ledger.tables import PublishedTable
from evidencekit.errors import InputError

__all__ = ["known"]


def known(ledger: Ledger, group: Mapping[str, Any] | Group, *, universe: str, nodes: int = NODES) -> tuple[int, int | None]:
    """The smallest and the largest number of people in a group that a reader cannot rule out.

    Parameters
    ----------
    ledger : Ledger
        What was released.
    group : mapping
        Variable to levels; ``{}`` is everyone.
    universe : str
        The round of the survey.
    nodes : int
        How long the solver may branch over one question. Where it stops before an answer the interval is too wide, never too narrow.

    Returns
    -------
    tuple of int
        The largest is None where nothing limits it. As confidential as the data where the interval is narrow.

    Raises
    ------
    InputError
        Nothing of this universe was released, or what was cannot all be true.

    Examples
    --------
    >>> from evidencekit.disclosure.ledger import Ledger, PublishedTable, count, known, rounded
    >>> both = [rounded({"sex": "girl"}, 960), rounded({"sex": "boy"}, 1035)]
    >>> ledger = Ledger().with_(PublishedTable(title="By sex", universe="round 1", cells=both, beside=[count({}, 1996)]))
    >>> known(ledger, {"sex": "girl"}, universe="round 1")
    (959, 962)
    """
    if not isinstance(ledger, Ledger):
        raise InputError(f"ledger= is a Ledger, not a {type(ledger).__name__}.", "Ledger(path) reads one.")
    before = [(i, table) for i, table in enumerate(ledger.entries) if table.universe == universe]
    if not before:
        raise InputError("Nothing of this universe is in the ledger.", "Use the name that its tables have.")
    asked = PublishedTable(title="asked", universe=universe, cells=((hidden(group_of(group)),),), complete=Group())
    names = [*(f"entry {i}" for i, _ in before), "the group asked for"]
    made = linked([*(table for _, table in before), asked], names=names, settled=len(before), nodes=nodes)
    system = made.system()
    if system.contradicts_itself():
        raise InputError("The ledger contradicts itself: its tables cannot all be true.", "Audit the last one, which names the entries.")
    low, high = system.interval(next(iter(made.shown[-1].group.atoms.values())))
    return int(low), None if high >= made.cap else int(high)
