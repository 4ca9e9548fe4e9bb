"""The lint: every rule over a form."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from evidencekit.errors import InputError
from evidencekit.instrument.form import Instrument
from evidencekit.instrument.linting import exclusives, limits, lists, logic, opening, protection, wording
from evidencekit.instrument.linting.findings import Lint, LintFinding, warning
from evidencekit.instrument.linting.looking import Look, look

__all__ = ["RULES", "lint"]

_COVERED = ("unknown-list",)  # by a rule that looks at the form


def remarks(look: Look) -> Iterator[LintFinding]:
    """What reading a file left out is told, so that nothing goes in silence."""
    for remark in look.form.remarks:
        if remark.rule not in _COVERED:
            yield warning(remark.rule, remark.item, remark.text, "Correct the file when it was meant to count.")


RULES: tuple[Callable[[Look], Iterator[LintFinding]], ...] = (
    protection.consent_first,
    protection.consent_closes,
    protection.way_out,
    protection.privacy,
    protection.distress,
    protection.referral,
    protection.direct_identifiers,
    logic.unreadable,
    logic.functions,
    logic.unknown_references,
    logic.later_references,
    logic.circles,
    logic.codes_of_lists,
    logic.missing_codes_in_range,
    limits.impossible,
    opening.opened_without_answer,
    lists.no_list,
    lists.unknown_types,
    lists.duplicate_codes,
    lists.usable_codes,
    lists.twin_labels,
    lists.joint_missing,
    lists.unmarked_missing,
    exclusives.unmarked_none,
    exclusives.unheld_exclusive,
    lists.duplicate_names,
    lists.usable_names,
    wording.translations,
    wording.translations_of_lists,
    wording.labels,
    wording.placeholders,
    logic.number_limits,
    protection.roles,
    protection.date_of_birth,
    protection.free_text,
    protection.purposes,
    remarks,
)


def lint(form: Instrument) -> Lint:
    """Look a form over before anyone is asked: whether it protects those who answer, and does what it says.

    The rules see what is marked: give items their ``role=`` and ``purpose=`` first. What a rule is for is said in its docstring, in
    `evidencekit.instrument.linting`.

    Parameters
    ----------
    form : Instrument
        Written in Python or read from an XLSForm.

    Returns
    -------
    Lint
        A finding for everything that should be looked at, with rule, severity, item, and what to do; ``.errors`` and ``.warnings``.
        An error is what may harm people, lose data or makes the form do something else than it says.

    Raises
    ------
    InputError
        Something else than an Instrument.

    References
    ----------
    World Health Organization (2001). Putting women first: ethical and safety recommendations for research on domestic violence against
    women. WHO/FCH/GWH/01.1: privacy, distress and referral.

    Examples
    --------
    >>> import evidencekit as ek
    >>> form = ek.Instrument("lesson", [ek.Item("age", "integer", "How old are you?", role="quasi-identifier")])
    >>> found = ek.instrument.lint(form)
    >>> found
    Lint: 1 error, 2 warnings
      error    consent-first: No item is marked as the one that asks for consent.
      warning  no-limits (age): Number 'age' has no constraint.
      warning  no-purpose (age): Item 'age' does not say what it is for.
    >>> found.errors[0].remedy
    'Ask for it first, with role="consent".'
    """
    if not isinstance(form, Instrument):
        raise InputError(f"lint() takes an Instrument, not a {type(form).__name__}.")
    seen = look(form)
    return Lint(tuple(finding for rule in RULES for finding in rule(seen)))
