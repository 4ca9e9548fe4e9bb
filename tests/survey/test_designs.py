"""What a design says is taken at its word or refused: stages, joint probabilities, names, fingerprints, and the check of all this."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import evidencekit as ek
from evidencekit.errors import DesignError, InputError, LonelyPSU, UnknownColumn

CANARY = "CANARYZQ"
DESIGN: dict[str, Any] = {"weights": "weight", "strata": "stratum", "psu": "psu"}


def people() -> pd.DataFrame:
    """Four strata of four PSUs with codes that start again; `p` is a probability per PSU."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "stratum": np.repeat(np.arange(4), 20),
            "psu": np.tile(np.repeat(np.arange(4), 5), 4),
            "pupil": np.arange(80),
            "y": rng.normal(5, 2, 80),
            "region": np.repeat(["n", "s"], 40),
            "sec": [CANARY, *["b", "c"] * 39, "d"],
        }
    )
    chances = rng.uniform(0.2, 0.8, 16)
    return frame.assign(p=chances[frame.stratum * 4 + frame.psu], f=0.5, weight=2 / chances[frame.stratum * 4 + frame.psu])


BASE = people()


def survey(frame: Any = BASE, **design: Any) -> ek.Survey:
    return ek.Survey(frame, **{**DESIGN, **design})


def one_each(frame: pd.DataFrame = BASE) -> pd.DataFrame:
    """One row for each PSU."""
    return frame.groupby(["stratum", "psu"], as_index=False).first()


def pairs_of(chances: np.ndarray) -> np.ndarray:
    pairs = np.outer(chances, chances) * 0.9
    np.fill_diagonal(pairs, chances)
    return pairs


JOINT = pairs_of(one_each().p.to_numpy())


@pytest.mark.parametrize("unequal", ["overton", "hartley-rao", "poisson", ek.survey.Joint(JOINT)], ids=str)
@pytest.mark.parametrize("fpc", [("p", "f"), "p"])
@pytest.mark.parametrize("weights", ["weight", None])
def test_a_second_stage_is_not_dropped_in_silence(unequal: Any, fpc: Any, weights: Any) -> None:
    with pytest.raises(InputError, match=r'Only unequal="brewer" carries the variance of a second stage'):
        ek.Stages(weights=weights, strata="stratum", psu=("psu", "pupil"), fpc=fpc, unequal=unequal)
    ek.Stages(weights=weights, strata="stratum", psu=("psu", "pupil"), fpc=fpc, unequal="brewer")


def joint_survey(matrix: np.ndarray, frame: pd.DataFrame = BASE, **design: Any) -> ek.Survey:
    return ek.Survey(frame, design=ek.Stages(**{**DESIGN, "unequal": ek.survey.Joint(matrix), **design}))


def test_a_joint_matrix_is_that_of_the_units() -> None:
    fine = joint_survey(JOINT, fpc="p")
    assert np.isfinite(ek.mean(fine, "y").se).all()
    shuffled = BASE.sample(frac=1, random_state=1)
    assert ek.mean(joint_survey(JOINT, shuffled, fpc="p"), "y").se[0] == pytest.approx(ek.mean(fine, "y").se[0])
    order = np.arange(16)[::-1]
    with pytest.raises(DesignError, match=r"The diagonal of the joint matrix is not the fpc= of \d+ units.*sorted by stratum"):
        joint_survey(JOINT[np.ix_(order, order)], fpc="p")
    with pytest.raises(DesignError, match="for 15 units, and the data have 16"):
        joint_survey(JOINT[1:, 1:], fpc="p")


def test_a_joint_matrix_in_another_order_than_the_weights() -> None:
    exact = BASE.assign(weight=1 / BASE.p)
    order = np.arange(16)[::-1]
    joint_survey(JOINT, exact)
    with pytest.raises(DesignError, match="fits the weights in another order"):
        joint_survey(JOINT[np.ix_(order, order)], exact)
    joint_survey(JOINT[np.ix_(order, order)], exact.assign(weight=exact.weight * np.linspace(1, 2, 80)))  # adjusted weights say nothing
    rows = one_each(exact)
    with pytest.raises(DesignError, match="fits the weights in another order"):
        ek.Survey(rows, design=ek.Stages(weights="weight", unequal=ek.survey.Joint(JOINT[np.ix_(order, order)])))


@pytest.mark.parametrize("matrix", ["x", [["a"]], None, np.ones(3), [[0.5, 0.4], [0.3, 0.5]], [[0.5, 0.0], [0.0, 0.5]]])
def test_what_is_no_joint_matrix(matrix: Any) -> None:
    with pytest.raises(DesignError):
        ek.survey.Joint(matrix)


def test_the_sum_of_squared_probabilities() -> None:
    chances = one_each().assign(squares=lambda d: d.groupby("stratum").p.transform("sum"))
    frame = BASE.merge(chances[["stratum", "psu", "squares"]])
    design = {**DESIGN, "fpc": "p", "unequal": "hartley-rao"}
    known = ek.mean(ek.Survey(frame, design=ek.Stages(**design, sum_of_squares="squares")), "y")
    assert known.se[0] == pytest.approx(ek.mean(ek.Survey(frame, design=ek.Stages(**design)), "y").se[0])  # it is what the sample says
    more = ek.Survey(frame.assign(squares=frame.squares * 1.3), design=ek.Stages(**design, sum_of_squares="squares"))
    assert ek.mean(more, "y").se[0] != pytest.approx(known.se[0])
    lazy = ek.Survey(pl.from_pandas(frame).lazy(), design=ek.Stages(**design, sum_of_squares="squares"))
    assert ek.mean(lazy, "y").se[0] == pytest.approx(known.se[0])
    for wrong, words in ((frame.squares + frame.psu, "varies within a stratum"), (frame.squares.mask(frame.psu == 0), "0 or below")):
        with pytest.raises(DesignError, match=words):
            ek.Survey(frame.assign(squares=wrong), design=ek.Stages(**design, sum_of_squares="squares"))
    with pytest.raises(InputError, match="belongs to"):
        ek.Stages(weights="weight", sum_of_squares="squares")
    with pytest.raises(UnknownColumn, match="sum_of_squares="):
        ek.Survey(frame, design=ek.Stages(**design, sum_of_squares="sqares"))


def test_a_design_leaves_no_room_for_policies_beside_it() -> None:
    for name, value in {"lonely": "adjust", "nest": False, "psu": "psu"}.items():
        with pytest.raises(InputError, match=f"{name} was given as well"):
            ek.Survey(BASE, design=ek.Stages(weights="weight"), **{name: value})


NAMES: dict[str, Any] = {
    "Series": BASE.sec,
    "array": BASE.sec.to_numpy(),
    "polars Series": pl.Series(BASE.sec.tolist()),
    "number": 3,
    "true": True,
    "function": len,
    "numbers": [1, 2],
    "generator": (c for c in "ab"),
    "mapping": {"stratum": 1},
}


@pytest.mark.parametrize("part", ["strata", "psu", "fpc"])
@pytest.mark.parametrize("name", NAMES)
def test_a_column_is_named_by_text(part: str, name: str) -> None:
    with pytest.raises(InputError, match=f"{part}= takes column names") as caught:
        survey(**{part: NAMES[name]})
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize("part", ["strata", "psu", "fpc"])
def test_values_given_for_names_are_not_repeated(part: str) -> None:
    for values in (BASE.sec.tolist()[:3], [CANARY], ("stratum", CANARY)):
        if part == "fpc":
            design = {"design": ek.Stages(weights="weight", psu=("psu", "pupil", "y"), fpc=tuple(values))}
            with pytest.raises(InputError, match="fpc= is not a column") as caught:
                ek.Survey(BASE, **design)
        else:
            with pytest.raises(InputError, match=f"{part}= is not a column of the data.*'stratum'") as caught:
                survey(**{part: values})
        assert CANARY not in str(caught.value)
    with pytest.raises(InputError, match="Name 2 of the 2 in psu="):
        survey(psu=["psu", CANARY])
    with pytest.raises(UnknownColumn, match=r"'pus'.*Did you mean 'psu'"):
        survey(psu=["pus", "pupil"])
    with pytest.raises(UnknownColumn, match="The name in psu= is not a column of the data"):
        survey(psu="qqqq")


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda: ek.Stages(weights=BASE.weight), "weights= takes a column name, not a Series"),
        (lambda: ek.survey.NoDesign(weights=BASE.weight), "weights= takes a column name, not a Series"),
        (lambda: ek.Stages(weights="weight", unequal=np.eye(3)), "unequal= is not a ndarray"),
        (lambda: ek.Stages(weights="weight", unequal=["brewer"]), "unequal= is not a list"),
        (lambda: ek.Stages(weights="weight", strata_below=3), "strata_below= takes column names"),
        (lambda: ek.Stages(weights="weight", psu=("a", "b"), strata_below=("c", "d")), "strata_below= names 2 stages where there can be 1"),
        (lambda: survey(population=3), "population= says in words"),
        (lambda: survey(population=["children"]), "population= says in words"),
        (lambda: ek.mean(survey(), "y", where_label=3), "where_label= is the domain in words"),
        (lambda: ek.mean(survey(), "y", where_label=["a"]), "where_label= is the domain in words"),
    ],
)
def test_other_parts_of_the_wrong_kind(made: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        made()


def test_strata_of_the_second_stage_by_one_name_or_none() -> None:
    design = {"weights": "weight", "strata": "stratum", "psu": ("psu", "pupil"), "fpc": ("f", "f")}
    one, several = (ek.Survey(BASE, design=ek.Stages(**design, strata_below=b)) for b in ("region", ("region",)))
    assert ek.mean(one, "y").se == ek.mean(several, "y").se
    assert ek.Stages(**design, strata_below=None) == ek.Stages(**design)


@pytest.mark.parametrize("category", [pd.NA, np.array([1]), pd.Series([1]), [1], {}, len], ids=lambda c: type(c).__name__)
def test_a_category_is_one_label(category: Any) -> None:
    with pytest.raises(InputError, match="category= is one label or code"):
        ek.proportion(survey(), "region", category=category)


def test_a_fingerprint_tells_designs_and_data_apart() -> None:
    frame = BASE.assign(N=10.0, M=12.0, n=20.0, row=np.arange(80) % 4, weight2=BASE.weight * np.linspace(1, 2, 80))
    stages = ek.Stages(weights="weight", strata="stratum", psu=("psu", "pupil"), fpc=("N", "n"))
    brewer = ek.Stages(weights="weight", strata="stratum", psu="psu", fpc="p", unequal="brewer")
    designs = {
        "plain": stages,
        "fpc values": replace(stages, fpc=("M", "n")),
        "lonely": replace(stages, lonely="adjust"),
        "lonely_domain": replace(stages, lonely_domain="adjust"),
        "below": replace(stages, strata_below=("region",)),
        "weights": replace(stages, weights="weight2"),
        "one stage": replace(stages, psu="psu", fpc="N"),
        "other units": replace(stages, psu=("row", "pupil")),
        "brewer": brewer,
        "overton": replace(brewer, unequal="overton"),
        "joint": replace(brewer, unequal=ek.survey.Joint(JOINT)),
        "other joint": replace(brewer, unequal=ek.survey.Joint(np.where(np.eye(16) > 0, JOINT, JOINT * 0.99))),
        "other joint variance": replace(brewer, unequal=ek.survey.Joint(JOINT, "horvitz-thompson")),
        "no design": ek.survey.NoDesign(weights="weight"),
        "quota": ek.survey.NoDesign(weights="weight", inference="quota"),
        "elements": ek.Stages(weights="weight"),
        "elements in strata": ek.Stages(weights="weight", strata="stratum"),
    }
    prints = {name: ek.Survey(frame, design=design).fingerprint() for name, design in designs.items()}
    moved = frame.assign(psu=frame.psu.mask(frame.index == 3, 1))
    prints |= {f"{n}, a row in another unit": ek.Survey(moved, design=designs[n]).fingerprint() for n in ("plain", "below")}
    for name, change in {
        "one weight": frame.assign(weight=frame.weight.mask(frame.index == 7, 3.0)),
        "two weights swapped": frame.assign(weight=frame.weight.to_numpy()[[5, *range(1, 5), 0, *range(6, 80)]]),
        "fewer rows": frame.iloc[:-1],
        "one fpc": frame.assign(N=frame.N.mask(frame.stratum == 2, 11.0)),
    }.items():
        prints[name] = ek.Survey(change, design=stages).fingerprint()
    for name, weights in (("zero", 0.0), ("last bit", np.nextafter(2.0, 3.0))):
        even = np.full(20_000, 2.0)
        even[19_998] = weights
        prints[f"large, {name}"] = ek.Survey(pd.DataFrame({"w": even}), weights="w").fingerprint()
    prints["one more row, of no weight"] = ek.Survey(pd.DataFrame({"w": [*[2.0] * 20_000, 0.0]}), weights="w").fingerprint()
    prints["large"] = ek.Survey(pd.DataFrame({"w": np.full(20_000, 2.0)}), weights="w").fingerprint()
    assert len(set(prints.values())) == len(prints)
    assert ek.Survey(frame.copy(), design=stages).fingerprint() == prints["plain"]


def test_the_fingerprint_of_replicates() -> None:
    rng = np.random.default_rng(3)
    frame = BASE.assign(**{f"r{i}": BASE.weight * rng.uniform(0.5, 1.5, 80) for i in range(4)})
    one = ek.Replicates(weights="weight", columns=[f"r{i}" for i in range(4)], kind="bootstrap")
    prints = [ek.Survey(frame, design=d).fingerprint() for d in (one, replace(one, mse=True), replace(one, scale=0.5))]
    prints.append(ek.Survey(frame.assign(r2=frame.r2 * 1.01), design=one).fingerprint())
    assert len(set(prints)) == 4


def test_the_fingerprint_of_lazy_data_is_that_of_the_design() -> None:
    lazy = pl.from_pandas(BASE).lazy()
    design = ek.Stages(**DESIGN)
    assert ek.Survey(lazy, design=design).fingerprint() == ek.Survey(lazy, **DESIGN).fingerprint()
    assert ek.Survey(lazy, design=replace(design, lonely="adjust")).fingerprint() != ek.Survey(lazy, design=design).fingerprint()


def troubled() -> pd.DataFrame:
    """Three missing weights, two negative, one zero; three rows without stratum; two codes in two strata; c and d have one unit."""
    rows = [("a", 0), ("a", 1), ("a", 2), ("b", 0), ("b", 1), ("c", 7), ("d", 8), (None, 9)]
    frame = pd.DataFrame([row for row in rows for _ in range(3)], columns=["stratum", "psu"])
    return frame.assign(weight=[np.nan] * 3 + [-1.0] * 2 + [0.0] + [2.0] * 9 + [6.0] * 9)


def test_data_that_no_survey_takes_can_be_checked() -> None:
    frame = troubled()
    with pytest.raises(DesignError):
        ek.Survey(frame, **DESIGN)
    for data in (frame, pl.from_pandas(frame), ek.Dataset(frame)):
        found = ek.check_survey(data, **DESIGN)
        assert (found.rows, found.strata, found.psus) == (24, 4, 7)
        assert (found.weights_missing, found.weights_negative, found.weights_zero) == (3, 2, 1)
        assert (found.rows_without_stratum, found.rows_without_psu) == (3, 0)
        assert found.psu_codes_reused_across_strata == 2
        assert (found.strata_with_one_psu, found.strata_with_under_3_psus, found.psus_with_one_row) == (2, 3, 0)
        assert found.lonely_strata == ("c", "d")
        assert found.kish_deff == pytest.approx(18 * (9 * 4 + 9 * 36) / (9 * 2 + 9 * 6) ** 2)
    assert "lonely strata: c, d" in repr(ek.check_survey(frame, **DESIGN))
    assert ek.check_survey(frame, **DESIGN, nest=False).psus == 5
    assert ek.check_survey(frame, strata="stratum").lonely_strata == ()
    assert ek.check_survey(frame.assign(weight=frame.weight.replace(0, np.inf)), weights="weight").weights_missing == 4
    nothing = ek.check_survey(frame.assign(weight=np.nan), weights="weight")
    assert (nothing.weights_missing, nothing.notes) == (24, ())
    assert np.isnan(nothing.kish_deff)


def test_a_survey_is_checked_as_its_data_are() -> None:
    held, raw = ek.check_survey(survey()), ek.check_survey(BASE, **DESIGN)
    assert repr(held) == repr(raw)
    assert held.psu_codes_reused_across_strata == 4  # codes, not the twelve units beyond them
    assert ek.check_survey(survey(BASE[BASE.psu < 2])).strata_with_under_3_psus == 4
    with pytest.raises(InputError, match="takes no columns"):
        ek.check_survey(survey(), weights="weight")
    with pytest.raises(InputError, match="lazy"):
        ek.check_survey(pl.from_pandas(BASE).lazy(), **DESIGN)
    with pytest.raises(InputError, match="does not hold numbers"):
        ek.check_survey(BASE, weights="region")
    with pytest.raises(UnknownColumn, match="weights="):
        ek.check_survey(BASE, weights="wieght")
    with pytest.raises(InputError, match="data frame is needed"):
        ek.check_survey(None)
    with pytest.raises(InputError, match="no rows"):
        ek.check_survey(BASE.iloc[:0])


def test_crossed_strata_are_named_together_and_ten_at_most() -> None:
    frame = pd.DataFrame({"a": np.arange(15), "b": "x", "psu": 1, "w": 1.0})
    found = ek.check_survey(frame, weights="w", strata=("a", "b"), psu="psu")
    assert found.lonely_strata[:2] == ("0 / x", "1 / x")
    assert "9 / x and 5 more" in repr(found)
    assert "10 / x" not in repr(found)


def test_lonely_units_are_explained() -> None:
    lonely = BASE[(BASE.stratum < 2) | (BASE.psu == 0)]
    with pytest.raises(LonelyPSU, match=r"2 strata have.*check_survey\(\) on the data names them.*adjust.*average.*certainty"):
        survey(lonely)
    assert ek.check_survey(lonely, **DESIGN).lonely_strata == ("2", "3")


@pytest.mark.parametrize(("strata", "words"), [(None, "4 PSUs in 1 stratum"), ("stratum", "16 PSUs in 4 strata")])
def test_one_is_singular(strata: Any, words: str) -> None:
    assert words in repr(survey(strata=strata))


VERBS: dict[str, Any] = {
    "mean": lambda s, names: ek.mean(s, names),
    "proportion": lambda s, names: ek.proportion(s, names),
    "quantile": lambda s, names: ek.quantile(s, names),
    "by": lambda s, names: ek.mean(s, "y", by=names),
}


@pytest.mark.parametrize("verb", VERBS)
def test_values_given_for_variables_are_not_repeated(verb: str) -> None:
    for values in (BASE.sec, BASE.sec.to_numpy(), pl.Series(BASE.sec.tolist()), BASE.sec.tolist(), [CANARY], ["y", CANARY], ["y", 3]):
        with pytest.raises(InputError) as caught:
            VERBS[verb](survey(), values)
        assert CANARY not in str(caught.value)
    with pytest.raises(UnknownColumn, match=r"'regoin'.*Did you mean 'region'"):
        VERBS[verb](survey(), ["psu", "regoin"])


@pytest.mark.parametrize("option", [[CANARY], np.array([CANARY]), pd.Series([CANARY]), None, 3], ids=lambda o: type(o).__name__)
def test_options_that_are_no_words_are_not_repeated(option: Any) -> None:
    for ask in (
        lambda: survey(lonely=option),
        lambda: ek.proportion(survey(), "region", interval=option),
        lambda: ek.quantile(survey(), "y", rule=option),
        lambda: ek.mean(survey(), "y", deff=option),
    ):
        with pytest.raises(InputError, match="takes a word, not a") as caught:
            ask()
        assert CANARY not in str(caught.value)


@pytest.mark.parametrize("label", [np.array(["a"]), pd.Series(["a"]), 0], ids=lambda o: type(o).__name__)
def test_a_label_of_a_domain_is_text(label: Any) -> None:
    with pytest.raises(InputError, match="where_label= is the domain in words"):
        ek.mean(survey(), "y", where_label=label)


def test_lazy_weights_without_a_name() -> None:
    frame = pl.from_pandas(BASE).rename({"weight": ""}).lazy()
    lazy = ek.Survey(frame, weights="", strata="stratum", psu="psu")
    assert ek.mean(lazy, "y").points[0] == pytest.approx(ek.mean(survey(), "y").points[0])
