"""What a verb on indicators was asked: its indicators looked at, its rows counted, its shares worked out on one condition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evidencekit.errors import InputError
from evidencekit.estimate import Estimate
from evidencekit.instrument.form import Instrument
from evidencekit.instrument.given import in_order
from evidencekit.instrument.indicators.answering import ItemMap, Items
from evidencekit.instrument.indicators.compiling import Among, Compiled, compiled, items_for, need_indicator
from evidencekit.instrument.indicators.definition import Indicator
from evidencekit.instrument.indicators.measuring import need_memory, needed, refuse_nobody, rows_counted, shares
from evidencekit.survey import Survey
from evidencekit.survey.means import By
from evidencekit.survey.summing.domains import Where

__all__ = ["Asked", "asked", "several"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Asked:
    """What was asked of a survey: the items of its indicators, the rows that count, and `said`, the condition in words."""

    survey: Survey
    items: Items
    rows: Any
    by: By
    where: Where
    where_label: str
    said: str
    level: float

    def compiled(self, indicator: Indicator, among: Among) -> Compiled:
        """An indicator on these rows; refused where nobody is counted or answered."""
        made = compiled(indicator, self.items, among)
        refuse_nobody(made, self.rows, made.valid)
        return made

    def shares(self, variables: Mapping[str, Any]) -> Estimate:
        """Shares of variables, a value for each row of the survey."""
        return shares(self.survey, variables, by=self.by, where=self.where, where_label=self.where_label, level=self.level)


def asked(
    survey: Survey,
    indicators: Sequence[Indicator],
    *,
    items: ItemMap,
    form: Instrument | None,
    by: By,
    where: Where,
    where_label: str,
    level: float,
) -> Asked:
    """Look at what was passed, before anything is worked out.

    Raises
    ------
    InputError
        As for `prevalence`.
    """
    found = items_for(survey, indicators, items, form)
    need_memory(survey)
    said = needed(survey, by, where, where_label)
    return Asked(survey, found, rows_counted(survey, where), by, where, where_label, said, level)


def several(indicators: Any, doing: str, what: str) -> list[Indicator]:
    """Two indicators or more, each with a code of its own; `what` is what the verb calls them."""
    chosen = [need_indicator(given, doing) for given in in_order(indicators, "indicators", "Give a list of Indicators.")]
    if len(chosen) < 2:
        raise InputError(f"{doing} takes at least two {what}.", "To estimate one, use prevalence().")
    if len({of.code for of in chosen}) < len(chosen):
        raise InputError(f"Two of the {what} have one code.", "Give each a code of its own.")
    return chosen
