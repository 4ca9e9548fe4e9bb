"""Rotating panels: every wave is a sample of its design, units stay equally long, and a record gives the wave again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

import evidencekit as ek
from evidencekit import sampling
from evidencekit.columns import Floats
from evidencekit.errors import InputError
from evidencekit.sampling.drawing.algorithms import ALGORITHMS
from evidencekit.sampling.selecting.chances import proportional_chances
from evidencekit.sampling.selecting.order_sampling import true_chances
from evidencekit.sampling.streams import Hashed, Rotated

CANARY = "Sokha-12-Mekong-Lane"
DESIGNS = ("srs", "pareto", "poisson")
Design = Any
PLAIN: dict[str, Any] = {"srs": sampling.srs, "pareto": sampling.pareto, "poisson": sampling.poisson}


def listed(units: int = 200) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    sizes = np.where(np.arange(units) % 67 == 1, 900, rng.integers(20, 90, units))
    return pd.DataFrame({"ea": np.arange(1, units + 1), "hh": sizes, "zone": np.arange(units) % 2, "address": [CANARY] * units})


def frame(data: Any = None, **options: Any) -> ek.Frame:
    made: dict[str, Any] = {"id": "ea", "size": "hh", "strata": "zone", **options}
    return ek.Frame(listed() if data is None else data, **made)


def wave(number: int, design: Design = "pareto", data: Any = None, **options: Any) -> sampling.Draw:
    given: dict[str, Any] = {"wave": number, "rotation": 0.25, "design": design, "seed": 3, **options}
    return sampling.panel_wave(frame(data), {0: 20, 1: 30}, **given)


def ids(made: sampling.Draw) -> set[str]:
    return {made.frame.ids[i] for i in made.chosen}


@pytest.mark.parametrize("design", DESIGNS)
def test_wave_0_is_the_plain_draw(design: Design) -> None:
    made, plain = wave(0, design), PLAIN[design](frame(), {0: 20, 1: 30}, seed=3)
    np.testing.assert_array_equal(made.chosen, plain.chosen)
    np.testing.assert_array_equal(made.selection, plain.selection)
    assert replace(made.record, rotation=0.0) == plain.record


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("number", [0, 1, 7, 10_000])
def test_a_record_on_paper_gives_the_wave_again(number: int, design: Design) -> None:
    made = wave(number, design, rotation=1 / 3)
    made = sampling.releases(made, 3) if design != "poisson" else made
    text = made.record.to_json()
    again = sampling.verify(sampling.Record.from_json(text), frame(listed().sample(frac=1, random_state=2)))
    assert again.record == made.record
    assert again.record.to_json() == text
    np.testing.assert_array_equal(again.chosen, made.chosen)
    assert f"wave {number}" in repr(made)
    assert f"wave {number}" in repr(made.record)
    assert CANARY not in repr(made) + text


@pytest.mark.parametrize("design", DESIGNS)
def test_rows_in_another_order_or_kind_change_nothing(design: Design) -> None:
    data, made = listed(), wave(5, design)
    for other in (data.sample(frac=1, random_state=3), pl.from_pandas(data), pa.Table.from_pandas(data), data.astype({"ea": str})):
        again = wave(5, design, other)
        assert ids(again) == ids(made)
        np.testing.assert_array_equal(again.weight, made.weight)
        assert again.record == made.record
    pd.testing.assert_frame_equal(data, listed())


def test_a_record_that_was_changed_is_found_out() -> None:
    record = wave(2).record
    for entries in ({"wave": 3}, {"rotation": 0.5}, {"rotation": 0.0, "wave": 0}):
        forged = replace(record, **entries)
        text = record.to_json()
        for name, value in entries.items():
            text = text.replace(f'"{name}": {getattr(record, name)}', f'"{name}": {value}')
        assert text != record.to_json()
        with pytest.raises(InputError, match="changed after it was written"):
            sampling.Record.from_json(text)
        with pytest.raises(ek.errors.DesignError, match="is another one"):
            sampling.verify(forged, frame())
    with pytest.raises(ek.errors.DesignError, match="is another one"):
        sampling.verify(replace(record, rotation=0.0), frame())
    with pytest.raises(InputError, match="design="):
        sampling.verify(replace(record, algorithm="brewer"), frame())
    strange: Any = replace(record, rotation="a quarter")
    with pytest.raises(InputError, match="lacks entries"):
        sampling.Record.from_json(strange.to_json())


def test_sizes_are_exact_and_certain_units_stay() -> None:
    sure = set(wave(0).sample.query("certainty")["ea"])
    assert len(sure) == 3
    for number in range(40):
        made = wave(number)
        assert [part.drawn for part in made.record.sizes] == [20, 30]
        assert set(made.sample.query("certainty")["ea"]) == sure
        assert wave(number, "srs").n == 50
        np.testing.assert_array_equal(made.sample["weight"].to_numpy(), 1 / made.chance)


def test_a_unit_stays_for_its_time_whatever_its_size() -> None:
    """Poisson exactly; the others leave a wave early or late where they stand at the edge."""
    data = listed()
    sizes = data.set_index("ea")["hh"]
    inside = {d: np.array([data["ea"].isin(wave(t, d).sample["ea"]) for t in range(40)]) for d in DESIGNS}
    for design, made in inside.items():
        stays, of = spells(made)
        open_ = (sizes.to_numpy() < 900)[of] if design != "srs" else np.ones(of.size, dtype=bool)
        stays, of = stays[open_], of[open_]
        assert stays.size > 100
        if design == "poisson":
            assert set(stays) == {4}
        small = sizes.to_numpy()[of] < np.median(sizes)
        assert abs(stays[small].mean() - 4) < 0.25
        assert abs(stays[~small].mean() - 4) < 0.25


def spells(inside: Any) -> tuple[Any, Any]:
    """Lengths of the stays that begin and end within the waves (T, N), and whose they are."""
    change = np.diff(inside.astype(int), axis=0)
    lengths: list[int] = []
    whose: list[int] = []
    for k in range(inside.shape[1]):
        starts, ends = np.flatnonzero(change[:, k] == 1), np.flatnonzero(change[:, k] == -1)
        for start in starts[: np.searchsorted(starts, ends[-1])] if ends.size else []:
            lengths.append(int(ends[ends > start][0] - start))
            whose.append(k)
    return np.array(lengths), np.array(whose)


@given(
    base=st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=20),
    p=st.floats(1e-12, 1 - 1e-12),
    number=st.integers(0, 10_000),
    rotation=st.floats(1e-9, 1),
)
def test_numbers_stay_inside(base: list[int], p: float, number: int, rotation: float) -> None:
    moved = Rotated(Hashed(np.array(base, dtype=np.uint64)), np.full(len(base), number * rotation * p))(0)
    assert ((moved > 0) & (moved < 1)).all()


def test_a_number_moved_to_0_or_rounded_to_1_is_kept_inside() -> None:
    class Fixed:
        def __call__(self, turn: int = 0) -> Floats:
            return np.array([0.25, 0.25, 0.5])

    made = Rotated(Fixed(), np.array([0.25, np.nextafter(0.25, 1), 1e-20]))(0)
    assert made[0] == 2.0**-54
    assert made[1] == 1 - 2.0**-53 or 0 < made[1] < 1
    assert made[2] == 0.5
    assert Rotated(lambda turn=0: np.array([0.0]), np.array([1e-30]))(0)[0] == 1 - 2.0**-53


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "a wave before the first": ({"number": -1}, "wave="),
    "half a wave": ({"number": 0.5}, "wave="),
    "a wave in words": ({"number": CANARY}, "wave="),
    "yes for a wave": ({"number": True}, "wave="),
    "too many waves": ({"number": 10_001}, "wave="),
    "nobody leaves": ({"rotation": 0}, "rotation="),
    "more than all leave": ({"rotation": 1.01}, "rotation="),
    "fewer than none": ({"rotation": -0.25}, "rotation="),
    "no number": ({"rotation": float("nan")}, "rotation="),
    "yes for a share": ({"rotation": True}, "rotation="),
    "yes of numpy": ({"rotation": np.True_}, "rotation="),
    "a share in words": ({"rotation": CANARY}, "rotation="),
    "no design": ({"design": None}, "design="),
    **{f"design {name}": ({"design": name}, "design=") for name in ALGORITHMS if name not in DESIGNS},
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_rotate_is_refused(case: str) -> None:
    options, words = BAD[case]
    with pytest.raises(InputError, match=words) as told:
        wave(**{"number": 0, **options})
    assert CANARY not in str(told.value)


def test_numbers_of_numpy_and_a_rotation_of_all_are_taken() -> None:
    made = wave(np.int64(1), rotation=np.float64(1))  # type: ignore[arg-type]
    assert type(made.record.wave) is int
    assert type(made.record.rotation) is float
    assert sampling.verify(sampling.Record.from_json(made.record.to_json()), frame()).record == made.record
    poisson = sampling.panel_wave(frame(), {0: 10, 1: 10}, wave=1, rotation=1, design="poisson", seed=3)
    before = sampling.panel_wave(frame(), {0: 10, 1: 10}, wave=0, rotation=1, design="poisson", seed=3)
    big = set(before.frame.data.query("hh == 900")["ea"].astype(str))
    assert not (ids(poisson) & ids(before)) - big


def test_no_sizes_for_pareto_is_refused_as_the_verb_does() -> None:
    with pytest.raises(InputError, match=r"pareto\(\) draws in proportion to size"):
        sampling.panel_wave(frame(size=None), {0: 3, 1: 3}, wave=1, rotation=0.5, seed=1)


# --- many draws -------------------------------------------------------------------------------------------------------------------------

DRAWS = 20_000
SIZES = np.array([3.0, 4, 5, 5, 8, 9, 12, 15, 20, 28])


def many(design: Design, p: Floats, waves: tuple[int, ...], rotation: float) -> Any:
    """Which units each of the panels has in each of the waves (waves, draws, N)."""
    rng = np.random.default_rng(20_240_601)
    out = np.zeros((len(waves), DRAWS, p.size), dtype=np.int64)
    for k in range(DRAWS):
        source = Hashed(rng.integers(0, 2**64, p.size, dtype=np.uint64))
        for j, t in enumerate(waves):
            out[j, k, ALGORITHMS[design].select(p, Rotated(source, t * rotation * p), None)] = 1
    return out


def z_of(share: Any, expected: Any) -> Any:
    return (share - expected) / np.sqrt(np.maximum(expected * (1 - expected), 1e-12) / DRAWS)


@pytest.mark.slow
@pytest.mark.parametrize("design", DESIGNS)
def test_units_come_up_by_their_chances_in_every_wave_and_overlap(design: Design) -> None:
    p = np.full(10, 0.3) if design == "srs" else proportional_chances(SIZES, 3)
    rotation = 0.25
    made = many(design, p, (0, 1, 4, 7, 8), rotation)
    for inside in made:
        assert np.abs(z_of(inside.mean(axis=0), true_chances(p, "pareto") if design == "pareto" else p)).max() < 4.5
        if design != "poisson":
            assert (inside.sum(axis=1) == 3).all()
    both = (made[0] & made[1]).mean(axis=0)
    also = (made[3] & made[4]).mean(axis=0)
    if design == "poisson":
        wanted = p * (1 - rotation) + np.maximum(0, p * (1 + rotation) - 1)
        assert np.abs(z_of(both, wanted)).max() < 4.5
        assert np.abs(z_of(also, wanted)).max() < 4.5
        assert np.abs(z_of((made[0] & made[2]).mean(axis=0), np.maximum(0, 2 * p - 1))).max() < 4.5
    elif design == "srs":
        # On a circle the sample is the three units after a point: as many leave as the point passes.
        passed = binom.pmf(np.arange(11), 10, rotation * 0.3) @ np.minimum(np.arange(11), 3)
        for shared in ((made[0] & made[1]).sum(axis=1), (made[3] & made[4]).sum(axis=1)):
            assert abs(shared.mean() - (3 - passed)) < 4.5 * shared.std() / np.sqrt(DRAWS)
    else:
        # Measured: 0.728 for three of ten, the shortest of lists; `test_waves_of_a_long_list_share_what_they_should` has a longer one.
        assert both.sum() / 3 == pytest.approx(0.728, abs=0.01)
        assert also.sum() / 3 == pytest.approx(0.728, abs=0.01)


@pytest.mark.slow
@pytest.mark.parametrize("design", DESIGNS)
def test_waves_of_a_long_list_share_what_they_should(design: Design) -> None:
    """Sixty of 400 units, over 200 streams: 1 - rotation from wave to wave, and nearly none when all have left."""
    sizes = np.random.default_rng(3).lognormal(4, 0.4, 400)
    made = ek.Frame(pd.DataFrame({"ea": np.arange(400), "hh": sizes}), id="ea", size="hh")
    shared = np.zeros(3)
    for k in range(200):
        panel = [
            set(sampling.panel_wave(made, 60, wave=t, rotation=0.25, design=design, seed=k, stream="panel").chosen) for t in (2, 3, 4, 6)
        ]
        shared += [len(panel[0] & later) for later in panel[1:]]
    assert shared[0] / 200 / 60 == pytest.approx(0.75, abs=0.02)
    assert shared[1] / 200 / 60 == pytest.approx(0.5, abs=0.02)
    assert shared[2] / 200 / 60 < 0.07


@pytest.mark.slow
@pytest.mark.parametrize("design", DESIGNS)
def test_a_change_between_waves_has_the_error_that_its_survey_says(design: Design) -> None:
    """Both waves in one Survey by the design of either: the standard error is that of the change, smaller than for waves apart."""
    rng = np.random.default_rng(2)
    level = rng.normal(size=1200)
    data = pd.DataFrame({"ea": np.arange(1200), "hh": np.where(np.arange(1200) < 3, 3000, rng.integers(20, 120, 1200))})
    answers = np.array([(level + 0.6 * rng.normal(size=1200) > bar).astype(float) for bar in (0.3, 0.1)])
    made = ek.Frame(data, id="ea", size="hh")
    found, errors, apart = [], [], []
    for seed in range(300):
        waves = [sampling.panel_wave(made, 80, wave=t, rotation=0.25, design=design, seed=seed) for t in (2, 3)]
        parts = [part.sample.assign(wave=t, y=answers[t][part.sample["ea"]]) for t, part in enumerate(waves)]
        est = ek.mean(ek.Survey(pd.concat(parts, ignore_index=True), design=waves[0].design), "y", by="wave")
        change = ek.difference(est, {"wave": 1}, {"wave": 0}).to_frame().iloc[0]
        found.append(change["estimate"])
        errors.append(change["se"])
        apart.append(np.hypot(*est.se))
    assert np.mean(found) == pytest.approx(answers[1].mean() - answers[0].mean(), abs=4.5 * np.std(found) / np.sqrt(300))
    assert np.mean(errors) == pytest.approx(np.std(found), rel=0.15)
    assert np.mean(errors) < 0.85 * np.mean(apart)
