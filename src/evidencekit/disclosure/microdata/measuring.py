"""risk: every measure of how well somebody could be found among the rows, at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from evidencekit.columns import Codes
from evidencekit.disclosure.microdata.closeness import closeness_of, ordered_of
from evidencekit.disclosure.microdata.diversity import constant_of, diversity_of, sensitive_of
from evidencekit.disclosure.microdata.individual import RiskMethod, individual_risk, of_households
from evidencekit.disclosure.microdata.keys import KeyFrequencies, codes_of, counted, opened_keys, weights_of
from evidencekit.disclosure.microdata.measured import MicrodataRisk, RecordRisk
from evidencekit.disclosure.microdata.suda import Suda, scored
from evidencekit.errors import InputError, how_many
from evidencekit.frames import Rows, open_data

__all__ = ["Diversity", "risk"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Diversity:
    """How sensitive answers are compared.

    Parameters
    ----------
    c : float
        The constant of recursive (c, l)-diversity, 2 by default, as in sdcMicro.
    ordered : sequence of str
        The sensitive columns whose answers have an order, for t-closeness.

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.disclosure.microdata.Diversity(ordered=("hours",)).c
    2.0
    """

    c: float = 2.0
    ordered: Sequence[str] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "c", constant_of(self.c))


def risk(
    data: Any,
    *,
    keys: Sequence[str],
    weights: str | None = None,
    household: str | None = None,
    sensitive: Sequence[str] = (),
    alpha: float = 1.0,
    method: RiskMethod = "exact",
    diversity: Diversity | None = None,
    suda: Suda | None = None,
) -> MicrodataRisk:
    """Measure how well somebody could be found among the rows by what others may know, and what could be learnt.

    Parameters
    ----------
    data : Dataset or data frame
        One row a person, in memory. What a Dataset declares missing is missing here.
    keys : sequence of str
        Columns that somebody may know from elsewhere (age, sex, district, school grade). The measures are as good as this list.
    weights : str, optional
        Column of weights that add up to the population. Without it the rows are taken for the whole population, and the risk is 1/f.
    household : str, optional
        Column of households, or of schools or classes, whose members give each other away.
    sensitive : sequence of str
        Columns that nobody should learn, for l-diversity and t-closeness.
    alpha : float
        How much a match counts that rests on a missing key, 1 by default; see `frequencies`.
    method : {"exact", "approximate"}
        See `individual_risk`.
    diversity : Diversity, optional
        The constant of recursive diversity, and which sensitive columns have an order.
    suda : Suda, optional
        How special uniques are looked for; by default all subsets of the keys, or of 15 and more keys those of at most 3.

    Returns
    -------
    MicrodataRisk
        Prints counts. ``.to_frame()`` gives the measures, ``.rows()`` what is known of each row.

    Raises
    ------
    InputError
        No keys, a column named twice or in two roles, no rows, lazy data, no answer in any key, households missing, or weights that do not
        add up to people.
    DesignError
        Weights are missing or negative.
    UnknownColumn
        A column is not there.

    Notes
    -----
    Where weights below 1 make a combination rarer in the population than in the sample, the people in the sample are taken to be all
    there are, which is the highest risk; a note counts the rows.

    References
    ----------
    Templ, Kowarik and Meindl (2015), J. Stat. Softw. 67(4). Franconi and Polettini (2004), LNCS 3050, 262-272.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> ek.disclosure.microdata.risk(fiction.data, keys=["sex", "age", "stratum"], weights="weight").below[10]
    186
    """
    rows = open_data(data)
    _roles(keys, weights, household, sensitive)
    for given, kind, role in ((diversity, Diversity, "diversity="), (suda, Suda, "suda=")):
        if given is not None and not isinstance(given, kind):
            raise InputError(f"{role} takes a {kind.__name__}, not a {type(given).__name__}.")
    made = opened_keys(rows, keys)
    f, big_f = counted(made, weights_of(rows, weights), alpha)
    own = individual_risk(f, big_f, method=method)[made.group]
    together = None if household is None else of_households(own, _households(rows, household))
    how = diversity or Diversity()
    answers = sensitive_of(rows, sensitive, made.names) if sensitive else {}
    ordered = ordered_of(rows, how.ordered, answers)
    notes = [*made.notes] if weights is not None else [*made.notes, "no weights: the rows are taken for the whole population"]
    if few := int(made.size[big_f < f * (1 - 1e-12)].sum()):
        notes.append(f"weights below 1 leave {how_many(few, 'row')} rarer in the population than in the sample: the risk is 1/f there")
    return MicrodataRisk(
        keys=made.names,
        frequencies=KeyFrequencies(f[made.group], big_f[made.group], len(made.size)),
        found=RecordRisk(own, together, method),
        suda=scored(made, suda or Suda(size=3 if len(made.names) >= 15 else None)),
        diversity=diversity_of(made, answers, how.c) if answers else None,
        closeness=closeness_of(made, answers, ordered) if answers else None,
        notes=tuple(notes),
        backend=rows.backend,
    )


def _households(rows: Rows, name: str) -> Codes:
    rows.need(name, "household=")
    return codes_of(rows, name)[0]


def _roles(keys: Any, weights: Any, household: Any, sensitive: Any) -> None:
    """Refuse a column that is a key and the weight or the household."""
    many = {"keys=": keys, "sensitive=": sensitive}
    for role, name in (("weights=", weights), ("household=", household)):
        for other, names in many.items():
            if name is not None and isinstance(name, str) and (name == names or (isinstance(names, (list, tuple)) and name in names)):
                raise InputError(f"{role} and {other} name the same column.", "Each column has one role.")
