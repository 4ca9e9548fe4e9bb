"""fieldwork_quality: every check of fieldwork at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evidencekit.errors import InputError
from evidencekit.instrument.fieldwork.backchecks import backchecks
from evidencekit.instrument.fieldwork.correlation import correlations
from evidencekit.instrument.fieldwork.digits import heaping
from evidencekit.instrument.fieldwork.duplicates import duplicates
from evidencekit.instrument.fieldwork.durations import durations
from evidencekit.instrument.fieldwork.hours import gaps, nights
from evidencekit.instrument.fieldwork.limits import Attempts, BackChecks, Limits
from evidencekit.instrument.fieldwork.opened import opened
from evidencekit.instrument.fieldwork.places import places
from evidencekit.instrument.fieldwork.quality import Quality
from evidencekit.instrument.fieldwork.refusals import refusals
from evidencekit.instrument.fieldwork.response import responses
from evidencekit.instrument.fieldwork.standing import Check
from evidencekit.instrument.fieldwork.straightlining import batteries_of, straightlining
from evidencekit.instrument.form import Instrument
from evidencekit.instrument.given import in_order, instance, mapped

__all__ = ["fieldwork_quality"]


def fieldwork_quality(
    data: Any,
    form: Instrument,
    *,
    interviewer: str,
    start: str | None = None,
    end: str | None = None,
    batteries: Mapping[str, Sequence[str]] | None = None,
    back_checks: BackChecks | None = None,
    attempts: Attempts | None = None,
    limits: Limits | None = None,
) -> Quality:
    """Look at how interviews were held: who is fast, who gets no answers, whose interviews are too much alike.

    Parameters
    ----------
    data : Dataset or data frame
        One row an interview, in memory.
    form : Instrument
        The form they were held with.
    interviewer : str
        The column with the interviewers' codes. They are shown, so let them be codes and not names.
    start, end : str, optional
        Columns with the start and the end of interviews: dates with times, or ISO texts. The clock of the place counts. From `read_export`
        they come where the form asks the device for them, and otherwise with ``metadata=True``.
    batteries : mapping of str to sequence of str, optional
        Items with the same choices that are asked in a row. By default runs of questions with one list in one group.
    back_checks : BackChecks, optional
        Second interviews of some respondents.
    attempts : Attempts, optional
        How contact attempts ended, when the data have a row for each.
    limits : Limits, optional
        From where on something is flagged.

    Returns
    -------
    Quality
        ``.flags`` in plain sentences, ``.to_frame(check)`` with counts and rates by interviewer or item, ``.save("quality.html")``. Neither
        holds an answer or what tells respondents apart.

    Raises
    ------
    InputError
        The data are lazy or hold no item of the form, `interviewer` tells nearly every row apart, or a column that the device writes is not
        there: `read_export` leaves those that the form does not have out unless ``metadata=True``.
    UnknownColumn
        Another column is not there.

    Notes
    -----
    Interviewers are compared by what interviews dealt out to them at random would give (see
    `evidencekit.instrument.fieldwork.standing.standing`). Where they work in areas of their own, areas and interviewers cannot be told
    apart: a flag says where to look.

    References
    ----------
    West and Blom (2017), J. Surv. Stat. Methodol. 5, 175-211.

    Examples
    --------
    >>> import evidencekit as ek
    >>> yes_no = ek.Choices("yes_no", {1: "Yes", 0: "No", 99: "I prefer not to say"}, missing={99: ek.Missing.REFUSED})
    >>> form = ek.Instrument("short", [ek.Item(f"q{k}", "select_one", f"Question {k}", yes_no) for k in range(6)])
    >>> data = ek.instrument.fictional_answers(form, 300, seed=2)
    >>> quality = ek.instrument.fieldwork_quality(data, form, interviewer="interviewer", start="start", end="end")
    >>> quality.to_frame("refusals")["interviews"].tolist()
    [50, 50, 50, 50, 50, 50]
    """
    if not isinstance(form, Instrument):
        raise InputError(f"form= takes an Instrument, not a {type(form).__name__}.")
    limits = instance(limits or Limits(), Limits, "limits=")
    if back_checks is not None:
        instance(back_checks, BackChecks, "back_checks=")
    if attempts is not None:
        instance(attempts, Attempts, "attempts=")
    if batteries is not None:
        batteries = {name: in_order(items, "Each of batteries=") for name, items in mapped(batteries, "batteries=").items()}
    work = opened(data, form, interviewer, start, end)
    found = {name: items for name, items in batteries_of(form, limits.battery).items() if all(item in work.answers for item in items)}
    checks: list[Check | None] = [durations(work, limits), gaps(work, limits), nights(work, limits), refusals(work, limits)]
    checks.append(straightlining(work, found if batteries is None else batteries, limits))
    checks += heaping(work, limits) or ()
    alike = duplicates(work, limits)
    checks += [None if alike is None else alike[0], places(work, limits), correlations(work, limits)]
    if back_checks is not None:
        checks += backchecks(data, work, back_checks, limits)
    if attempts is not None:
        checks.append(responses(data, work, attempts, limits))
    kept = {check.name: check for check in checks if check is not None}
    notes = [*work.notes, *(why for name, why in _WHY.items() if name not in kept)]
    title = f"Quality of fieldwork: {form.title or form.name}"
    return Quality(kept, work.n, len(work.people), tuple(notes), None if alike is None else alike[1], title, work.backend, limits.z)


_WHY = {
    "durations": "Durations and gaps: start= and end= were not given.",
    "refusals": "Don't know and prefer not to say: no item has such codes.",
    "straightlining": "The same answer throughout: there is no battery with enough answers.",
    "digits": "Last digits: no whole number is spread over 10 or more.",
    "duplicates": "Near-duplicates: too few items tell people apart.",
    "places": "Places: no item holds a position.",
    "backchecks": "Back-checks: back_checks= was not given.",
    "responses": "Response rates: attempts= was not given.",
}
