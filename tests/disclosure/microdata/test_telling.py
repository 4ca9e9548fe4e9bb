"""Columns that still tell what a recoding took out are named; those that do not are not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import evidencekit as ek
from evidencekit.disclosure.microdata import Bands, DropColumns, Groups, Ladder, Plan, Recode, protect, risk

AGES = Ladder([Bands((12, 14, 16, 18))])


def people() -> pd.DataFrame:
    """Invented: 600 children with an age, its two groups, a district within a province, and an answer that follows from nothing."""
    rng = np.random.default_rng(20260630)
    age, district = rng.integers(12, 18, 600), rng.integers(0, 8, 600)
    return pd.DataFrame(
        {
            "age": age,
            "age_group": np.where(age < 15, "12-14", "15-17"),
            "province": np.array(["a", "b", "c", "d"])[district // 2],
            "district": np.array([f"d{i}" for i in range(8)])[district],
            "told": rng.integers(0, 2, 600),
        }
    )


def test_groups_that_cut_across_bands_are_named() -> None:
    """A child of the band 14 to 15 is 14 where the other column says 12 to 14."""
    made = protect(people(), Plan([Recode(column="age", ladder=AGES)], keys=["age"]))
    assert len(made.notes) == 1
    assert "of 'age' is still told by 'age_group'" in made.notes[0]
    assert made.notes[0] in repr(made)
    assert "age_group" in made._repr_html_()  # pyright: ignore[reportPrivateUsage]


def test_parts_of_what_was_joined_are_named() -> None:
    north = Ladder([Groups({"a": "north", "b": "north", "c": "c", "d": "d"})])
    plan = [Recode(column="province", ladder=north)]
    assert "'district'" in protect(people(), Plan(plan, keys=["province"])).notes[0]
    assert protect(people(), Plan([*plan, DropColumns(columns=["district"])], keys=["province"])).notes == ()


@pytest.mark.parametrize("edges", [(12, 15, 18), (12, 13, 14, 15, 16, 17, 18)])
def test_groups_of_the_same_edges_and_bands_that_join_nothing_tell_nothing(edges: tuple[int, ...]) -> None:
    made = protect(people(), Plan([Recode(column="age", ladder=Ladder([Bands(edges)]))], keys=["age"]))
    assert made.notes == ()


def test_answers_and_numbers_of_ones_own_are_not_taken_for_telling() -> None:
    frame = people()[["age", "told"]].assign(hours=np.random.default_rng(1).normal(3, 1, 600))
    assert protect(frame, Plan([Recode(column="age", ladder=AGES)], keys=["age"], keep=["hours"])).notes == ()


def test_the_fictional_survey() -> None:
    data = ek.fictional.national_survey().data
    steps = [Recode(column="age", ladder=AGES), DropColumns(columns=["psu", "stratum"])]
    assert "'age_group'" in protect(data, Plan(steps, keys=["age", "sex"], weights="weight")).notes[0]


def test_shares_are_printed_without_exponents() -> None:
    alone = pd.DataFrame({"age": [12, 13, 14, 15, 16]})
    assert "5.00 rows (100 percent)" in repr(risk(alone, keys=["age"]))
