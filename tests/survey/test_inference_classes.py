"""The class of a sample travels: from the design through weights, replicates and estimates to the sentence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import duckdb
import numpy as np
import pandas as pd
import pytest

import evidencekit as ek
from evidencekit.combining import CLASSES, has_design, weakest
from evidencekit.errors import InputError, Refused
from evidencekit.survey.survey import Inference

VENUE = ek.Stages(weights="w", strata="h", psu="psu", inference="venue")
HOMES = replace(VENUE, inference="probability")


def frame(seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    made = pd.DataFrame({"psu": np.repeat(np.arange(24), 15), "w": rng.integers(20, 60, 360).astype(float)})
    made["h"] = made["psu"] // 12
    return made.assign(
        sex=rng.choice(["girl", "boy"], 360),
        told=(rng.random(360) < 0.3).astype(int),
        age=rng.integers(12, 18, 360),
        late=rng.random(360) < 0.6,
    )


def survey(design: Any = VENUE, seed: int = 1, population: str = "") -> ek.Survey:
    return ek.Survey(ek.Dataset(frame(seed), labels={"told": "Told someone"}), design=design, population=population)


def test_every_class_has_its_rank() -> None:
    assert set(CLASSES) == set(get_args(Inference))
    assert CLASSES.index("random-walk") == CLASSES.index("quota") - 1
    assert [c for c in CLASSES if has_design(c)] == ["probability", "venue"]
    assert weakest("venue", "probability") == "venue"
    assert weakest("quota", "random-walk", "venue") == "quota"
    assert weakest("self-selected", "unheard of") == "unheard of"


def test_numbers_are_those_of_the_same_probability_sample() -> None:
    for ask in (
        lambda s: ek.proportion(s, "told", by="sex"),
        lambda s: ek.total(s, "told"),
        ek.count,
        lambda s: ek.quantile(s, "age", q=0.5),
        lambda s: ek.ratio(s, "told", "age"),
        lambda s: ek.cdf(s, "age", at=[14]),
    ):
        met, drawn = ask(survey()), ask(survey(HOMES))
        assert (met.inference, drawn.inference) == ("venue", "probability")
        assert repr(met).splitlines()[0].endswith("; venue")
        for one, other in ((met.points, drawn.points), (met.se, drawn.se), (met.interval.low, drawn.interval.low), (met.df, drawn.df)):
            np.testing.assert_array_equal(one, other)
        assert met.flags == drawn.flags


def test_the_fingerprint_tells_them_apart_and_the_repr_says_it() -> None:
    assert survey().fingerprint() != survey(HOMES).fingerprint()
    assert survey().fingerprint() == survey().fingerprint()
    assert "speaks for those who attend the venues" in repr(survey())
    assert "venues" not in repr(survey(HOMES))


def test_a_lazy_venue_sample() -> None:
    held = ek.Survey(duckdb.from_df(frame()), design=VENUE)
    est = ek.total(held, "told")
    assert est.inference == "venue"
    np.testing.assert_allclose(est.se, ek.total(survey(), "told").se)


def test_weighting_keeps_the_class() -> None:
    margins = {"sex": {"girl": 7_000, "boy": 7_000}}
    steps: list[Any] = [
        lambda s: ek.weighting.rake(s, margins),
        lambda s: ek.weighting.poststratify(s, "sex", margins["sex"]),
        lambda s: ek.weighting.trim(s, upper=50),
        lambda s: ek.weighting.bootstrap(s, seed=1, replicates=30),
        lambda s: ek.weighting.jackknife(s),
        lambda s: ek.weighting.bootstrap(ek.weighting.rake(s, margins), seed=1, replicates=30),
    ]
    for step in steps:
        made = step(survey())
        assert made.inference == "venue"
        est = ek.proportion(made, "told")
        assert est.inference == "venue"
        assert est.interval.low[0] < est.points[0] < est.interval.high[0]
    boot = steps[3](survey())
    assert ek.weighting.replicate(boot, lambda w, d: float(w @ d["told"])).inference == "venue"


def test_replicate_weights_that_go_to_others_keep_the_class() -> None:
    boot = ek.weighting.bootstrap(survey(), seed=1, replicates=30)
    columns = ek.weighting.replicate_weights(boot).assign(told=frame()["told"])
    again = ek.Survey(columns, design=ek.weighting.replicate_design(boot))
    assert again.inference == "venue"
    assert ek.total(again, "told").inference == "venue"
    plain = ek.weighting.replicate_design(ek.weighting.bootstrap(survey(HOMES), seed=1, replicates=30))
    assert plain.inference == "probability"


def test_two_phases_say_what_the_weaker_says() -> None:
    cases: Any = (("venue", "probability", "venue"), ("probability", "probability", "probability"))
    for first, second, want in cases:
        design = ek.TwoPhase(phase1=replace(VENUE, inference=first), phase2=ek.Stages(strata=("h",), inference=second), subset="late")
        est = ek.mean(ek.Survey(frame(), design=design), "told")
        assert est.inference == want
        assert np.isfinite(est.interval.low[0])


def test_two_frames_say_what_the_weaker_says() -> None:
    one, two = survey(), survey(HOMES, seed=2)
    for a, b, want in ((one, two, "venue"), (two, one, "venue"), (survey(HOMES), two, "probability")):
        assert ek.weighting.dual_frame(a, b, overlap="late", names=("a", "b")).inference == want


def test_between_surveys_the_weaker_class_stands() -> None:
    met, drawn = ek.proportion(survey(), "told"), ek.proportion(survey(HOMES, seed=2), "told")
    walked = ek.proportion(survey(ek.NoDesign(inference="random-walk"), seed=3), "told")
    quota = ek.proportion(survey(ek.NoDesign(inference="quota"), seed=4), "told")
    made = ek.difference(drawn, met)
    assert made.inference == ek.difference(met, drawn).inference == "venue"
    assert np.isfinite([made.interval.low[0], made.interval.high[0]]).all()
    assert ek.difference(met, walked).inference == "random-walk"
    assert ek.difference(quota, walked).inference == "quota"
    for lesser in (walked, quota):
        assert np.isnan(ek.difference(met, lesser).interval.low[0])


def test_a_share_of_nobody_has_an_interval_in_a_venue_sample_as_well() -> None:
    none = frame().assign(told=0)
    est = ek.proportion(ek.Survey(none, design=VENUE), "told")
    other = ek.proportion(ek.Survey(frame(2).assign(told=0), design=HOMES), "told")
    assert est.interval.high[0] > 0
    assert ek.difference(est, other).flags[0].endswith("limits from the shares' own")


def test_a_venue_sample_is_no_reference_for_a_population() -> None:
    panel = ek.Survey(frame(3)[["sex", "told"]], design=ek.NoDesign())
    with pytest.raises(InputError, match="reference must be a probability sample"):
        ek.weighting.quasi_randomise(panel, survey(), ["sex"])


def test_findings_say_whom_a_venue_sample_speaks_for() -> None:
    note = "speaks for those who attend the venues of the frame, not for people who attend none of them"
    plain = ek.finding(ek.release(ek.proportion(survey(), "told")))
    assert "people who attend the listed venues: Told someone." in plain.headline()
    assert "population" not in plain.headline()
    own = ek.finding(ek.release(ek.proportion(survey(population="young people who go out in Lumora"), "told")))
    assert "young people who go out in Lumora: Told someone." in own.headline()
    for find in (plain, own):
        assert note in find.caveats()
        assert note in repr(find)
        assert note in find.to_json()
        assert find.interval_words().startswith("95% interval: between")
        assert not any("those who answered" in c for c in find.caveats())
        for kind in ("icons", "dots"):
            assert "attend none of them" in find.picture(kind).alt  # type: ignore[arg-type]
    drawn = ek.finding(ek.release(ek.proportion(survey(HOMES), "told")))
    assert note not in drawn.caveats()
    raked = ek.weighting.rake(survey(population="children"), {"sex": {"girl": 0.5, "boy": 0.5}})
    said = ek.finding(ek.release(ek.proportion(raked, "told")))
    assert note in said.caveats()
    assert "Weighted" not in said.headline()


def test_only_classes_that_a_design_can_have() -> None:
    for made, other in ((ek.Stages, "quota"), (ek.NoDesign, "venue"), (ek.NoDesign, "probability")):
        with pytest.raises(InputError, match=f"inference='{other}' is not known"):
            made(inference=other)  # type: ignore[operator]
    with pytest.raises(InputError, match="is not known"):
        ek.Replicates(weights="w", columns="r", kind="BRR", inference="network")  # type: ignore[arg-type]


def test_a_random_walk_is_weighted_and_still_none() -> None:
    walked = survey(ek.NoDesign(inference="random-walk"))
    raked = ek.weighting.rake(walked, {"sex": {"girl": 0.5, "boy": 0.5}})
    assert walked.inference == raked.inference == "random-walk"
    assert "no design: random-walk" in repr(walked)
    assert ek.proportion(raked, "told").flags == ("no design: random-walk",)
    with pytest.raises(Refused, match=r"not from a probability sample \(random-walk\)"):
        ek.total(raked, "told")
