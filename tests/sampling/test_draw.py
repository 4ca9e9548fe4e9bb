"""Draws belong to units: rows in another order, another kind of frame, or a record on paper give the same sample."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import evidencekit as ek
from evidencekit import sampling
from evidencekit.errors import DesignError, EvidencekitError, InputError
from evidencekit.sampling.drawing.algorithms import ALGORITHMS
from evidencekit.sampling.drawing.drawing import drawn
from evidencekit.sampling.streams import Hashed, hashed

CANARY = "Sokha-12-Mekong-Lane"
N = {("North", 0): 5, ("North", 1): 7, ("South", 0): 3, ("South", 1): 20}
DESIGNS = [name for name, how in ALGORITHMS.items() if not how.auxiliary]
SPREAD = [name for name, how in ALGORITHMS.items() if how.auxiliary]


def listed() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    return pd.DataFrame(
        {
            "ea": np.arange(1, 201),
            "hh": np.where(np.arange(200) % 67 == 1, 900, rng.integers(20, 90, 200)),
            "region": np.repeat(["North", "South"], 100),
            "town": np.tile([1, 0], 100),
            "line": rng.random(200),
            "address": [f"{CANARY}-{k}" for k in range(200)],
        }
    )


def frame(data: Any, **options: Any) -> ek.Frame:
    return ek.Frame(data, **{"id": "ea", "size": "hh", "strata": ["region", "town"], "order": "line", **options})


def draw(design: str, data: Any = None, n: Any = None, **options: Any) -> sampling.Draw:
    made = frame(listed() if data is None else data, **options)
    extra = ["line"] if design in SPREAD else None
    return drawn(made, N if n is None else n, design=design, seed=11, stream="areas", auxiliary=extra)


def ids(made: sampling.Draw) -> list[str]:
    return [made.frame.ids[i] for i in made.chosen]


@pytest.mark.parametrize("design", ALGORITHMS)
def test_rows_in_another_order_or_kind_change_nothing(design: str) -> None:
    data = listed()
    made = draw(design)
    for other in (data.sample(frac=1, random_state=3), pl.from_pandas(data), pa.Table.from_pandas(data), data.astype({"ea": str})):
        again = draw(design, other)
        assert ids(again) == ids(made)
        np.testing.assert_array_equal(again.weight, made.weight)
        np.testing.assert_array_equal(again.selection, made.selection)
        assert again.record == made.record
        assert type(again.sample) is type(other)


@pytest.mark.parametrize("design", ALGORITHMS)
def test_a_draw_is_that_of_every_unit_s_own_number(design: str) -> None:
    """Whoever hashes all identifiers by the published rule selects the same units, also where fewer are hashed here."""
    made, how = draw(design), ALGORITHMS[design]
    base = hashed(11, "areas", made.frame.ids).base
    line = pd.Series(listed()["line"].to_numpy(), index=listed()["ea"].astype(str))[list(made.frame.ids)].to_numpy()[:, None]
    for h, key in enumerate(made.frame.keys):
        members = np.flatnonzero(made.frame.codes == h)
        chances = how.chances(None if made.frame.sizes is None else made.frame.sizes[members], members.size, N[key[0], int(key[1])])
        picked = how.select(chances, Hashed(base[members]), line[members] if how.auxiliary else None)
        np.testing.assert_array_equal(made.chosen[np.isin(made.chosen, members)], members[picked])


@pytest.mark.parametrize("design", ALGORITHMS)
def test_a_record_on_paper_gives_the_draw_again(design: str) -> None:
    made = draw(design)
    made = sampling.releases(made, 2) if design != "poisson" else made
    text = made.record.to_json()
    again = sampling.verify(sampling.Record.from_json(text), frame(listed().sample(frac=1, random_state=2)))
    assert ids(again) == ids(made)
    assert again.record == made.record
    assert again.record.to_json() == text
    np.testing.assert_array_equal(again.release, made.release)


@pytest.mark.parametrize("design", ALGORITHMS)
def test_sizes_are_exact_in_every_stratum_and_the_list_is_left_alone(design: str) -> None:
    data = listed()
    before = data.copy(deep=True)
    made = draw(design, data)
    sizes = {part.stratum: part for part in made.record.sizes}
    if design != "poisson":
        assert {key: part.drawn for key, part in sizes.items()} == {tuple(map(str, key)): n for key, n in N.items()}
    assert made.sample.groupby(["region", "town"]).size().to_dict() == {
        (a, int(b)): part.drawn for (a, b), part in sizes.items() if part.drawn
    }
    pd.testing.assert_frame_equal(data, before)
    if not ALGORITHMS[design].again:
        assert len(set(ids(made))) == made.n


@pytest.mark.parametrize("n", [10, 13, 76, 77])
@pytest.mark.parametrize("units", [77, 154])
@pytest.mark.parametrize("design", DESIGNS)
def test_sizes_are_exact_where_the_interval_is_not_whole(design: str, units: int, n: int) -> None:
    if design == "poisson":
        return
    made = ek.Frame(pd.DataFrame({"school": np.arange(units), "pupils": 1 + np.arange(units) % 7}), id="school", size="pupils")
    assert {drawn(made, n, design=design, seed=seed).n for seed in range(30)} == {n}


def test_chances_and_weights_are_those_of_the_design() -> None:
    sample = draw("srs").sample
    wanted = [50 / N[key] for key in zip(sample["region"], sample["town"], strict=True)]
    np.testing.assert_allclose(sample["weight"], wanted, rtol=1e-15)
    made = draw("pareto")
    sure = made.sample[made.sample["certainty"]]
    assert set(sure["hh"]) == {900}
    assert set(sure["chance"]) == {1.0}
    assert sure["variance_stratum"].tolist() == [5, 6, 7][: len(sure)]
    rest = made.sample[~made.sample["certainty"]]
    for _, part in rest.groupby("variance_stratum"):
        assert np.ptp(part["chance"] / part["hh"]) < 1e-15


@pytest.mark.parametrize("design", DESIGNS)
def test_units_come_as_often_as_their_chances(design: str) -> None:
    data = pd.DataFrame({"ea": np.arange(8), "hh": [1, 2, 3, 4, 5, 6, 7, 30]})
    made, times = ek.Frame(data, id="ea", size="hh"), np.zeros(8)
    for seed in range(2000):
        np.add.at(times, drawn(made, 4, design=design, seed=seed).chosen, 1)
    how = ALGORITHMS[design]
    chance = how.chances(made.sizes, 8, 4)
    spread = np.sqrt(2000 * np.maximum(chance * (1 - (0 if how.again else chance)), 1e-9))
    off = np.abs(times - 2000 * chance)
    assert (off < 4.5 * spread + (2000 * 0.02 if design == "pareto" else 0)).all()  # Pareto meets its chances approximately


def test_draws_that_share_a_stream_overlap() -> None:
    made = frame(listed(), strata=None)

    def shared(one: sampling.Draw, two: sampling.Draw) -> int:
        return len(set(ids(one)) & set(ids(two)))

    first = sampling.pareto(made, 40, seed=1, stream="areas")
    assert shared(first, sampling.pareto(made, 60, seed=1, stream="areas")) == 40
    assert shared(first, sampling.pareto(made, 40, seed=1, stream="wave 2")) < 25
    assert shared(first, sampling.pareto(made, 40, seed=2, stream="areas")) < 25
    grown = frame(pd.concat([listed(), listed().assign(ea=lambda d: d["ea"] + 1000).iloc[:10]]), strata=None)
    assert shared(first, sampling.pareto(grown, 40, seed=1, stream="areas")) > 34
    assert shared(sampling.srs(made, 40, seed=1), sampling.srs(made, 50, seed=1)) == 40


def test_n_may_be_a_number_names_or_an_allocation() -> None:
    class Shares:
        def as_mapping(self) -> dict[Any, int]:
            return N

    made = frame(listed())
    as_text = {(a, str(b)): n for (a, b), n in N.items()}
    draws = [sampling.srs(made, n, seed=1).record for n in (N, as_text, Shares())]
    assert draws[0] == draws[1] == draws[2]
    assert sampling.srs(made, sampling.in_each(made, 60), seed=1).n == 200
    assert sampling.srs(frame(listed(), strata="region"), {"North": 2, "South": np.int64(3)}, seed=1).n == 5


BAD: dict[str, tuple[Callable[[], Any], str]] = {
    "one n for strata": (lambda: draw("srs", n=10), "one number and the frame has 4 strata"),
    "too many": (lambda: draw("srs", n={**N, ("North", 1): 51}), "asks for 51 of 50 units in stratum 2 of 4"),
    "too many of all": (lambda: draw("srs", n=201, strata=None), "asks for 201 of 200 units"),
    "a stratum left out": (lambda: draw("srs", n={("North", 0): 5}), "3 of the frame's 4 strata are not in n="),
    "a stratum too many": (lambda: draw("srs", n={**N, (CANARY, 1): 2}), "1 in n= is not in the frame"),
    "a stratum twice": (lambda: draw("srs", n={"1": 1, 1: 1, 0: 2}, strata="town"), "1 stratum stands in n= twice"),
    "nothing": (lambda: draw("srs", n={**N, ("North", 1): 0}), "whole numbers of 1 or more"),
    "a fraction": (lambda: draw("srs", n=1.5, strata=None), "whole numbers of 1 or more"),
    "text": (lambda: draw("srs", n=CANARY, strata=None), "whole numbers of 1 or more"),
    "nan": (lambda: draw("srs", n=float("nan"), strata=None), "whole numbers of 1 or more"),
    "no sizes": (lambda: draw("pareto", size=None), "in proportion to size"),
    "a taken name": (lambda: draw("srs", listed().assign(weight=1)), "already has a column 'weight'"),
    "no frame": (lambda: sampling.srs(listed(), 3, seed=1), "takes a Frame, not a DataFrame"),
    "a bad seed": (lambda: sampling.srs(frame(listed()), N, seed=-1), "seed="),
    "a bad stream": (lambda: sampling.srs(frame(listed()), N, seed=1, stream=3), "stream="),
    "too many releases": (lambda: sampling.releases(draw("srs"), 4), "the smallest has 3"),
    "no such release": (lambda: draw("srs").released(2), "1 to 1"),
    "releases of nothing": (lambda: sampling.releases(None, 2), "takes a Draw"),
    "no joint chances": (lambda: draw("pareto").joint(), "not known in closed form"),
    "pairs that never come together": (lambda: draw("pps_systematic").joint(), "never come together"),
    "releases of a Poisson draw": (lambda: sampling.releases(draw("poisson"), 2), "not split"),
    "parts of a Poisson draw": (lambda: sampling.split_psus(draw("poisson")), "not parted"),
    "no record": (lambda: sampling.verify(None, frame(listed())), "takes a Record and a Frame"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_drawn_is_refused(case: str) -> None:
    make, words = BAD[case]
    with pytest.raises(EvidencekitError, match=words) as told:
        make()
    assert CANARY not in str(told.value)


@pytest.mark.parametrize("design", DESIGNS)
def test_nothing_of_the_list_is_in_the_record_or_on_the_screen(design: str) -> None:
    data = listed().assign(ea=lambda d: d["address"])
    made = draw(design, data)
    shown = repr(made) + repr(made.record) + str(made) + made.record.to_json() + repr(made.frame)
    assert CANARY not in shown
    with pytest.raises(InputError, match="not pickled"):
        pickle.dumps(made)


def changed(record: sampling.Record, **entries: Any) -> str:
    """The record's text with entries changed and the hash left as it was."""
    return json.dumps({**json.loads(record.to_json()), **entries})


def test_a_record_that_was_changed_is_not_read() -> None:
    record = draw("srs").record
    for entries in ({"seed": 12}, {"chosen": "0" * 32}, {"sizes": []}, {"check": ""}):
        with pytest.raises(InputError, match="changed after it was written"):
            sampling.Record.from_json(changed(record, **entries))
    for text in ("", "{}", "[1]", "null", None, record.to_json()[:-5]):
        with pytest.raises(InputError, match="not the record of a draw"):
            sampling.Record.from_json(text)
    with pytest.raises(InputError, match="format"):
        sampling.Record.from_json(changed(record, evidencekit_draw_record=2))


def test_a_record_forged_with_its_hash_is_found_out() -> None:
    from dataclasses import replace

    record = draw("srs").record
    for forged in (replace(record, seed=12), replace(record, chosen="0" * 32), replace(record, stream="b"), replace(record, releases=2)):
        again = sampling.Record.from_json(forged.to_json())
        with pytest.raises(DesignError, match="is another one"):
            sampling.verify(again, frame(listed()))
    nonsense: Any = replace(record, seed="a", sizes=())
    with pytest.raises(InputError, match="lacks entries"):
        sampling.Record.from_json(nonsense.to_json())
    with pytest.raises(DesignError, match="version 1 of the algorithm"):
        sampling.verify(replace(record, version=2), frame(listed()))
    with pytest.raises(DesignError, match="no design of this name"):
        sampling.verify(replace(record, algorithm="dice"), frame(listed()))


def test_another_frame_is_told_by_its_strata() -> None:
    record = draw("srs").record
    data = listed()
    with pytest.raises(DesignError, match=r"199 units here, 200 in the record; 1 stratum has another number of units \(row 4 of"):
        sampling.verify(record, frame(data[data["ea"] != 199]))
    with pytest.raises(DesignError, match="1 stratum of the record is not here"):
        sampling.verify(record, frame(data[(data["region"] == "North") | (data["town"] == 0)]))
    with pytest.raises(DesignError, match="as many in every stratum"):
        sampling.verify(record, frame(data.assign(hh=data["hh"] + 1)))
    with pytest.raises(DesignError, match="other columns for size=, order="):
        sampling.verify(record, frame(data, size=None, order=None))


def test_releases_are_random_parts_with_their_own_weights() -> None:
    made = sampling.releases(draw("pareto"), 3)
    sample = made.sample
    certain = sample["certainty"]
    assert set(sample.loc[certain, "release"]) <= {1}
    counts = sample[~certain].groupby(["region", "town"])["release"].value_counts().unstack()
    assert (counts.max(axis=1) - counts.min(axis=1) <= 1).all()
    whole = made.released(3).sample
    np.testing.assert_allclose(whole["weight"], sample["weight"], rtol=1e-15)
    first = made.released(1).sample
    assert set(first["ea"]) == set(sample.loc[sample["release"] == 1, "ea"])
    for key, part in first[~first["certainty"]].groupby(["region", "town"]):
        drawn_of = sample[~certain].groupby(["region", "town"]).size()[key]
        ratio = part["weight"].to_numpy() / sample.set_index("ea").loc[part["ea"], "weight"].to_numpy()
        np.testing.assert_allclose(ratio, drawn_of / len(part), rtol=1e-14)
    assert sorted(sample["selection"]) == list(range(1, made.n + 1))


@pytest.mark.slow
def test_a_released_sample_estimates_without_bias() -> None:
    data = listed()
    made = frame(data, strata=None)
    totals = []
    for seed in range(1500):
        out = sampling.releases(sampling.srs(made, 12, seed=seed), 3).released(1)
        totals.append((out.sample["weight"] * out.sample["line"]).sum())
    error = np.std(totals) / np.sqrt(len(totals))
    assert abs(np.mean(totals) - data["line"].sum()) < 4.5 * error


@pytest.mark.parametrize("design", ALGORITHMS)
def test_the_design_goes_straight_into_a_survey(design: str) -> None:
    made = draw(design)
    survey = ek.Survey(made.sample, design=made.design)
    if ALGORITHMS[design].sizes != "ignored" and design != "poisson":
        est = ek.total(survey, "hh").to_frame().iloc[0]
        assert est.estimate == pytest.approx(listed()["hh"].sum(), rel=1e-12)
        assert est.se == pytest.approx(0, abs=1e-6)
    else:
        est = ek.total(survey, "line").to_frame().iloc[0]
        assert abs(est.estimate - listed()["line"].sum()) < 4 * est.se


def test_joint_chances_are_in_the_order_of_a_survey() -> None:
    data = listed().assign(ea=lambda d: d["ea"].astype(str))
    made = draw("srs", data)
    joint = made.joint()
    survey = ek.Survey(made.sample, design=ek.Stages(**{**_parts(made.design), "unequal": ek.survey.Joint(joint)}))
    plain = ek.Survey(made.sample, design=made.design)
    assert ek.total(survey, "line").se[0] == pytest.approx(ek.total(plain, "line").se[0], rel=1e-10)


def _parts(design: ek.Stages) -> dict[str, Any]:
    return {name: getattr(design, name) for name in ("weights", "strata", "psu", "fpc")}


def test_one_of_a_thing_is_called_so() -> None:
    made = ek.Frame(pd.DataFrame({"ea": [1], "zone": ["a"]}), id="ea", strata="zone")
    drawn_one = sampling.srs(made, {"a": 1}, seed=1)
    assert "1 of 1 unit, 1 stratum," in repr(drawn_one)
    assert "1 of 1 unit, 1 stratum," in repr(drawn_one.record)
    assert "1 unit, 1 stratum," in repr(made)
