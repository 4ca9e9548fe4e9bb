"""The statement of a release for a methods annex, and the release file as people read it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import evidencekit as ek
from evidencekit.disclosure import Publication, Signature
from evidencekit.errors import InputError

STEWARD = Signature(name="A. Steward", role="data steward", on="2026-06-30")  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def survey() -> ek.Survey:
    return ek.Survey(ek.fictional.national_survey().data, weights="weight", strata="stratum", psu="psu")


@pytest.fixture(scope="module")
def safe(survey: ek.Survey) -> ek.disclosure.Released:
    how = Publication(title="Images shared, by province", universe="round 1", decimals=1)
    return ek.release(ek.proportion(survey, "image_shared", by="province"), ledger=ek.Ledger(), publication=how).signed(STEWARD)


def test_a_statement_has_the_rules_the_audit_the_cost_and_the_signature(safe: ek.disclosure.Released) -> None:
    said = safe.statement
    assert all(sentence.endswith(".") and not sentence[0].islower() for sentence in said)
    text = " ".join(said)
    for part in (
        "profile child-survey 1.0.0",
        "places below admin-1 are looked at by somebody first",
        "fewer than 10 answers, 10 cases, 10 who are not cases or 3 sampling units, unweighted",
        "of which no answer is a case, of which every answer is one or whose basis is not known is hidden",
        "effective sample is below 30",
        "wider than both 5 percentage points and 130 percent of it",
        "anything from none to 10",
        "Of 6 cells: 2 protected",
        "as showing n, cases, percent of 1 decimal, limits of intervals against 0 earlier tables of round 1",
        "Signed by A. Steward (data steward), 2026-06-30.",
    ):
        assert part in text, part
    assert safe.rules.digest in text
    assert safe.audited.ledger in text


@pytest.mark.parametrize("name", ek.disclosure.profile_names())
def test_every_profile_can_be_stated(survey: ek.Survey, name: str) -> None:
    for est in (ek.proportion(survey, "image_shared", by="sex"), ek.count(survey, by="sex"), ek.mean(survey, "hours_online")):
        made = ek.release(est, profile=name)
        text = " ".join(made.statement)
        assert "not audited against other tables" in text
        protects = bool(made.rules.protection.numerator)
        assert ("does not protect anyone" in text) is not protects


def test_a_statement_says_nothing_of_hidden_cells(survey: ek.Survey, safe: ek.disclosure.Released) -> None:
    est = ek.proportion(survey, "image_shared", by="province")
    text = " ".join(safe.statement)
    for i in (i for i, status in enumerate(safe.status) if status == "protected"):
        assert f"{est.points[i]:.3f}" not in text
        assert str(est.cells.columns["province"][i]) not in text


def test_a_release_file_is_read_by_people(safe: ek.disclosure.Released, tmp_path: Path) -> None:
    text = safe.save(tmp_path / "release.json").read_text(encoding="utf-8")
    record = json.loads(text)
    assert (record["title"], record["universe"]) == ("Images shared, by province", "round 1")
    assert record["labels"]["image_shared"].startswith("Had a private image shared")
    assert record["statement"] == list(safe.statement)
    assert text.index("statement") < text.index("table")
    line = next(one for one in text.splitlines() if one.strip().startswith('"province"') and "[" in one)
    assert line.count(",") >= 5, "a column is one line"
    assert max(map(len, text.splitlines())) < 1000
    with pytest.raises(InputError, match="cannot be written"):
        safe.save(tmp_path / "nowhere" / "release.json")
