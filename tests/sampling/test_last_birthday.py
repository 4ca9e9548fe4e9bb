"""The last birthday before a date drawn for each household: dates are uniform, and so are children whose birthdays are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import evidencekit as ek
from evidencekit import sampling
from evidencekit.errors import InputError

CANARY = "Sokha-12-Mekong-Lane"
YEAR = [f"{date(2023, 1, 1) + timedelta(days=k):%m-%d}" for k in range(365)]


def homes(units: int = 60) -> pd.DataFrame:
    return pd.DataFrame({"home": range(units), "address": CANARY})


def table(units: int = 60, seed: int = 2, stream: str | None = None, data: Any = None) -> Any:
    frame = ek.Frame(homes(units) if data is None else data, id="home")
    return sampling.respondent_table(sampling.srs(frame, units, seed=seed, stream=stream), grid="last_birthday")


def taken(birthdays: Sequence[str], before: str) -> int:
    """What the interviewer does: back from the day before, through the year, until there is a birthday; of twins the first."""
    earlier = [day for day in birthdays if day < before] or list(birthdays)
    return list(birthdays).index(max(earlier))


def test_dates_are_uniform_over_the_year() -> None:
    made = table(36_500)
    assert made.columns.tolist() == ["home", "before"]
    counts = made["before"].value_counts().reindex(YEAR)
    assert counts.sum() == 36_500
    assert abs(counts - 100).max() < 4.5 * np.sqrt(100 * 364 / 365)
    chi2 = float(((counts - 100) ** 2 / 100).sum())
    assert abs(chi2 - 364) < 4.5 * np.sqrt(2 * 364)


@pytest.mark.parametrize("children", [1, 2, 3, 5])
def test_children_with_birthdays_anywhere_are_taken_alike(children: int) -> None:
    rng = np.random.default_rng(children)
    times = np.zeros(children)
    for k in range(40):
        for before in table(200, stream=f"homes {k}")["before"]:
            born = [YEAR[day] for day in rng.choice(365, children, replace=False)]
            times[taken(born, before)] += 1
    assert times.sum() == 8000
    assert (abs(times - 8000 / children) <= 4.5 * np.sqrt(8000 / children * (1 - 1 / children))).all()


def test_the_chance_is_the_time_to_the_next_birthday() -> None:
    born = ["03-10", "12-24", "03-01"]
    times = np.bincount([taken(born, before) for before in YEAR])
    place = [YEAR.index(day) for day in born]
    gaps = [min((other - own) % 365 for other in place if other != own) for own in place]
    assert times.tolist() == gaps
    assert taken(["06-15", "06-16"], "06-16") == 0
    assert {taken(["06-15", "06-15"], before) for before in YEAR} == {0}
    assert [taken(["02-28", "02-29", "03-01"], before) for before in ("02-28", "03-01", "03-02")] == [2, 1, 2]


def test_the_table_can_be_made_again_from_the_record() -> None:
    frame = ek.Frame(homes(), id="home")
    draw = sampling.srs(frame, 40, seed=2, stream="homes")
    made = sampling.respondent_table(draw, grid="last_birthday")
    again = sampling.verify(sampling.Record.from_json(draw.record.to_json()), ek.Frame(homes().sample(frac=1, random_state=1), id="home"))
    pd.testing.assert_frame_equal(sampling.respondent_table(again, grid="last_birthday"), made)
    assert not made["before"].equals(table(40, stream="other")["before"])
    assert CANARY not in made.to_string()


@pytest.mark.parametrize("kind", ["polars", "pyarrow"])
def test_the_table_comes_in_the_caller_s_kind(kind: str) -> None:
    data: Any = {"polars": pl.from_pandas(homes()), "pyarrow": pa.Table.from_pandas(homes())}[kind]
    made = table(data=data)
    assert type(made) is type(data)
    assert (made["before"].to_list() if kind == "polars" else made["before"].to_pylist()) == table()["before"].tolist()


def test_how_many_members_is_no_question_here() -> None:
    draw = sampling.srs(ek.Frame(homes(), id="home"), 6, seed=2)
    with pytest.raises(InputError, match="any number of members"):
        sampling.respondent_table(draw, grid="last_birthday", most=8)
    for most in (True, 0, 31):
        with pytest.raises(InputError, match="most= is a whole number from 1 to 30"):
            sampling.respondent_table(draw, grid="kish", most=most)
    assert sampling.respondent_table(draw, grid="kish", most=8).shape[1] == 7
    assert sampling.respondent_table(draw, most=30).shape[1] == 31
    taken_name = sampling.srs(ek.Frame(homes().rename(columns={"home": "before"}), id="before"), 6, seed=2)
    with pytest.raises(InputError, match="already has a column 'before'"):
        sampling.respondent_table(taken_name, grid="last_birthday")
