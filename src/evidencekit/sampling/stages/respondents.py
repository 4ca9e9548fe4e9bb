"""One respondent in a household: drawn from a roster, or by a table that the interviewer carries.

The child with the last birthday is not offered: nobody knows its chance, birthdays are misremembered and steered, and interviewers learn to
choose who is at home. A survey that did it has no design (`evidencekit.NoDesign`).
"""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np

from evidencekit.errors import InputError, one_of
from evidencekit.sampling.drawing.alike import in_each, srs
from evidencekit.sampling.drawing.draw import Draw
from evidencekit.sampling.drawing.framing import Frame
from evidencekit.sampling.streams import hashed

__all__ = ["one_respondent", "respondent_table"]

Grid = Literal["random", "kish"]

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


def respondent_table(draw: Draw, *, most: int = 8, grid: Grid = "random") -> Any:
    """Whom to interview in each household, decided before anyone knocks: the line of the roster for every number of eligible members.

    The interviewer lists the eligible members in a fixed order, such as from the oldest to the youngest, and takes the one the table says.

    Parameters
    ----------
    draw : Draw
        Of households.
    most : int
        The largest number of eligible members in the table, 1 to 30.
    grid : {"random", "kish"}
        A random number for every household and number of members (default), so that each has the same chance; or Kish's eight tables, for
        comparison with surveys that used them; their last column, ``of_6``, is for 6 or more.

    Returns
    -------
    data frame
        In the caller's kind and the order of `Draw.sample`: the identifier of the household and ``of_1``, ``of_2``, ... up to `most`.

    Raises
    ------
    InputError
        Not a Draw, an impossible `most`, or an unknown grid.

    Notes
    -----
    The weight is that of the household times the number of eligible members (`evidencekit.weighting.select_within`). Kish's tables end
    with 6: the seventh member has no chance; and of five members, the third and the fifth have the chance 1/4 and the others 1/6. The
    numbers come from the draw's seed and stream, so the table can be made again from the record.

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
    """
    if not isinstance(draw, Draw):
        raise InputError(f"respondent_table() takes a Draw, not a {type(draw).__name__}.")
    one_of("grid", grid, get_args(Grid))
    if isinstance(most, bool) or not isinstance(most, (int, np.integer)) or not 1 <= most <= _MOST:
        raise InputError(f"most= is a whole number from 1 to {_MOST}.")
    if grid == "kish" and most > 6:
        most = 6
    ids = [draw.frame.ids[place] for place in draw.chosen.tolist()]
    number = hashed(draw.record.seed, f"{draw.record.stream}/respondent", ids)
    if grid == "kish":
        lines = _KISH[np.searchsorted(_SHARES, number(0), side="right")][:, :most]
    else:
        lines = np.column_stack([np.floor(number(k) * k).astype(np.int64) + 1 for k in range(1, most + 1)])
    columns = {f"of_{k + 1}": np.ascontiguousarray(lines[:, k]) for k in range(most)}
    return draw.table(draw.chosen, columns, only=(draw.frame.id,))
