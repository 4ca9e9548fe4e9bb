"""Two waves of a panel in one Survey: changes of means and of totals have the standard errors they should."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import evidencekit as ek
from evidencekit import sampling
from evidencekit.errors import DesignError, InputError


def people() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    size = rng.integers(20, 80, 1200)
    level = rng.normal(50, 10, 1200) + 0.2 * size
    told = {f"y{wave}": level + 3 * wave + rng.normal(0, 4, 1200) for wave in (0, 1)}
    return pd.DataFrame({"u": np.arange(1200), "size": size, "zone": np.arange(1200) % 2, **told})


def answered(frame: ek.Frame, everybody: pd.DataFrame, wave: int, seed: int, n: Any, **options: Any) -> sampling.Answered:
    draw = sampling.panel_wave(frame, n, wave=wave, rotation=0.25, seed=seed, **options)
    told = draw.sample[["u"]].merge(everybody[["u", f"y{wave}"]], on="u").rename(columns={f"y{wave}": "y"})
    return sampling.with_answers(draw, told)


@pytest.mark.slow
@pytest.mark.parametrize("design", ["srs", "pareto"])
@pytest.mark.parametrize("verb", [ek.mean, ek.total])
def test_a_change_has_the_error_it_varies_by(design: Any, verb: Any) -> None:
    everybody = people()
    frame = ek.Frame(everybody[["u", "size"]], id="u", size="size")
    changes, variances = [], []
    for seed in range(400):
        both = sampling.two_waves(*(answered(frame, everybody, wave, seed, 120, design=design) for wave in (0, 1)))
        level = verb(ek.Survey(both.sample, design=both.design), "y", by="wave")
        gap = ek.difference(level, {"wave": 1}, {"wave": 0})
        changes.append(gap.points[0])
        variances.append(gap.se[0] ** 2)
    assert 0.85 < np.sqrt(np.mean(variances)) / np.std(changes) < 1.15
    truth = (everybody["y1"] - everybody["y0"]).sum() if verb is ek.total else (everybody["y1"] - everybody["y0"]).mean()
    assert abs(np.mean(changes) - truth) < 4.5 * np.std(changes) / 20


def test_two_waves_go_into_one_survey_with_their_strata() -> None:
    everybody = people()
    frame = ek.Frame(everybody[["u", "size", "zone"]], id="u", size="size", strata="zone")
    first, second = (answered(frame, everybody, wave, 3, {0: 40, 1: 40}) for wave in (0, 1))
    both = sampling.two_waves(first, second)
    assert len(both.sample) == 160
    counts = both.sample.groupby(["variance_stratum", "wave"]).size().unstack(fill_value=0)
    shared = len(set(first.sample["u"]) & set(second.sample["u"]))
    assert both.shared == shared / 80
    assert repr(both) == f"Waves({shared / 80:.0%} of the units of the first are in the second)"
    assert sum((row[0] == row[1] and row[0] > 0) for row in counts.to_numpy().tolist()) == 2
    same = both.sample.groupby("variance_unit")["u"].nunique()
    assert (same == 1).all()
    level = ek.mean(ek.Survey(both.sample, design=both.design), "y", by="wave")
    alone = ek.difference(
        ek.mean(ek.Survey(second.sample, design=second.design), "y"), ek.mean(ek.Survey(first.sample, design=first.design), "y")
    )
    assert ek.difference(level, {"wave": 1}, {"wave": 0}).se[0] < 0.8 * alone.se[0]


def test_certain_areas_vary_by_their_households() -> None:
    sizes = [900, *([30] * 59)]
    areas = pd.DataFrame({"u": range(60), "size": sizes})
    frame = ek.Frame(areas, id="u", size="size")
    made = []
    for wave in (0, 1):
        draw = sampling.panel_wave(frame, 12, wave=wave, rotation=0.25, seed=2)
        assert draw.certain.sum() == 1
        homes = [(area, 1000 * area + k) for area in draw.sample["u"] for k in range(int(areas["size"][area]))]
        listed = ek.Frame(pd.DataFrame(homes, columns=["u", "home"]), id="home", strata="u")
        drawn = sampling.srs(listed, sampling.in_each(listed, 6), seed=2, stream=f"homes {wave}")
        told = drawn.sample[["home"]].assign(y=np.arange(drawn.n) % 3)
        made.append(sampling.with_answers(sampling.multistage(draw, drawn), told))
    both = sampling.two_waves(*made)
    whole = both.sample[both.sample["chance_1"] == 1]
    assert whole["variance_unit"].nunique() == 12
    assert ek.mean(ek.Survey(both.sample, design=both.design), "y", by="wave").se.min() > 0


def test_what_is_no_pair_of_waves_is_refused() -> None:
    everybody = people()
    frame = ek.Frame(everybody[["u", "size"]], id="u", size="size")
    first = answered(frame, everybody, 0, 3, 40)
    plain = sampling.pareto(frame, 40, seed=3)
    single = sampling.with_answers(plain, plain.sample[["u"]])
    for other in (first, answered(frame, everybody, 1, 4, 40), answered(frame, everybody, 1, 3, 40, design="srs"), single):
        with pytest.raises(DesignError, match="not two waves of one panel"):
            sampling.two_waves(first, other)
    with pytest.raises(InputError, match="takes what with_answers"):
        sampling.two_waves(first, everybody)  # type: ignore[arg-type]  # what an analyst may pass
