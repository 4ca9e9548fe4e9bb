"""The survey of young adults: it answers another question than one of children, and needs no path for referral of children."""

from __future__ import annotations

import evidencekit as ek

ADULTS = ek.method_named("retrospective_18_24")


def test_it_may_be_used_where_children_may_not_be_asked() -> None:
    where = ADULTS.example()
    assert ADULTS.fits(where).ok is True
    assert ek.method_named("household_one_child").fits(where).ok is False
