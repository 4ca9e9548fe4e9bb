"""Profiles are files that are checked, and each of their thresholds holds at its edge."""

from __future__ import annotations

import pickle
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_estimates import made_estimate

import evidencekit as ek
from evidencekit.disclosure.profiles import Answers, Geography, Profile, Protection, RelativeError, Symbols
from evidencekit.disclosure.profiles.precision import STATISTICS
from evidencekit.errors import InputError

NAMES = ek.disclosure.profile_names()
EVERY = [ek.disclosure.profile(name) for name in NAMES]
TEXTS = {p.name: p.read_text(encoding="utf-8") for p in (files("evidencekit.disclosure.profiles") / "files").iterdir()}  # type: ignore[attr-defined]
CHILD = TEXTS["child-survey.toml"]
every = pytest.mark.parametrize("rules", EVERY, ids=NAMES)
around = pytest.mark.parametrize("off", [-1, 0, 1])
CANARY = "xq7-canary"


def of_text(text: str, folder: Path) -> Profile:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return Profile.from_toml(path)


def protected(rules: Profile, statistic: str = "proportion", **numbers: object) -> bool:
    """Whether a cell that passes every other threshold is hidden."""
    given_ = {"n": 5000, "cases": 2500, "psus": 100, **numbers}
    return ek.release(made_estimate(statistic, [0.5], **given_), profile=rules).status == ("protected",)  # type: ignore[arg-type]


def test_there_are_seven() -> None:
    assert NAMES == ("abs-rule-of-ten", "child-survey", "dhs-mics", "nchs-counts-rates-2023", "nchs-proportions-2017", "ons", "open")


@every
def test_a_profile_says_everything(rules: Profile) -> None:
    assert rules.sources
    assert all(source.gave for source in rules.sources)
    assert all(rules.rules_for(s) or s in rules.no_precision_rule for s in STATISTICS)
    assert rules.protection.beyond >= 2
    assert rules.name in repr(rules)
    assert pickle.loads(pickle.dumps(rules)) == rules
    assert pickle.loads(pickle.dumps(rules)).digest == rules.digest


@every
@around
def test_denominators(rules: Profile, off: int) -> None:
    least = rules.protection.denominator
    if least + off >= 0:
        assert protected(rules, "mean", n=least + off, cases=np.nan) is (least + off < least)


@every
@around
def test_numerators(rules: Profile, off: int) -> None:
    least = rules.protection.numerator
    if least + off > 0:
        assert protected(rules, cases=least + off) is (least + off < least)


@every
@around
def test_complements(rules: Profile, off: int) -> None:
    least = rules.protection.complement
    if least + off > 0:
        assert protected(rules, cases=5000 - least - off) is (least + off < least)


@every
@around
def test_sampling_units(rules: Profile, off: int) -> None:
    least = rules.protection.psus
    if least + off >= 0:
        assert protected(rules, psus=least + off) is (least + off < least)


@every
@around
@pytest.mark.parametrize("upper", [False, True])
def test_answers_beyond_a_quantile(rules: Profile, off: int, upper: bool) -> None:
    least = rules.protection.beyond
    share = (least + off) / 5000
    est = made_estimate("quantile", [3.0], n=5000, columns={"quantile": [1 - share if upper else share]})
    assert (ek.release(est, profile=rules).status == ("protected",)) is (off < 0)


@every
def test_the_smallest_and_the_largest_answer_are_never_shown(rules: Profile) -> None:
    for n in (50, 5000):
        ends = made_estimate("quantile", [1.0, 9.0], n=n, columns={"quantile": [1 / n, 1 - 1e-12]})
        assert ek.release(ends, profile=rules).status == ("protected", "protected")
    for statistic in ("minimum", "maximum", "range"):
        assert protected(rules, statistic)


@every
@around
def test_answers_between_two_points(rules: Profile, off: int) -> None:
    least = rules.protection.between
    if least + off > 0:
        est = made_estimate("cdf", [0.2, 0.3], n=5000, cases=[2000, 2000 + least + off], columns={"at": [1.0, 2.0]})
        est = replace(est, cells=replace(est.cells, by=()))
        assert (ek.release(est, profile=rules).status[1] == "protected") is (least + off < least)


@every
@pytest.mark.parametrize(("side", "cases"), [("zero", 0), ("full", 5000)])
def test_none_and_all(rules: Profile, side: str, cases: int) -> None:
    est = made_estimate("proportion", [cases / 5000], n=5000, cases=cases)
    safe = ek.release(est, profile=rules)
    deed = getattr(rules.protection, side)
    assert (safe.status == ("protected",)) is (deed == "hide")
    assert bool(safe.flags[0].review) is (deed == "review")
    assert "none" not in safe.flags[0].protection  # that there is nobody is not said where it is hidden


@every
def test_what_a_number_rests_on_is_not_known(rules: Profile) -> None:
    assert protected(rules, "replicate", n=np.nan, cases=np.nan) is (rules.protection.unknown == "hide")


@given(
    n=st.integers(0, 60), share=st.floats(0, 1), psus=st.integers(0, 6), which=st.sampled_from(range(len(EVERY))),
    statistic=st.sampled_from(["proportion", "mean", "total"]),
)  # fmt: skip
def test_a_cell_is_hidden_when_and_only_when_a_threshold_says_so(n: int, share: float, psus: int, which: int, statistic: str) -> None:
    rules, cases = EVERY[which], round(n * share)
    least = rules.protection
    few = (n < least.denominator) or (psus < least.psus) or 0 < cases < least.numerator or 0 < n - cases < least.complement
    few = few or (cases == 0 and least.zero == "hide") or (cases == n and least.full == "hide")
    est = made_estimate(statistic, [cases / n if n else 0.0], n=n, cases=cases, psus=psus)
    safe = ek.release(est, profile=rules)
    assert (safe.status == ("protected",)) is few
    if few:
        assert safe.to_frame().filter(["estimate", "n", "cases", "psus", "low"]).isna().all(axis=None)
        assert not safe.flags[0].precision


def test_zero_of_few_is_uncertain_also_where_nothing_is_protected() -> None:
    """The exact interval of 0 of 40 reaches 9 percent, of 0 of 400 less than 1."""
    est = made_estimate("proportion", [0.0, 0.0], n=[40, 400], cases=0)
    assert ek.release(est, profile="open").status == ("uncertain", "shown")


DHS = ek.disclosure.profile("dhs-mics")


@pytest.mark.parametrize(
    ("n", "status", "symbol"),
    [
        (24, "not presented", "*"),
        (25, "uncertain", "( )"),
        (26, "uncertain", "( )"),
        (49, "uncertain", "( )"),
        (50, "shown", ""),
        (51, "shown", ""),
    ],
)
@pytest.mark.parametrize("statistic", ["proportion", "mean", "quantile"])
def test_parentheses_and_asterisks(n: int, status: str, symbol: str, statistic: str) -> None:
    est = made_estimate(statistic, [0.5], n=n, columns={"quantile": [0.5]})
    safe = ek.release(est, profile=DHS)
    assert safe.status == (status,)
    assert safe.symbols == (symbol,)
    assert safe.to_frame()["n"][0] == n  # a reader sees which denominator was small
    assert np.isnan(safe.estimate.points[0]) == (status == "not presented")
    assert np.isnan(safe.to_frame()["deff"][0]) == (status == "not presented")


@pytest.mark.parametrize("rules", [p for p in EVERY if any(isinstance(r, RelativeError) for r in p.precision)], ids=lambda p: p.name)
@pytest.mark.parametrize(("se", "uncertain"), [(0.2999, False), (0.3, True), (0.3001, True)])
def test_relative_standard_errors(rules: Profile, se: float, uncertain: bool) -> None:
    safe = ek.release(made_estimate("mean", [1.0], se=[se]), profile=rules)
    assert (safe.status == ("uncertain",)) is uncertain


def test_protected_and_too_uncertain_are_two_things() -> None:
    """A cell that is both is protected, and its imprecision, which says something of it, is not told."""
    rules = ek.disclosure.profile("nchs-proportions-2017")
    est = made_estimate("proportion", [0.1, 0.5, 0.5, 0.5], se=0.2, n=[20, 40, 3000, 30], cases=[2, 20, 1500, 15])
    est = replace(est, covariance=replace(est.covariance, variances=np.array([0.04, 0.04, 1e-4, 1e-4])))
    safe = ek.release(est, profile=rules)
    assert safe.status == ("protected", "not presented", "shown", "protected")
    assert safe.reason[3].endswith(", or would give a hidden cell away")
    table = safe.to_frame()
    for i, word in enumerate(safe.status):
        assert bool(table["protection"][i]) is (word == "protected")
        assert not (table["protection"][i] and table["precision"][i])
    assert len({rules.symbols.protected, rules.symbols.withheld, rules.symbols.uncertain, rules.symbols.review}) == 4


@pytest.mark.parametrize(
    ("column", "review"), [("District", True), ("adm2_name", True), ("region", False), ("restricted", False), ("sex", False)]
)
def test_places_below_the_floor_are_for_review(column: str, review: bool) -> None:
    est = made_estimate("proportion", [0.4, 0.5], n=900, cases=400, columns={column: ["a", "b"]})
    safe = ek.release(est)
    assert safe.status == (("review", "review") if review else ("shown", "shown"))
    hidden = replace(ek.disclosure.profile("child-survey"), geography=Geography(floor="admin-1", finer=("district",), below="hide"))
    assert (ek.release(est, profile=hidden).status == ("protected", "protected")) is (column == "District")


def test_a_released_table_carries_its_profile() -> None:
    rules = ek.disclosure.profile("child-survey", version="1.0.0")
    safe = ek.release(made_estimate("proportion", [0.4], n=900, cases=400))
    assert dict(safe.estimate.provenance.policies)["release profile"] == f"child-survey 1.0.0, digest {rules.digest}"
    assert safe.profile == "child-survey"
    assert safe.rules == rules
    assert "Released under child-survey 1.0.0" in repr(safe)
    assert "release profile" not in repr(safe)


def test_a_digest_is_of_everything_that_is_said(tmp_path: Path) -> None:
    rules = ek.disclosure.profile("child-survey")
    same = of_text("# another comment\r\n" + CHILD, tmp_path)
    assert same == rules
    assert same.digest == rules.digest
    for old, new in (
        ("psus = 3", "psus = 4"),
        ("wide = 0.30", "wide = 0.31"),
        ('read = "in full"', 'read = "in part"'),
        ('"gps"', '"gis"'),
    ):
        assert old in CHILD
        assert of_text(CHILD.replace(old, new), tmp_path).digest != rules.digest


def test_a_profile_of_ones_own(tmp_path: Path) -> None:
    text = CHILD.replace('name = "child-survey"', 'name = "my-ministry"').replace("numerator = 10", "numerator = 7")
    mine = of_text(text, tmp_path)
    est = made_estimate("proportion", [0.01], n=900, cases=8)
    assert ek.release(est).status == ("protected",)
    assert ek.release(est, profile=mine).status != ("protected",)
    assert "my-ministry 1.0.0" in dict(ek.release(est, profile=mine).estimate.provenance.policies)["release profile"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("numerator = 10", "numerater = 10", "[protection] has the key 'numerater', which is not one of its own. Did you mean 'numerator'"),
        ("effective = 30", "efective = 30", "[[precision]] 'interval of a share' has the key 'efective'"),
        ("[method]", "[methods]", "The profile has the key 'methods', which is not one of its own. Did you mean 'method'?"),
        ("psus = 3", "", "[protection] does not say psus."),
        ("psus = 3", 'psus = "3"', "[protection]: psus= is a whole number, at least 0."),
        ("psus = 3", "psus = -1", "[protection]: psus= is a whole number, at least 0."),
        ("psus = 3", "psus = true", "[protection]: psus= is a whole number, at least 0."),
        ('zero = "hide"', 'zero = "hides"', "Did you mean 'hide'?"),
        ("beyond = 10", "beyond = 1", "[protection]: beyond= is a whole number, at least 2."),
        ("denominator = 10", "denominator = 9", "denominator= is below numerator= or complement=."),
        ('unknown = "hide"', 'unknown = "show"', 'unknown="show" passes what the thresholds are to stop.'),
        ("narrow = 0.05", "narrow = 0.4", "narrow= passes widths that wide= does not."),
        ('kind = "suppress"', 'kind = "suppress"\nbase = 5', "base= goes with rounding"),
        ('kind = "suppress"', 'kind = "round"', "base= is a whole number, at least 2."),
        ('protected = "[p]"', 'protected = "*"', "Two of the symbols are the same."),
        ('floor = "admin-1"', 'floor = ""', "A floor of geography needs both floor= and finer=."),
        ('rule = "interval of a share"', 'rule = "interval of share"', "Did you mean 'interval of a share'?"),
        ('rule = "interval of a share"', "", "[[precision]] has no rule."),
        ('"proportion", "cdf"', '"proportion", "quantile"', "no_precision_rule= names 'quantile', and a precision rule is for it."),
        ('"proportion", "cdf"', '"proportion"', "The profile does not say what goes for 'cdf'."),
        ('"proportion", "cdf"', '"proportions"', "Did you mean 'proportion'?"),
        ('version = "1.0.0"', 'version = "1.0"', "version= of a profile is three numbers."),
        ('version = "1.0.0"', "version = 1.0.0", "The profile is not a TOML file (line 3, column"),
        ('sign = ["data steward"]', "sign = []\nsign = []", "The profile is not a TOML file"),
        ('sign = ["data steward"]', 'sign = "data steward"', "sign= is a list of texts."),
        ('sign = ["data steward"]', 'sign = ["a", "a"]', "sign= has one text twice."),
        ('no_interval = "flag"', f'no_interval = "flag"\n{CANARY} = "{CANARY}"', "The profile has a key that is not one of its own."),
    ],
)  # fmt: skip
def test_a_profile_file_with_a_mistake(old: str, new: str, said: str, tmp_path: Path) -> None:
    assert old in CHILD
    with pytest.raises(InputError) as caught:
        of_text(CHILD.replace(old, new, 1), tmp_path)
    assert said in str(caught.value)
    assert CANARY not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_a_file_that_is_no_profile(tmp_path: Path) -> None:
    for text in (f"id,answer\n1,{CANARY}\n", f'{CANARY} = "{CANARY}"\n', f'protection = "{CANARY}"', "precision = 3", "sources = [1]"):
        with pytest.raises(InputError) as caught:
            of_text(text, tmp_path)
        assert CANARY not in str(caught.value)
    with pytest.raises(InputError, match="There is no file"):
        Profile.from_toml(tmp_path / "other.toml")
    (tmp_path / "mine.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="cannot be read as text"):
        Profile.from_toml(tmp_path / "mine.toml")


def test_unknown_profiles() -> None:
    est = made_estimate("proportion", [0.4], n=900, cases=400)
    with pytest.raises(InputError, match="Did you mean 'child-survey'"):
        ek.release(est, profile="child-surveys")
    with pytest.raises(InputError, match="has no such version"):
        ek.disclosure.profile("ons", version="9.9.9")
    with pytest.raises(InputError, match="takes a name or a Profile, not a int"):
        ek.release(est, profile=3)  # type: ignore[arg-type]


def test_nouns_are_checked_as_files_are() -> None:
    base = ek.disclosure.profile("open")
    for wrong in ({"precision": ("x",)}, {"sources": ()}, {"protection": None}, {"sign": "steward"}, {"name": "My Profile"}):
        with pytest.raises(InputError):
            replace(base, **wrong)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="certain_from= is below"):
        Answers(statistics=("mean",), shown_from=50, certain_from=25)
    with pytest.raises(InputError, match="Two of the symbols"):
        Symbols(protected="x", uncertain="x")
    with pytest.raises(InputError, match="at least 2"):
        replace(base.protection, beyond=1)
    assert isinstance(base.protection, Protection)
    with pytest.raises(AttributeError):
        base.name = "other"  # type: ignore[misc]


@every
def test_the_text_of_a_profile_is_one_to_begin_with(rules: Profile, tmp_path: Path) -> None:
    text = ek.disclosure.profile_text(rules.name)
    assert of_text(text, tmp_path) == rules
    own = of_text(text.replace(f'name = "{rules.name}"', 'name = "ministry"'), tmp_path)
    assert own.name == "ministry"
    assert own.digest != rules.digest
    with pytest.raises(InputError, match="no such version"):
        ek.disclosure.profile_text(rules.name, version="9.9.9")
    with pytest.raises(InputError, match="profile_text"):
        of_text(text.replace("[protection]", "[protection]\n[method]\n[other]", 1).split("[method]")[0], tmp_path)
