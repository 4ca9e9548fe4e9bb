"""One respondent in a household: drawn from a roster, or by a table that the interviewer carries.

Prefer them in this order:

1. `one_respondent`: a roster that reached the office, and a random number for every member. Chances are known, and the record shows that
   nobody chose.
2. `respondent_table`: a random number for every household and number of members, fixed before the visit; the interviewer lists the members.
3. The same by Kish's grid: comparable with older surveys, with chances that differ a little.
4. The same by the last birthday: only birthdays are asked for, and chances rest on an assumption.

**The last birthday** needs no list of members by age. But a child's chance is 1 over the number of children only if birthdays are spread
evenly over the year, have nothing to do with the answers (school years part children by birthday), are remembered, and are told. Adults
who picked one of themselves by the next or last birthday, in surveys by mail, were wrong up to 30 times in 100, and those rightly picked
answered some questions differently from those wrongly picked (Stange, Smyth and Olson 2016; Olson and Smyth 2017). And to count back from
the day of the visit lets whoever chooses that day choose the child, so here the date is drawn for each household before anyone knocks. A
survey that counted back from the visit, or did not keep the number of eligible children, has no design (`evidencekit.NoDesign`).

References
----------
Stange, Smyth and Olson (2016), Field Methods 28, 64-78. Olson and Smyth (2017), Public Opinion Quarterly 81, 688-713.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np

from evidencekit.errors import InputError, one_of
from evidencekit.sampling.drawing.alike import in_each, srs
from evidencekit.sampling.drawing.draw import Draw
from evidencekit.sampling.drawing.framing import Frame
from evidencekit.sampling.streams import Uniforms, hashed

__all__ = ["one_respondent", "respondent_table"]

Grid = Literal["random", "kish", "last_birthday"]

# Kish's eight tables: their shares in twelfths, and whom to interview when there are 1, 2, ... 5, and 6 or more.
_SHARES = np.cumsum([2, 1, 1, 2, 2, 1, 1, 2]) / 12
_KISH = np.array(
    [
        [1, 1, 1, 1, 1, 1],
        [1, 1, 1, 1, 2, 2],
        [1, 1, 1, 2, 2, 2],
        [1, 1, 2, 2, 3, 3],
        [1, 2, 2, 3, 4, 4],
        [1, 2, 3, 3, 3, 5],
        [1, 2, 3, 4, 5, 5],
        [1, 2, 3, 4, 5, 6],
    ]
)
_MOST = 30
_MONTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAYS = np.array([f"{month:02}-{day:02}" for month, days in enumerate(_MONTHS, 1) for day in range(1, days + 1)])


def one_respondent(roster: Frame, *, seed: int, stream: str | None = None) -> Draw:
    """Draw one eligible member of each household from a roster.

    Parameters
    ----------
    roster : Frame
        One row an eligible member; ``strata=`` is the household.
    seed, stream
        As for `srs`.

    Returns
    -------
    Draw
        One member a household, with the chance 1 / (eligible members). Alone in a household, a member is certain.

    Raises
    ------
    InputError
        Not a Frame, or one without strata.

    Examples
    --------
    >>> import pandas as pd, evidencekit as ek
    >>> roster = pd.DataFrame({"line": [11, 12, 21, 31, 32, 33], "household": [1, 1, 2, 3, 3, 3]})
    >>> draw = ek.sampling.one_respondent(ek.Frame(roster, id="line", strata="household"), seed=1)
    >>> draw.sample["weight"].round(9).tolist()
    [2.0, 1.0, 3.0]
    """
    if not isinstance(roster, Frame):
        raise InputError(f"one_respondent() takes a Frame, not a {type(roster).__name__}.", "ek.Frame(roster, id=..., strata=household).")
    if not roster.strata:
        raise InputError(
            "The roster does not say who lives together.", "Name the column of the household: ek.Frame(roster, id=..., strata=...)."
        )
    return srs(roster, in_each(roster, 1), seed=seed, stream=stream)


def respondent_table(draw: Draw, *, most: int | None = None, grid: Grid = "random") -> Any:
    """Whom to interview in each household, decided before anyone knocks.

    The interviewer lists the eligible members in a fixed order, such as from the oldest to the youngest, and takes the one the table says.

    Parameters
    ----------
    draw : Draw
        Of households.
    most : int, optional
        The largest number of eligible members in the table, 1 to 30. Default: 8, and 6 for Kish's tables, which end there. The last
        birthday takes any number of members, and no `most`.
    grid : {"random", "kish", "last_birthday"}
        A random number for every household and number of members (default), so that each has the same chance; or Kish's eight tables, for
        comparison with surveys that used them; their last column, ``of_6``, is for 6 or more; or a random date for every household, before
        which the last birthday is looked for: where a list of members cannot be made.

    Returns
    -------
    data frame
        In the caller's kind and the order of `Draw.sample`: the identifier of the household and ``of_1``, ``of_2``, ... up to `most`, the
        line of the roster for every number of eligible members. For the last birthday the identifier and ``before``, a date as MM-DD.

    Raises
    ------
    InputError
        Not a Draw, an impossible `most`, or one for the last birthday, or an unknown grid.

    Notes
    -----
    The weight is that of the household times the number of eligible members (`evidencekit.weighting.select_within`). Kish's tables end
    with 6: the seventh member has no chance; and of five members, the third and the fifth have the chance 1/4 and the others 1/6. The
    numbers come from the draw's seed and stream, so the table can be made again from the record.

    The last birthday: from the day before the date, go back through the year until there is an eligible child's birthday, and take that
    child; of two with one birthday, the first in the order of the list, so that the second twin has no chance. The day itself is not
    before the date. Dates are the 365 days of a year without 29 February, which as a birthday stands between 28 February and 1 March.
    Whatever the birthdays are, a child's chance is the number of days from its birthday to the next one in the household, over 365. With
    birthdays spread evenly that is 1 over the number of children on average, and this is what the weight takes it for: write down the
    birthdays or at least the number of eligible children. The module says in which order to prefer the grids, and why.

    References
    ----------
    Kish (1949), JASA 44, 380-387.

    Examples
    --------
    >>> import pandas as pd, evidencekit as ek
    >>> homes = ek.Frame(pd.DataFrame({"home": range(1, 201)}), id="home")
    >>> draw = ek.sampling.srs(homes, 3, seed=1)
    >>> ek.sampling.respondent_table(draw, most=4).columns.tolist()
    ['home', 'of_1', 'of_2', 'of_3', 'of_4']
    >>> ek.sampling.respondent_table(draw, grid="last_birthday")["before"].tolist()
    ['11-12', '08-09', '07-24']
    """
    if not isinstance(draw, Draw):
        raise InputError(f"respondent_table() takes a Draw, not a {type(draw).__name__}.")
    one_of("grid", grid, get_args(Grid))
    ids = [draw.frame.ids[place] for place in draw.chosen.tolist()]
    if grid == "last_birthday":
        if most is not None:
            raise InputError("The last birthday is found among any number of members.", 'Leave most= out with grid="last_birthday".')
        day = hashed(draw.record.seed, f"{draw.record.stream}/birthday", ids)(0) * _DAYS.size
        return draw.table(draw.chosen, {"before": _DAYS[day.astype(np.intp)].tolist()}, only=(draw.frame.id,))
    columns = _lines(hashed(draw.record.seed, f"{draw.record.stream}/respondent", ids), _most(most, grid), grid)
    return draw.table(draw.chosen, columns, only=(draw.frame.id,))


def _most(most: Any, grid: Grid) -> int:
    """The largest number of members in the table."""
    last = 6 if grid == "kish" else _MOST
    if most is None:
        return min(8, last)
    if isinstance(most, bool) or not isinstance(most, (int, np.integer)) or not 1 <= most <= _MOST:
        raise InputError(f"most= is a whole number from 1 to {_MOST}.")
    return min(int(most), last)


def _lines(number: Uniforms, most: int, grid: Grid) -> dict[str, Any]:
    """The line of the roster for each number of members."""
    if grid == "kish":
        lines = _KISH[np.searchsorted(_SHARES, number(0), side="right")][:, :most]
    else:
        lines = np.column_stack([np.floor(number(k) * k).astype(np.int64) + 1 for k in range(1, most + 1)])
    return {f"of_{k + 1}": np.ascontiguousarray(lines[:, k]) for k in range(most)}
