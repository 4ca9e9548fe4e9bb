"""What somebody who uses tables and models for the first time stumbles over: names, calls, messages, what is printed."""

from __future__ import annotations

import inspect
from functools import cache
from types import ModuleType

import pytest

import evidencekit as ek


@cache
def survey() -> ek.Survey:
    return ek.Survey(ek.fictional.national_survey().data, weights="weight", strata="stratum", psu="psu", population="children 12-17")


@pytest.mark.parametrize("room", [ek, ek.tables, ek.models], ids=lambda room: room.__name__)
def test_every_verb_with_a_domain_lets_it_be_named(room: ModuleType) -> None:
    # Results of a domain without a name say "give where_label= to name it".
    verbs = [getattr(room, name) for name in room.__all__ if inspect.isfunction(getattr(room, name))]
    domains = [verb for verb in verbs if "where" in inspect.signature(verb).parameters]
    assert domains
    assert [verb.__name__ for verb in domains if "where_label" not in inspect.signature(verb).parameters] == []
