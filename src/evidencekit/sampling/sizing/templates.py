"""The household surveys' own ways of counting: DHS, MICS, and surveys of violence against children."""

from __future__ import annotations

from evidencekit.errors import InputError
from evidencekit.sampling.sizing.checks import positive, rate, share
from evidencekit.sampling.sizing.fielding import Fieldwork, n_to_visit
from evidencekit.sampling.sizing.proportions import n_for_proportion
from evidencekit.sampling.sizing.sizes import SampleSize

__all__ = ["dhs_households", "mics_households", "vacs_households"]


def dhs_households(p: float, *, rse: float, deft: float, fieldwork: Fieldwork) -> SampleSize:
    """Households of a Demographic and Health Survey, for one domain.

    Parameters
    ----------
    p : float
        The proportion expected among those to be interviewed.
    rse : float
        Relative standard error wanted.
    deft : float
        Square root of the design effect.
    fieldwork : Fieldwork
        With DHS's d (target individuals in a household) as `eligible`, Rh as `household_response` and Ri as `response`.

    Returns
    -------
    SampleSize
        Households; ``steps`` has the interviews, the manual's net sample.

    Raises
    ------
    InputError
        A proportion outside 0 to 1, or a number that is not above 0.

    Notes
    -----
    ``deft^2 (1/p - 1) / rse^2 / (Ri Rh d)``. The manual rounds the net sample to the nearest whole number before it divides, which in one
    line of its table (0.12: 587) is a household fewer than is needed; here only the end is rounded.

    References
    ----------
    ICF International (2012), Demographic and Health Survey Sampling and Household Listing Manual, section 1.6.2 and its table.

    Examples
    --------
    >>> from evidencekit.sampling import Fieldwork, dhs_households
    >>> women = Fieldwork(eligible=1.05, household_response=0.92, response=0.96)
    >>> [dhs_households(0.2, rse=r, deft=1.4, fieldwork=women).rounded for r in (0.12, 0.11, 0.1, 0.05)]
    [588, 699, 846, 3382]
    """
    net = n_for_proportion(p, rse=rse, deff=positive("deft", deft) ** 2)
    visited = n_to_visit(net, fieldwork)
    given = {"p": net.inputs["p"], "rse": net.inputs["rse"], "deft": float(deft), **visited.inputs}
    del given["n"]
    words = "households = deft^2 (1/p - 1) / rse^2 / (response household_response eligible)"
    return SampleSize(visited.n, "households", words, given, visited.steps, net.notes)


def mics_households(
    r: float,
    *,
    deff: float,
    share_of_population: float,
    household_size: float,
    rme: float = 0.12,
    response: float = 0.9,
) -> SampleSize:
    """Households of a Multiple Indicator Cluster Survey, for one indicator.

    Parameters
    ----------
    r : float
        The indicator expected, as a proportion of its base.
    deff : float
        Design effect; the manuals take 1.5 where nothing is known.
    share_of_population : float
        Of all people, those in the indicator's base, such as children of 12 to 17.
    household_size : float
        People in an average household.
    rme : float
        Margin of error as a share of r, at 95 per cent.
    response : float
        Share of households that answer. The manual of the third round multiplies by 1.1 instead of dividing by it.

    Returns
    -------
    SampleSize
        Households; ``steps`` has the people in the base among those that answer.

    Raises
    ------
    InputError
        A share outside 0 to 1, or a number that is not above 0.

    Notes
    -----
    ``4 r (1 - r) deff / ((rme r)^2 share_of_population household_size response)``; the 4 is 1.96 squared, rounded up.

    References
    ----------
    UNICEF (2006), Multiple Indicator Cluster Survey Manual, chapter 4, with 1.1 for non-response and rme = 0.12. That later rounds divide
    by the response rate is taken from secondary sources.

    Examples
    --------
    >>> from evidencekit.sampling import mics_households
    >>> mics_households(0.05, deff=1.5, share_of_population=0.13, household_size=4.5, rme=0.2).rounded
    5414
    """
    r, deff, base, people = share("r", r), positive("deff", deff), rate("share_of_population", share_of_population), household_size
    people, rme, answered = positive("household_size", people), positive("rme", rme), rate("response", response)
    in_base = 4 * r * (1 - r) * deff / (rme * r) ** 2
    given: dict[str, float | str] = {
        "r": r,
        "deff": deff,
        "rme": rme,
        "share_of_population": base,
        "household_size": people,
        "response": answered,
    }
    words = "households = 4 r(1-r) deff / ((rme r)^2 share_of_population household_size response)"
    return SampleSize(in_base / (base * people * answered), "households", words, given, {"people in the base": in_base})


def vacs_households(p: float, *, moe: float, deff: float, fieldwork: Fieldwork, level: float = 0.95) -> SampleSize:
    """Households of a survey of violence against children, for girls or for boys.

    Where girls and boys are sampled in different primary sampling units, each sex has a sample of its own: call it twice.

    Parameters
    ----------
    p : float
        The proportion expected among those of this sex.
    moe : float
        Margin of error, as a share.
    deff : float
        Design effect.
    fieldwork : Fieldwork
        With the share of households that have someone eligible of this sex; one of them is drawn in each.
    level : float
        Confidence level.

    Returns
    -------
    SampleSize
        Households in this sex's primary sampling units; ``steps`` has the interviews.

    Raises
    ------
    InputError
        More than one eligible in a household: one is interviewed.

    Notes
    -----
    ``deff z^2 p (1 - p) / moe^2``, then over eligibility and the two response rates: the sum that follows from one interview in each
    household. It is not quoted from a manual of these surveys.

    References
    ----------
    Nguyen, K. H., Kress, H., Villaveces, A. and Massetti, G. M. (2019), Sampling design and methodology of the Violence Against Children
    and Youth Surveys, Injury Prevention 25, 321-327, reports samples of 891 to 7,912 women and girls and 803 to 2,717 men and boys.

    Examples
    --------
    >>> from evidencekit.sampling import Fieldwork, vacs_households
    >>> girls = Fieldwork(eligible=0.4, household_response=0.95, response=0.9)
    >>> vacs_households(0.3, moe=0.04, deff=2, fieldwork=girls).rounded
    2949
    """
    if isinstance(fieldwork, Fieldwork) and fieldwork.eligible > 1:
        raise InputError("One is interviewed in each household, so eligible= is a share of households.", "Give a share of at most 1.")
    net = n_for_proportion(p, moe=moe, deff=deff, level=level)
    visited = n_to_visit(net, fieldwork)
    given = {**net.inputs, **visited.inputs}
    del given["n"]
    words = "households = deff z^2 p(1-p) / moe^2 / (eligible household_response response)"
    return SampleSize(visited.n, "households", words, given, visited.steps, net.notes)
