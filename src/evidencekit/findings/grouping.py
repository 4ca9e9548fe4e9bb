"""Words for groups are those of a table: a column or a level with a letter wrong would be left out of every sentence in silence."""

from __future__ import annotations

from evidencekit.disclosure import Released
from evidencekit.errors import InputError, how_many, named
from evidencekit.findings.wording import Words

__all__ = ["check_groups"]


def check_groups(released: Released, words: Words) -> None:
    """Refuse groups of Words that the table does not have.

    Raises
    ------
    InputError
        A column is none of those that the table is by, or a level is not in its column. No level is named: they are answers.
    """
    cells = released.estimate.cells
    for column, groups in words.groups.items():
        if column not in cells.by:
            there = f"It is by {named(list(cells.by))}." if cells.by else "It has no groups: leave groups= out, or estimate with by=."
            raise InputError(f"groups= of Words names {column!r}, and the table is not by it.", there)
        known = cells.columns[column]
        places = [k for k, level in enumerate(groups) if level not in known]
        if places:
            kinds = {type(one).__name__ for one in known}
            raise InputError(
                f"groups= of Words has {how_many(len(places), 'level')} of {column!r} that the table does not have: the first is"
                f" number {places[0] + 1} of {len(groups)}.",
                f"Write levels as the table has them, of type {' or '.join(sorted(kinds))}: look at to_frame().",
            )
