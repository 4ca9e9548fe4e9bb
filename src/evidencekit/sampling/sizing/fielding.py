"""From completed interviews to the households that must be visited for them."""

from __future__ import annotations

from dataclasses import dataclass

from evidencekit.errors import InputError
from evidencekit.sampling.sizing.checks import positive, rate
from evidencekit.sampling.sizing.sizes import SampleSize, counted

__all__ = ["Fieldwork", "n_to_visit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fieldwork:
    """What becomes of the households that are visited.

    Parameters
    ----------
    eligible : float
        Respondents to be interviewed in an average household: where one child is drawn in each, the share of households that have one;
        where all are interviewed, children per household.
    household_response : float
        Share of households that take part, above 0 and at most 1.
    response : float
        Share of those drawn in them who complete the interview.

    Raises
    ------
    InputError
        A rate outside 0 to 1.

    Examples
    --------
    >>> from evidencekit.sampling import Fieldwork, n_to_visit
    >>> n_to_visit(1550, Fieldwork(eligible=0.28, household_response=0.95, response=0.85)).rounded
    6856
    """

    eligible: float = 1.0
    household_response: float = 1.0
    response: float = 1.0

    def __post_init__(self) -> None:
        positive("eligible", self.eligible)
        rate("household_response", self.household_response)
        rate("response", self.response)

    @property
    def yielded(self) -> float:
        """Completed interviews for a household visited."""
        return self.eligible * self.household_response * self.response


def n_to_visit(n: float | SampleSize, fieldwork: Fieldwork) -> SampleSize:
    """How many households must be visited, so that so many interviews are completed.

    Parameters
    ----------
    n : float or SampleSize
        Completed interviews, not rounded where a verb gave them.
    fieldwork : Fieldwork
        Response, and how many are eligible.

    Returns
    -------
    SampleSize
        Households; ``steps`` has the interviews, the households that take part and the respondents drawn in them.

    Raises
    ------
    InputError
        `n` is not a number above 0, or `fieldwork` is not a `Fieldwork`.

    Examples
    --------
    >>> from evidencekit.sampling import Fieldwork, n_for_proportion, n_to_visit
    >>> n_to_visit(n_for_proportion(0.02, rse=0.2, deff=1.5), Fieldwork(eligible=0.28, household_response=0.95, response=0.85))
    SampleSize: 8,127 households (8,126.93)
      how    households = n / (eligible household_response response)
      from   n 1,837.50, eligible 0.28, household_response 0.95, response 0.85
      also   interviews 1,837.50, households taking part 7,720.59, respondents drawn 2,161.76
    """
    count = counted("n", n)
    if not isinstance(fieldwork, Fieldwork):
        raise InputError(f"fieldwork is a Fieldwork(...), not a {type(fieldwork).__name__}.")
    drawn = count / fieldwork.response
    steps = {"interviews": count, "households taking part": drawn / fieldwork.eligible, "respondents drawn": drawn}
    given: dict[str, float | str] = {
        "n": count,
        "eligible": fieldwork.eligible,
        "household_response": fieldwork.household_response,
        "response": fieldwork.response,
    }
    words = "households = n / (eligible household_response response)"
    notes = n.notes if isinstance(n, SampleSize) else ()
    return SampleSize(count / fieldwork.yielded, "households", words, given, steps, notes)
