"""What survives release: by the primary rules in every simulation, and by all of `release` in some."""

from __future__ import annotations

from typing import Any

import numpy as np

from evidencekit.columns import Bools
from evidencekit.disclosure import release
from evidencekit.disclosure.profiles import Profile, profile
from evidencekit.disclosure.released import PROTECTED, WITHHELD
from evidencekit.disclosure.rules import below_floor, identifying
from evidencekit.errors import InputError, Refused
from evidencekit.estimate import Estimate

__all__ = ["kept", "only_hides", "rules_of", "shown"]


def rules_of(given: Any) -> Profile:
    """The profile that is meant."""
    if isinstance(given, Profile):
        return given
    if not isinstance(given, str):
        raise InputError(f"profile= takes a name or a Profile, not a {type(given).__name__}.", 'For example "child-survey".')
    return profile(given)


def kept(est: Estimate, rules: Profile) -> Bools:
    """The cells that could identify nobody by themselves. A profile that rounds keeps all of them, rounded."""
    if below_floor(est, rules):
        return np.zeros(len(est), dtype=bool)
    if rules.method.kind == "round":
        return np.ones(len(est), dtype=bool)
    return np.array([not why for why in identifying(est, rules)], dtype=bool)


def only_hides(rules: Profile) -> bool:
    """Whether a table of which the primary rules hide no cell is shown whole: nothing is withheld as too uncertain, or rounded."""
    fails = (getattr(rule, "fails", "withhold") for rule in rules.precision)
    return rules.method.kind == "suppress" and "withhold" not in (rules.no_interval, *fails)


def shown(tables: list[Estimate], rules: Profile) -> list[float]:
    """Of each table the number of cells that `release` shows, where they go out together."""
    try:
        if rules.method.kind == "round":
            out = [release(est, profile=rules, progress=False) for est in tables]
        else:
            out = list(release(tables, profile=rules, progress=False))
    except Refused:
        return [0.0] * len(tables)
    return [float(sum(one not in (PROTECTED, WITHHELD) for one in safe.status)) for safe in out]
