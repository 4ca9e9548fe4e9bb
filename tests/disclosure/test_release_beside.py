"""A release beside those before it: differences are caught, the remedy helps, a steward signs, the file says all of it."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import narwhals as nw
import pytest

import evidencekit as ek
from evidencekit.disclosure import Publication, Signature
from evidencekit.errors import InputError, Refused

AGES = (12, 13, 14, 15, 16, 17)
STEWARD = Signature(name="A. Steward", role="data steward", on="2026-06-30")


@pytest.fixture(scope="module")
def survey() -> ek.Survey:
    return ek.Survey(ek.fictional.national_survey().data, weights="weight", strata="stratum", psu="psu")


def of_ages(survey: ek.Survey, youngest: int) -> tuple[ek.Estimate, Publication]:
    """Images shared by sex, from an age on."""
    est = ek.proportion(survey, "image_shared", by="sex", where=nw.col("age") >= youngest, where_label=f"aged {youngest}-17")
    return est, Publication(title=f"Images shared, {youngest}-17", universe="round 1", where={"age": AGES[youngest - 12 :]})


def test_the_difference_of_two_tables_is_caught_and_the_remedy_helps(survey: ek.Survey) -> None:
    """Each table alone may be shown; both together tell how many boys aged 12 are cases: fewer than ten."""
    (all_of_them, first), (older, second) = of_ages(survey, 12), of_ages(survey, 13)
    assert "protected" not in ek.release(older, ledger=ek.Ledger(), publication=second).status
    ledger = ek.Ledger().with_(ek.release(all_of_them, ledger=ek.Ledger(), publication=first).entry)
    with pytest.raises(Refused, match=r"Cell 0 would tell it.*hide=\[0\]") as told:
        ek.release(older, ledger=ledger, publication=second)
    counts = {int(n) for est in (all_of_them, older) for n in est.counts.cases}
    assert not any(str(n) in str(told.value) for n in counts)
    safe = ek.release(older, ledger=ledger, publication=second, hide=[0])
    assert safe.status == ("protected", "protected"), "the other one would give it away"
    assert safe.note == "audited against 1 earlier table"
    assert safe.audited.groups > 0


def test_a_ledger_asks_how_the_table_will_be_shown(survey: ek.Survey) -> None:
    est, _ = of_ages(survey, 12)
    with pytest.raises(InputError, match="publication="):
        ek.release(est, ledger=ek.Ledger())
    with pytest.raises(InputError, match="ledger="):
        ek.release(est, ledger="ledger.json")  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"ledger=.*ek\.Ledger"):
        ek.release(est, ledger="ledger.json", publication=Publication(title="By sex"))  # type: ignore[arg-type]
    with pytest.raises(InputError, match="publication= is a Publication"):
        ek.release(est, ledger=ek.Ledger(), publication="By sex")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="no ledger= to audit it against"):
        ek.release(est, publication=Publication(title="By sex"))
    with pytest.raises(InputError, match="title"):
        Publication(title=" ")


def test_what_a_release_holds_is_audited_whatever_is_printed(survey: ek.Survey) -> None:
    """Once a table that was to show percentages passed, and its file held the cases that give a group of one age away."""
    (all_of_them, first), (older, second) = of_ages(survey, 12), of_ages(survey, 13)
    ledger = ek.Ledger().with_(ek.release(all_of_them, ledger=ek.Ledger(), publication=first).entry)
    with pytest.raises(Refused, match="Cell 0 would tell it"):
        ek.release(older, ledger=ledger, publication=dataclasses.replace(second, shows=["percent"]))


def test_what_cannot_be_audited_is_for_review(survey: ek.Survey) -> None:
    """A difference beside one of its parts gives the other away. Once it was shown, and said to be audited against earlier tables."""
    est, first = of_ages(survey, 12)
    ledger = ek.Ledger().with_(ek.release(est, ledger=ek.Ledger(), publication=first).entry)
    made = ek.difference(est, 0, 1)
    assert ek.release(made).status == ("shown",)
    safe = ek.release(made, ledger=ledger, publication=Publication(title="Apart", universe="round 1", where={"age": AGES}))
    assert safe.status == ("review",)
    assert "nothing of it can be audited" in safe.reason[0]


@pytest.mark.parametrize("made_of", [3, {"sex": 3}, {"sex": {"boy": 3, "girl": 3}}, ["sex"]])
def test_what_is_not_made_of_anything(survey: ek.Survey, made_of: object) -> None:
    publication = Publication(title="By sex", universe="round 1", where={"age": AGES}, made_of=made_of)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="made_of= maps columns"):
        ek.release(of_ages(survey, 12)[0], ledger=ek.Ledger(), publication=publication)


@pytest.mark.parametrize("path", [None, 1, ".", "no/such/folder/release.json", "\0"])
def test_where_nothing_can_be_saved(survey: ek.Survey, path: object, tmp_path: Path) -> None:
    safe = ek.release(of_ages(survey, 12)[0]).signed(STEWARD)
    with pytest.raises(InputError) as told:
        safe.save(tmp_path / path if isinstance(path, str) else path)  # type: ignore[arg-type]
    assert told.value.__context__ is None
    assert str(tmp_path) not in str(told.value)


@pytest.mark.parametrize("publication", ["By sex", 1, {}, Publication])
@pytest.mark.parametrize("ledger", [None, ek.Ledger()])
def test_what_is_no_publication(survey: ek.Survey, publication: object, ledger: ek.Ledger | None) -> None:
    with pytest.raises(InputError, match="publication= is a Publication"):
        ek.release(of_ages(survey, 12)[0], ledger=ledger, publication=publication)  # type: ignore[arg-type]


def test_a_difference_beside_its_parts_is_for_review(survey: ek.Survey) -> None:
    """A hidden province follows from its difference to one that is shown: nobody can audit that, so somebody has to look."""
    by_province = ek.proportion(survey, "image_shared", by="province")
    safe = ek.release(by_province, ledger=ek.Ledger(), publication=Publication(title="By province", universe="round 1"))
    assert safe.status[4] == "protected"
    ledger = ek.Ledger().with_(safe.entry)
    apart = ek.difference(by_province, {"province": "Eastlake"}, {"province": "Amber Coast"})
    beside = ek.release(apart, ledger=ledger, publication=Publication(title="Difference", universe="round 1"))
    assert beside.status == ("review",)
    assert "nothing of it can be audited" in beside.reason[0]
    assert "not audited: 1 cell of a difference" in beside.notes


def test_what_was_not_compared_is_said(survey: ek.Survey) -> None:
    """Whoever misspells the round learns that nothing was compared; whoever shows more than was audited was told what was."""
    est, first = of_ages(survey, 12)
    ledger = ek.Ledger().with_(ek.release(est, ledger=ek.Ledger(), publication=first).entry)
    other = ek.release(est, ledger=ledger, publication=Publication(title="By sex", universe="Round 1", where=first.where, decimals=1))
    assert any("1 table is of another universe and not compared" in note for note in other.notes)
    assert "audited as showing n, cases, percent of 1 decimal, limits of intervals: show nothing more" in other.notes


def test_a_refusal_names_the_earlier_table_and_only_what_release_can_do(survey: ek.Survey) -> None:
    by_province = ek.proportion(survey, "image_shared", by="province")
    whole = Publication(title="By province", universe="round 1")
    ledger = ek.Ledger().with_(ek.release(by_province, ledger=ek.Ledger(), publication=whole).entry)
    older = ek.proportion(survey, "image_shared", by="province", where=nw.col("age") >= 13, where_label="aged 13-17")
    part = Publication(title="By province, 13-17", universe="round 1", where={"age": AGES[1:]})
    with pytest.raises(Refused, match=r"entry 0 of the ledger") as told:
        ek.release(older, ledger=ledger, publication=part)
    assert "round" not in str(told.value).replace("release(", "")
    assert "hide=[" in str(told.value) or "do not release it" in str(told.value)


def test_a_script_that_runs_again_enters_nothing_twice(survey: ek.Survey, tmp_path: Path) -> None:
    est, how = of_ages(survey, 12)
    for _ in range(2):
        ledger = ek.Ledger(tmp_path / "ledger.json")
        ledger = ledger.with_(ek.release(est, ledger=ledger, publication=how).entry)
    assert len(ledger) == len(ek.Ledger.load(tmp_path / "ledger.json")) == 1
    with pytest.raises(InputError, match=r"Nothing was audited.*publication="):
        ledger.with_(ek.release(est).entry)  # type: ignore[arg-type]


def test_what_is_no_estimate_is_told_what_to_do(survey: ek.Survey) -> None:
    est, _ = of_ages(survey, 12)
    for given, fix in (([est, survey], "ek.proportion"), (ek.release(est), "released already"), (survey, "ek.proportion")):
        with pytest.raises(InputError, match=fix):
            ek.release(given)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="from_toml"):
        ek.release(est, profile="ministry.toml")


@pytest.mark.parametrize("hide", [[2], [-1], [0.5], [True], "0", 1])
def test_cells_to_hide_are_positions(survey: ek.Survey, hide: object) -> None:
    est, _ = of_ages(survey, 12)
    with pytest.raises(InputError, match="from 0 to 1"):
        ek.release(est, hide=hide)  # type: ignore[arg-type]


def test_nothing_is_saved_before_it_is_signed(survey: ek.Survey, tmp_path: Path) -> None:
    safe = ek.release(of_ages(survey, 12)[0])
    assert safe.unsigned == ("data steward",)
    with pytest.raises(Refused, match="not signed by the data steward"):
        safe.save(tmp_path / "release.json")
    assert not list(tmp_path.iterdir())
    with pytest.raises(Refused, match="data steward"):
        safe.signed(Signature(name="B", role="intern", on="2026-06-30")).save(tmp_path / "release.json")
    one = safe.signed(STEWARD).save(tmp_path / "one.json").read_bytes()
    two = ek.release(of_ages(survey, 12)[0]).signed(STEWARD).save(tmp_path / "two.json").read_bytes()
    assert one == two
    record = json.loads(one)
    assert record["signatures"] == [{"name": "A. Steward", "role": "data steward", "on": "2026-06-30", "approves": []}]
    assert record["profile"].startswith("child-survey 1.0.0")
    assert "signed by A. Steward (data steward), 2026-06-30" in safe.signed(STEWARD).notes


def test_the_file_holds_nothing_of_a_hidden_cell(survey: ek.Survey) -> None:
    est = ek.proportion(survey, "image_shared", by=["province", "sex"])
    record = json.loads(ek.release(est).signed(STEWARD).to_json())
    hidden = [i for i, status in enumerate(record["table"]["status"]) if status == "protected"]
    assert hidden
    for name in ("estimate", "se", "rse", "low", "high", "df", "n", "cases", "psus", "weighted_n", "n_eff", "deff"):
        assert [record["table"][name][i] for i in hidden] == [None] * len(hidden)


def test_what_is_for_review_is_said_once_its_reviewer_approves(survey: ek.Survey) -> None:
    frame = survey.data.frame if isinstance(survey.data, ek.Dataset) else survey.data
    frame = frame.assign(district=frame["province"])
    survey = ek.Survey(frame, weights="weight", strata="stratum", psu="psu", population="children")
    safe = ek.release(ek.proportion(survey, "any_contact_unwanted", by="district"))
    assert set(safe.status) == {"review"}
    with pytest.raises(Refused, match="review"):
        ek.finding(safe, cell=0)
    with pytest.raises(Refused, match="looked at by a data steward"):
        safe.signed(Signature(name="B", role="statistician", on="2026-06-30", approves=[0]))
    approved = safe.signed(Signature(name="A. Steward", role="data steward", on="2026-06-30", approves=[0]))
    assert approved.status[0] in ("shown", "uncertain")
    assert approved.reason[0].endswith("approved by A. Steward")
    assert ek.finding(approved, cell=0).headline()
    with pytest.raises(Refused, match="not up for review"):
        approved.signed(Signature(name="A. Steward", role="data steward", on="2026-06-30", approves=[0]))


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"role": 3}, {"on": "yesterday"}, {"on": 20260630}, {"approves": [-1]}, {"approves": ["0"]}, {"approves": 1}]
)
def test_a_signature_says_who_and_when(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError):
        Signature(**{"name": "A", "role": "data steward", "on": "2026-06-30", **wrong})  # type: ignore[arg-type]


def test_approving_what_is_not_there(survey: ek.Survey) -> None:
    safe = ek.release(of_ages(survey, 12)[0])
    with pytest.raises(InputError, match="2 cells"):
        safe.signed(Signature(name="A", role="data steward", on="2026-06-30", approves=[7]))
    with pytest.raises(InputError, match="takes a Signature"):
        safe.signed("A. Steward")  # type: ignore[arg-type]


def test_the_picture_for_those_inside(survey: ek.Survey) -> None:
    est = ek.proportion(survey, "image_shared", by=["province", "sex"])
    safe = ek.release(est)
    alt = ek.disclosure.before_and_after(est, safe).alt
    before, after = alt.split("As it is released")
    assert "still worked out" in before
    assert "still worked out" not in after
    assert "hidden too" in after
    one = ek.proportion(survey, "any_contact_unwanted", by="sex")
    shown = ek.release(one)
    with pytest.raises(InputError, match="Nothing of the table is hidden"):
        ek.disclosure.before_and_after(one, shown)
    with pytest.raises(InputError, match="an Estimate and what release"):
        ek.disclosure.before_and_after(est, est)  # type: ignore[arg-type]
