"""A finding says what its release lets it say: what is withheld or for review is not said, and a footnote goes beside it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_estimates import made_estimate

import evidencekit as ek
from evidencekit.disclosure.profiles import ShareInterval

RULES = ek.disclosure.profile("nchs-proportions-2017")


def table() -> ek.Released:
    """One share that is fine, one that is too uncertain, one on few degrees of freedom, one that is protected with another."""
    cells = ([0.4, 0.4, 0.4, 0.1, 0.1], [4000, 40, 4000, 4000, 20], [1600, 16, 1600, 3, 9], [50, 50, 5, 50, 50])
    est = made_estimate("proportion", cells[0], n=cells[1], cases=cells[2], df=cells[3])
    variances = est.points * (1 - est.points) / np.array([2000, 20, 2000, 2000, 2000])
    return ek.release(replace(est, covariance=replace(est.covariance, variances=variances)), profile=RULES)


def test_what_may_not_be_said_is_refused() -> None:
    safe = table()
    assert safe.status == ("shown", "not presented", "review", "protected", "protected")
    for row, said in ((1, "too uncertain to be presented"), (2, "for review"), (3, "protected")):
        with pytest.raises(ek.errors.Refused, match=said):
            ek.finding(safe, cell=row)


def test_each_kind_of_hidden_has_its_own_mark() -> None:
    safe = table()
    shown = safe.status.index("shown")
    words = ek.finding(safe, cell=shown).picture("dots").alt
    for said in ("too uncertain to show", "for review", "protected"):
        assert said in words


def test_a_footnote_goes_beside_the_headline() -> None:
    est = made_estimate("proportion", [0.97], se=[0.012], n=2000, cases=1940, df=60)
    rule = next(rule for rule in RULES.precision if isinstance(rule, ShareInterval))
    safe = ek.release(est, profile=replace(RULES, precision=(replace(rule, narrow=0.001),)))
    assert safe.status == ("shown",)
    assert safe.reason[0].startswith("the complement is too uncertain")
    assert safe.reason[0] in ek.finding(safe).caveats()
