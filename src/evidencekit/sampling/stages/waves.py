"""Two waves of a panel in one Survey, so that the change between them is measured with what they have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes
from evidencekit.errors import DesignError, InputError
from evidencekit.frames import Dataset
from evidencekit.sampling.drawing.draw import Draw
from evidencekit.sampling.stages.answering import Answered
from evidencekit.sampling.stages.appending import rows_as_given
from evidencekit.sampling.stages.multistage import UNIT
from evidencekit.survey import Stages

__all__ = ["Waves", "two_waves"]

STRATUM, WAVE = "variance_stratum", "wave"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Waves:
    """Answers of two waves, one below the other, and the design of a Survey on them.

    Parameters
    ----------
    sample : data frame or Dataset
        The rows of both waves, with ``wave`` (its number), ``weight``, ``variance_stratum`` and ``variance_unit``.
    design : Stages
        The design of a Survey on `sample`.
    shared : float
        The share of the first wave's sampling units that are in the second one too.

    Examples
    --------
    See `two_waves`.
    """

    sample: Any
    design: Stages
    shared: float

    def __repr__(self) -> str:
        return f"Waves({self.shared:.0%} of the units of the first are in the second)"

    def __reduce__(self) -> NoReturn:
        raise InputError("Answers are not pickled.", "Keep the files they are in, and the records of the draws.")


def two_waves(first: Answered, second: Answered) -> Waves:
    """Put the answers of two waves of a panel into one sample.

    Parameters
    ----------
    first, second : Answered
        What `with_answers` made of each wave: of the units that `panel_wave` drew, or of households and children drawn anew in them.

    Returns
    -------
    Waves
        ``.sample`` and ``.design``: ``ek.mean(survey, y, by="wave")`` and `evidencekit.difference` on it give the change with an interval
        that knows which units are in both waves.

    Raises
    ------
    DesignError
        The answers are not of two waves of one panel.
    InputError
        Something else than answers of draws, or columns that differ in type.

    Notes
    -----
    The sampling unit is that of the first stage, in both waves. Units of both waves, of the first only and of the second only are strata
    of their own: their numbers are nearly fixed by the rotation, and without this totals would vary by how many units a wave has. Units
    count as drawn with replacement. In a stratum where a single unit left or came, the three are one.

    References
    ----------
    Sarndal, Swensson and Wretman (1992), Model Assisted Survey Sampling, section 9.9, on samples from two occasions.

    Examples
    --------
    >>> import evidencekit as ek
    >>> frame = ek.Frame(ek.fictional.area_list(), id="area_number", size="households")
    >>> waves = [ek.sampling.panel_wave(frame, 60, wave=wave, rotation=0.25, seed=1) for wave in (0, 1)]
    >>> told = [draw.sample[["area_number", "households"]] for draw in waves]
    >>> both = ek.sampling.two_waves(*(ek.sampling.with_answers(draw, t) for draw, t in zip(waves, told)))
    >>> both
    Waves(75% of the units of the first are in the second)
    >>> level = ek.mean(ek.Survey(both.sample, design=both.design), "households", by="wave")
    >>> change = ek.difference(level, {"wave": 1}, {"wave": 0})
    """
    made = [_checked(answered) for answered in (first, second)]
    areas = [draw for draw, _ in made]
    _one_panel(*areas)
    held = [{draw.frame.ids[place] for place in draw.chosen.tolist()} for draw in areas]
    number = {name: k for k, name in enumerate(sorted(held[0] | held[1]))}
    least = min(draw.record.wave for draw in areas)
    rows = [_rows(answered, *part, held, number, least) for answered, part in zip((first, second), made, strict=True)]
    try:
        stacked = nw.maybe_reset_index(nw.concat(rows, how="diagonal"))
    except Exception:
        raise InputError("The answers of the two waves cannot be stacked: a column has two types.", "Read both in the same way.") from None
    alone = bool(areas[0].certain.any()) and all(isinstance(answered.drawn, Draw) for answered in (first, second))
    design = Stages(weights="weight", strata=STRATUM, psu=UNIT, lonely="certainty" if alone else "fail")
    native = _settled(stacked).to_native()
    whole = first.sample if isinstance(first.sample, Dataset) else None
    return Waves(native if whole is None else whole.with_frame(native), design, len(held[0] & held[1]) / len(held[0]))


def _checked(answered: Any) -> tuple[Draw, Codes]:
    """The first-stage draw of a wave, and where each row's unit stands in it."""
    if not isinstance(answered, Answered):
        raise InputError(f"two_waves() takes what with_answers() made, not a {type(answered).__name__}.")
    if isinstance(answered.drawn, Draw):
        return answered.drawn, answered.unit
    return answered.drawn.draws[0], answered.drawn.paths[0][answered.unit]


def _one_panel(first: Draw, second: Draw) -> None:
    """Raise unless two draws are waves of one panel."""
    one, other = first.record, second.record
    same = ("algorithm", "seed", "stream", "rotation", "id", "strata")
    if not one.rotation or any(getattr(one, part) != getattr(other, part) for part in same) or one.wave == other.wave:
        raise DesignError(
            "These are not two waves of one panel.",
            "Draw both by panel_wave() with the same design, seed, stream and rotation. Independent samples are compared as they are.",
        )


def _rows(answered: Answered, draw: Draw, area: Codes, held: list[set[str]], number: dict[str, int], least: int) -> nw.DataFrame[Any]:
    """The rows of one wave with their stratum, unit and wave."""
    frame = rows_as_given(answered.sample, "two_waves()")
    if WAVE in frame.columns:
        raise InputError(f"The answers already have a column {WAVE!r}, which two_waves() adds.", "Give it another name.")
    ids = [draw.frame.ids[place] for place in draw.chosen.tolist()]
    pattern = np.array([0 if name in held[0] and name in held[1] else 1 + (name in held[1]) for name in ids], dtype=np.intp)
    strata = len(draw.frame.keys)
    stratum = draw.group * 3 + pattern
    unit = np.array([number[name] for name in ids], dtype=np.intp)
    stratum[draw.certain] = 3 * strata + unit[draw.certain]
    inside = unit[area]
    if not isinstance(answered.drawn, Draw):  # in a certain area the units of the second stage vary, anew in every wave
        below = answered.drawn.paths[1][answered.unit]
        fresh = len(number) + 2 * below + (draw.record.wave > least)
        inside = np.where(draw.certain[area], fresh, inside)
    columns = {STRATUM: stratum[area], UNIT: inside, WAVE: np.full(area.size, draw.record.wave)}
    return frame.with_columns(*(nw.new_series(name, values, backend=frame.implementation) for name, values in columns.items()))


def _settled(stacked: nw.DataFrame[Any]) -> nw.DataFrame[Any]:
    """The rows with strata in which no unit stands alone because of the wave it came or left in."""
    stratum, unit = stacked[STRATUM].to_numpy().astype(np.intp), stacked[UNIT].to_numpy().astype(np.intp)
    pairs = np.unique(np.column_stack([stratum, unit]), axis=0)
    lonely: NDArray[np.intp] = np.flatnonzero(np.bincount(pairs[:, 0]) == 1)
    joined = np.where(np.isin(stratum // 3, np.unique(lonely // 3)), stratum // 3 * 3, stratum)
    return stacked.with_columns(nw.new_series(STRATUM, joined, backend=stacked.implementation))
