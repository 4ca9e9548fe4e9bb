"""What goes wrong says so in words, names no value from the data, and leaves the data alone."""

from __future__ import annotations

import pickle
import traceback
import warnings
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evidencekit as ek
from evidencekit.errors import DesignError, EstimationError, InputError, LonelyPSU, Refused, UnknownColumn

DESIGN = {"weights": "weight", "strata": "stratum", "psu": "psu"}
FEW = settings(max_examples=15, deadline=None)


def people(seed: int = 0, rows: int = 80) -> pd.DataFrame:
    """Four strata, four PSUs in each, PSU codes that start again in every stratum."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "weight": rng.uniform(10, 30, rows),
            "stratum": np.repeat(np.arange(4), rows // 4),
            "psu": np.tile(np.repeat(np.arange(4), rows // 16), 4),
            "y": rng.normal(5, 2, rows),
            "x": rng.uniform(1, 2, rows),
            "yes": rng.integers(0, 2, rows),
            "kind": rng.choice(["a", "b", "c"], rows),
        }
    )


def survey(frame: Any, **design: Any) -> ek.Survey:
    return ek.Survey(frame, **{**DESIGN, **design})


BASE = people()
SURVEY = survey(BASE)
FIRST = BASE.index < 3

DESIGNS: dict[str, tuple[pd.DataFrame, dict[str, Any], type[Exception], str]] = {
    "unknown column": (BASE, {"weights": "wieght"}, UnknownColumn, r"'wieght'.*weights=.*Did you mean 'weight'"),
    "other case": (BASE, {"psu": "PSU"}, UnknownColumn, "Did you mean 'psu'"),
    "text weights": (BASE.assign(weight=BASE.weight.astype(str)), {}, InputError, "'weight' does not hold numbers"),
    "null weights": (BASE.assign(weight=BASE.weight.mask(FIRST)), {}, DesignError, "3 missing"),
    "negative weights": (BASE.assign(weight=BASE.weight.mask(FIRST, -1)), {}, DesignError, "3 negative"),
    "null and negative": (BASE.assign(weight=BASE.weight.mask(FIRST, -1).mask(BASE.index > 77)), {}, DesignError, "2 missing and 3 neg"),
    "all-zero weights": (BASE.assign(weight=0.0), {}, DesignError, "no value above zero"),
    "infinite weights": (BASE.assign(weight=BASE.weight.mask(FIRST, np.inf)), {}, InputError, "infinite"),
    "empty frame": (BASE.iloc[:0], {}, InputError, "no rows"),
    "strata with NaN": (BASE.assign(stratum=BASE.stratum.mask(FIRST)), {}, DesignError, "'stratum' is missing in 3 of 80"),
    "psu with None": (BASE.assign(psu=BASE.psu.astype(object).mask(FIRST, None)), {}, DesignError, "'psu' is missing in 3 of 80"),
    "lonely psu": (BASE[(BASE.stratum < 3) | (BASE.psu == 0)], {}, LonelyPSU, "1 stratum has a single sampling unit"),
    "duplicated columns": (pd.concat([BASE, BASE[["y"]]], axis=1), {}, InputError, "own name"),
    "fpc mixed": (BASE.assign(N=np.where(BASE.stratum == 0, 0.5, 20)), {"fpc": "N"}, DesignError, "mixes counts above 1 and fractions"),
    "fpc too small": (BASE.assign(N=3), {"fpc": "N"}, DesignError, "fewer units exist than were drawn"),
    "fpc below zero": (BASE.assign(N=-20), {"fpc": "N"}, DesignError, "0 or below"),
    "fpc missing": (BASE.assign(N=np.nan), {"fpc": "N"}, DesignError, "missing"),
    "fpc varies": (BASE.assign(N=20 + BASE.psu), {"fpc": "N"}, DesignError, "varies within a stratum"),
    "codes reused": (BASE, {"nest": False}, DesignError, "4 PSU codes stand in more than one stratum"),
    "unknown policy": (BASE, {"lonely": "adjsut"}, InputError, "Did you mean 'adjust'"),
    "no weights": (BASE, {"weights": None}, InputError, "needs weights="),
    "two designs": (BASE, {"design": ek.Stages(weights="weight")}, InputError, "was given as well"),
}


@pytest.mark.parametrize("name", DESIGNS)
def test_a_design_that_cannot_be_used(name):
    frame, design, error, words = DESIGNS[name]
    with pytest.raises(error, match=words):
        survey(frame, **design)


@pytest.mark.parametrize("thing", [[1, 2], {"y": [1]}, None, np.ones(3), BASE["y"], BASE.groupby("kind")], ids=lambda t: type(t).__name__)
def test_not_a_frame(thing):
    with pytest.raises(InputError, match="A data frame is needed"):
        survey(thing)


QUESTIONS: dict[str, tuple[Any, type[Exception], str]] = {
    "unknown variable": (lambda s: ek.mean(s, "yess"), UnknownColumn, "Did you mean 'yes'"),
    "nothing like it": (lambda s: ek.mean(s, "qqqq"), UnknownColumn, "The name given as y is not a column of the data. They have"),
    "unknown by": (lambda s: ek.mean(s, "y", by="knd"), UnknownColumn, "by=.*Did you mean 'kind'"),
    "by twice": (lambda s: ek.mean(s, "y", by=["kind", "kind"]), InputError, "twice"),
    "no variable": (lambda s: ek.mean(s, []), InputError, "at least one"),
    "mean of text": (lambda s: ek.mean(s, "kind"), InputError, "'kind' does not hold numbers"),
    "where is a number": (lambda s: ek.mean(s, "y", where=nw.col("y") + 1), InputError, "not a true/false condition"),
    "where is a number column": (lambda s: ek.mean(s, "y", where="yes"), InputError, "not a true/false condition"),
    "where is one value": (lambda s: ek.mean(s, "y", where=nw.col("y").max() > 3), InputError, "not a true/false condition"),
    "where is a mask": (lambda s: ek.mean(s, "y", where=BASE.y > 0), InputError, "where= takes a narwhals expression"),
    "where unknown": (lambda s: ek.mean(s, "y", where=nw.col("yess") > 1), UnknownColumn, "where=.*Did you mean 'yes'"),
    "where unknown name": (lambda s: ek.mean(s, "y", where="yess"), UnknownColumn, "where=.*Did you mean 'yes'"),
    "where text > number": (lambda s: ek.mean(s, "y", where=nw.col("kind") > 3), InputError, "could not be worked out"),
    "where nobody": (lambda s: ek.mean(s, "y", where=nw.col("y") > 1e9), EstimationError, "no row satisfies where="),
    "level 1": (lambda s: ek.mean(s, "y", level=1), InputError, "level="),
    "level 95": (lambda s: ek.proportion(s, "yes", level=95), InputError, "level="),
    "level NaN": (lambda s: ek.quantile(s, "y", level=float("nan")), InputError, "level="),
    "level text": (lambda s: ek.total(s, "y", level="95%"), InputError, "level="),
    "interval": (lambda s: ek.proportion(s, "yes", interval="logti"), InputError, "Did you mean 'logit'"),
    "quantile interval": (lambda s: ek.quantile(s, "y", interval="woodruf"), InputError, "Did you mean 'woodruff'"),
    "deff": (lambda s: ek.mean(s, "y", deff="replac"), InputError, "Did you mean 'replace'"),
    "category": (lambda s: ek.proportion(s, "kind", category="z"), InputError, "not one of the 3 categories of 'kind'"),
    "q": (lambda s: ek.quantile(s, "y", q=50), InputError, "above 0 and below 1"),
    "population_total": (lambda s: ek.total(s, "y", population_total=-1), InputError, "above 0"),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_that_cannot_be_answered(name):
    ask, error, words = QUESTIONS[name]
    with pytest.raises(error, match=words):
        ask(SURVEY)


@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_infinite_values(value):
    with pytest.raises(InputError, match="'y' holds infinite numbers"):
        ek.mean(survey(BASE.assign(y=BASE.y.mask(FIRST, value))), "y")


@pytest.mark.parametrize("verb", [ek.mean, ek.total, ek.variance])
def test_every_answer_of_a_domain_missing(verb):
    held = survey(BASE.assign(y=BASE.y.mask(BASE.kind == "a")))
    with pytest.raises(EstimationError, match="every answer is missing"):
        verb(held, "y", where=nw.col("kind") == "a")
    assert verb(held, "y", by="kind").cells.columns["kind"] == ("b", "c")


@pytest.mark.parametrize("blank", [None, np.nan], ids=["None", "NaN"])
def test_by_missing_everywhere(blank):
    with pytest.raises(EstimationError, match="by= columns are missing in every row"):
        ek.mean(survey(BASE.assign(kind=blank)), "y", by="kind")


def test_normalised_weights():
    held = survey(BASE.assign(weight=BASE.weight / BASE.weight.mean()))
    for verb in (lambda **k: ek.total(held, "yes", **k), lambda **k: ek.count(held, **k)):
        with pytest.raises(Refused, match="population_total="):
            verb()
    assert ek.count(held, population_total=1e6).points[0] == pytest.approx(1e6)
    assert ek.total(held, "yes", population_total=1e6).points[0] == pytest.approx(1e6 * ek.mean(held, "yes").points[0])
    assert ek.count(held, population_total="weights").points[0] == pytest.approx(80)
    with pytest.raises(Refused, match='deff="replace"'):
        ek.mean(held, "y", deff="wor")
    assert np.isfinite(ek.mean(SURVEY, "y", deff="wor").counts.deff).all()


def test_no_design_has_no_interval():
    poll = ek.Survey(BASE, design=ek.survey.NoDesign(inference="quota", weights="weight"))
    for est in (ek.mean(poll, "y"), ek.proportion(poll, "kind"), ek.quantile(poll, "y")):
        assert np.isnan([est.interval.low, est.interval.high, est.se]).all()
        assert all(flag.startswith("no design: quota") for flag in est.flags)
    assert ek.mean(poll, "y").points[0] == pytest.approx(np.average(BASE.y, weights=BASE.weight))


def table(est: ek.Estimate) -> pd.DataFrame:
    return pd.DataFrame(est.columns).drop(columns=["flag", "category"])


def test_duplicate_index_changes_nothing():
    odd = BASE.set_axis(np.zeros(len(BASE), dtype=int), axis=0)
    old = nw.col("y") > 5
    for ask in (
        lambda s: ek.mean(s, "y", by="kind", where=old),
        lambda s: ek.proportion(s, "kind"),
        lambda s: ek.quantile(s, "y", by="kind"),
    ):
        pd.testing.assert_frame_equal(table(ask(survey(odd))), table(ask(SURVEY)))


def test_mixed_column():
    mixed = pd.Series([1, "a", 2.5, None] * 20, dtype=object)
    held = survey(BASE.assign(kind=mixed))
    shares = ek.proportion(held, "kind")
    w = BASE.weight
    want = [w[mixed.eq(k)].sum() / w[mixed.notna()].sum() for k in (1, 2.5, "a")]
    assert shares.cells.columns["category"] == (1, 2.5, "a")
    np.testing.assert_allclose(shares.points, want)
    assert len(shares.to_frame()) == len(ek.mean(held, "y", by="kind")) == 3
    with pytest.raises(InputError, match="does not hold numbers"):
        ek.mean(held, "kind")


def test_thousands_of_levels():
    rng = np.random.default_rng(3)
    big = people(3, 32_000).assign(code=rng.integers(0, 4_000, 32_000))
    held = survey(big)
    means, sizes = ek.mean(held, "y", by="code"), ek.count(held, by="code")
    assert len(means) == len(sizes) == big.code.nunique() > 3_900
    for code in (0, 17, 3_999):
        i = means.cells.find({"code": code})
        one = ek.mean(held, "y", where=nw.col("code") == code)
        for name in ("estimate", "se", "low", "high", "df", "n", "psus", "weighted_n", "deff"):
            np.testing.assert_allclose(means.columns[name][i], one.columns[name][0], rtol=1e-9, err_msg=name)
        assert sizes.points[i] == pytest.approx(big.weight[big.code == code].sum())


SECRET, NUMBER = "Zanzibarella-7f3", 987654321.25


def planted() -> dict[str, pd.DataFrame]:
    """Frames with a secret in every column, one at a time and all together."""
    text, every = {}, BASE.assign(note="x")
    for name in every:
        value = SECRET if every[name].dtype == object or name in ("kind", "note") else NUMBER
        text[name] = every.assign(**{name: every[name].astype(object if value == SECRET else float).mask(FIRST, value)})
        if value == NUMBER:
            text[f"{name} below zero"] = every.assign(**{name: every[name].astype(float).mask(FIRST, -NUMBER)})
            text[f"{name} text"] = every.assign(**{name: every[name].astype(object).mask(FIRST, SECRET)})
    whole = every.copy()
    for made, name in ((text[n], n) for n in every):
        whole[name] = made[name]
    return text | {"all": whole}


def said(error: BaseException) -> list[str]:
    """Everything a traceback would print of this error, without source lines."""
    shown = "".join(traceback.TracebackException.from_exception(error, lookup_lines=False).format_exception_only())
    out = [shown, str(error), repr(error), *getattr(error, "__notes__", [])]
    hidden = None if error.__suppress_context__ else error.__context__
    for more in (error.__cause__, hidden):
        out += said(more) if more is not None else []
    return out


def asked(frame: pd.DataFrame) -> list[Any]:
    """Calls that may fail, on surveys that may not come about."""
    columns = list(frame.columns)
    sources = [
        lambda: survey(frame),
        lambda: survey(frame, nest=False),
        lambda: survey(frame, lonely="certainty", fpc="x"),
        lambda: survey(frame, strata="kind", psu="note"),
        lambda: survey(frame, weights="kind"),
        lambda: ek.Survey(frame, design=ek.survey.NoDesign()),
        lambda: survey(ek.Dataset(frame, missing={"kind": {"b": ek.Missing.REFUSED}}), lonely="certainty"),
    ]
    verbs: list[Any] = [lambda s, c=c, v=v: v(s, c) for c in columns for v in (ek.mean, ek.total, ek.proportion, ek.quantile, ek.variance)]
    verbs += [lambda s, c=c: ek.mean(s, "y", where=nw.col(c) > 3) for c in columns]
    verbs += [lambda s, c=c: ek.mean(s, "y", where=nw.col(c) > "m") for c in columns]
    verbs += [lambda s, c=c: ek.mean(s, "y", where=nw.col(c).cast(nw.Int64) > 1) for c in columns]
    verbs += [lambda s, c=c: ek.proportion(s, c, category="nothing") for c in columns]
    verbs += [lambda s: ek.ratio(s, "y", "kind"), lambda s: ek.mean(s, "y", deff="wor"), lambda s: ek.mean(s, "y", by=["kind", "no"])]
    verbs += [lambda s: ek.mean(s, "y", by="kind").cells.find({"kind": "nothing"})]
    return [*((make, None) for make in sources), *((sources[k], verb) for k in (0, 5) for verb in verbs)]


def test_canary():
    failures = 0
    for name, frame in planted().items():
        heard: list[str] = [repr(ek.Dataset(frame))]
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            for make, verb in asked(frame):
                try:
                    held = make()
                    heard.append(repr(held))
                    if verb is not None:
                        verb(held)
                except Exception as error:
                    failures += 1
                    heard += said(error)
        text = "\n".join([*heard, *(str(w.message) for w in caught)])
        for secret in (SECRET, "987654321", "987,654,321", "9.876543", "9.88e+08"):
            assert secret not in text, f"{secret} planted in {name!r} was said"
    assert failures > 500


def test_nothing_is_pickled():
    for held in (SURVEY, ek.Dataset(BASE)):
        with pytest.raises(InputError, match="not pickled"):
            pickle.dumps(held)


def test_the_frame_is_left_alone():
    frame = people().assign(extra=pd.Categorical(["p", "q"] * 40))
    frame.loc[3, "y"] = np.nan
    before = frame.copy(deep=True)
    held = survey(ek.Dataset(frame, missing={"yes": {0: ek.Missing.REFUSED}}))
    for ask in (ek.mean, ek.total, ek.proportion, ek.quantile, ek.variance):
        ask(held, "y", by="kind")
    ek.proportion(held, ["yes", "extra"], where=nw.col("x") > 1.2)
    ek.ratio(held, "y", "x"), ek.count(held), ek.cdf(held, "y", at=5)
    pd.testing.assert_frame_equal(frame, before)


def close(a: Any, b: Any, rtol: float = 1e-8) -> None:
    np.testing.assert_allclose(a, b, rtol=rtol, atol=1e-9)


@FEW
@given(seed=st.integers(0, 10_000), factor=st.floats(1e-3, 1e4))
def test_scaled_weights_leave_means_alone(seed, factor):
    frame = people(seed)
    one, two = survey(frame), survey(frame.assign(weight=frame.weight * factor))
    for ask in (lambda s: ek.mean(s, "y", by="kind"), lambda s: ek.ratio(s, "y", "x"), lambda s: ek.proportion(s, "kind")):
        a, b = ask(one), ask(two)
        for name in ("estimate", "se", "low", "high", "df", "deff"):
            close(a.columns[name], b.columns[name])


@FEW
@given(seed=st.integers(0, 10_000), data=st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(seed, data):
    frame = people(seed)
    order = list(range(len(frame)))
    data.shuffle(order)
    one, two = survey(frame), survey(frame.iloc[order])
    for ask in (lambda s: ek.mean(s, ["y", "x"], by="kind"), lambda s: ek.proportion(s, "kind"), lambda s: ek.quantile(s, "y")):
        pd.testing.assert_frame_equal(table(ask(one)), table(ask(two)), rtol=1e-8)


@FEW
@given(seed=st.integers(0, 10_000))
def test_parts_agree_with_the_whole(seed):
    held = survey(people(seed))
    parts, whole = ek.total(held, "y", by="kind"), ek.total(held, "y")
    close(parts.points.sum(), whole.points[0])
    close(parts.vcov.sum(), whole.vcov[0, 0])
    close(ek.count(held, by=["kind", "yes"]).points.sum(), ek.count(held).points[0])
    shares = ek.proportion(held, "kind")
    close(shares.points.sum(), 1)
    close(shares.vcov.sum(), 0)
    by = ek.mean(held, "y", by="kind")
    for i, kind in enumerate(by.cells.columns["kind"]):
        one = ek.mean(held, "y", where=nw.col("kind") == kind)
        for name in ("estimate", "se", "low", "high", "df", "n", "psus", "weighted_n"):
            close(by.columns[name][i], one.columns[name][0])


def test_columns_named_like_our_own_notes_are_only_columns() -> None:
    frame = pd.DataFrame({"weight": [1, 2] * 10, "fingerprint": [0, 1] * 10, "psu": list(range(10)) * 2, "w": 2.0})
    made = ek.Survey(frame, weights="w", psu="psu")
    ek.mean(made, "fingerprint")
    assert len(ek.mean(made, "fingerprint", by="weight")) == 2
    assert isinstance(ek.proportion(made, "fingerprint").provenance.design, str)


def test_nobody_said_yes_is_none_of_n_with_a_limit() -> None:
    frame = pd.DataFrame({"yes": [False] * 40, "psu": list(range(10)) * 4, "w": 2.0})
    for column in (frame["yes"], frame["yes"].astype(int)):
        est = ek.proportion(ek.Survey(frame.assign(yes=column), weights="w", psu="psu"), "yes")
        assert est.points[0] == 0
        assert 0 < est.interval.high[0] < 0.1
        assert est.flags[0].startswith("no case observed")


def test_small_domains_and_odd_arguments_are_errors_that_say_so() -> None:
    frame = pd.DataFrame({"y": [1.0, 2.0] * 10, "g": ["a"] * 19 + ["b"], "psu": list(range(10)) * 2, "w": 2.0, "n": 1})
    made = ek.Survey(frame, weights="w", psu="psu")
    assert np.isnan(ek.variance(made, "y", by="g").points[1])
    for call in (
        lambda: ek.mean(made, 3),  # type: ignore[arg-type]
        lambda: ek.cdf(made, "y", at="x"),  # type: ignore[arg-type]
        lambda: ek.mean(made, "y", by="n"),
        lambda: ek.total(made, "y", population_total=float("inf")),
        lambda: ek.mean(ek.Survey(frame.assign(y=np.inf), weights="w", psu="psu"), "y"),
        lambda: ek.proportion(ek.Survey(frame.assign(y=[[1]] * 20), weights="w", psu="psu"), "y"),
    ):
        with pytest.raises(ek.errors.InputError):
            call()


def test_a_domain_without_answers_has_no_quantile() -> None:
    frame = pd.DataFrame({"y": [1.0, 2.0] * 9 + [np.nan] * 2, "g": ["a"] * 18 + ["b"] * 2, "psu": list(range(10)) * 2, "w": 2.0})
    made = ek.Survey(frame, weights="w", psu="psu")
    assert ek.quantile(made, "y", by="g").cells.columns["g"] == ("a",)
    with pytest.raises(ek.errors.EstimationError):
        ek.quantile(ek.Survey(frame.assign(y=np.nan), weights="w", psu="psu"), "y")


def test_weights_too_large_to_add_up() -> None:
    frame = pd.DataFrame({"w": [1e308] * 6, "psu": [1, 2, 3] * 2, "y": range(6)})
    with pytest.raises(ek.errors.DesignError, match="too large to add up"):
        ek.Survey(frame, weights="w", psu="psu")


def test_answers_nobody_was_drawn_to_give_are_not_led_to_weights_of_one() -> None:
    """Once whoever had a panel without weights was told to make a column of ones, and got a probability sample's interval."""
    with pytest.raises(InputError, match=r"Answers that nobody was drawn to give .* design=ek\.NoDesign\(\)"):
        ek.Survey(BASE)
    assert ek.mean(ek.Survey(BASE, design=ek.NoDesign()), "y").inference == "self-selected"
    assert ek.NoDesign is ek.survey.NoDesign
