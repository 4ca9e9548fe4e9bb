"""A finding of the fictional survey, and findings with any interval."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

import evidencekit as ek


@pytest.fixture(scope="session")
def find() -> ek.Finding:
    fiction = ek.fictional.national_survey()
    survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu", population="children 12-17")
    words = ek.findings.Words(did="were sent unwanted messages", people="children aged 12-17", recall="in the past year")
    return ek.finding(ek.release(ek.proportion(survey, "any_contact_unwanted")), words=words)


@pytest.fixture(scope="session")
def any_find(find: ek.Finding) -> Callable[[float, float, float], ek.Finding]:
    """A finding with this share and interval; nothing else of it is looked at."""

    def made(p: float, low: float, high: float) -> ek.Finding:
        est = find.released.estimate
        interval = replace(est.interval, low=np.array([low]), high=np.array([high]))
        return replace(find, released=replace(find.released, estimate=replace(est, points=np.array([p]), interval=interval)))

    return made
