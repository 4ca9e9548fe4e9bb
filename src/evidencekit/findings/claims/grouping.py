"""Words for groups are those of a table: a column or a level with a letter wrong would be left out of every sentence in silence."""

from __future__ import annotations

from difflib import get_close_matches

from evidencekit.disclosure import Released
from evidencekit.errors import InputError, how_many, named
from evidencekit.findings.wording import Words

__all__ = ["check_groups"]


def check_groups(released: Released, words: Words) -> None:
    """Refuse groups of Words that the table does not have.

    Words may name the columns of several tables: of a table with groups one is enough, and a table without any is told by `people`.

    Raises
    ------
    InputError
        No column is one that the table is by, or one nearly is; or a level is not in its column. No level is named: they are answers.
    """
    cells = released.estimate.cells
    fit = any(column in cells.by for column in words.groups)
    for column, groups in words.groups.items():
        if column not in cells.by:
            if cells.by and (not fit or get_close_matches(str(column), cells.by, n=1, cutoff=0.8)):
                raise InputError(
                    f"groups= of Words names {str(column)!r}, and the table is by {named(list(cells.by))}.", "Name its column."
                )
            continue
        known = cells.columns[column]
        places = [k for k, level in enumerate(groups) if level not in known]
        if places:
            kinds = {type(one).__name__ for one in known}
            raise InputError(
                f"groups= of Words has {how_many(len(places), 'level')} of {column!r} that the table does not have: the first is"
                f" number {places[0] + 1} of {len(groups)}.",
                f"Write levels as the table has them, of type {' or '.join(sorted(kinds))}: look at to_frame().",
            )
