"""The method keeps what every method promises; add what only this one does."""

from __future__ import annotations

from evidencekit.methods._template import METHOD

from evidencekit.testing import check_method


def test_it_keeps_what_every_method_promises() -> None:
    """Its example, its simulator and its analysis agree."""
    found = check_method(METHOD)
    assert found.method == METHOD.name


def test_it_plans_its_example() -> None:
    """The error that is wanted is the error that is planned."""
    plan = METHOD.plan(METHOD.example())
    assert plan.se.high <= 0.15 * plan.sizing.p + 1e-12
