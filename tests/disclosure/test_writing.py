"""Tables are written from their released form only, and the same table gives the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import narwhals as nw
import numpy as np
import pandas as pd
import pytest

import evidencekit as ek
from evidencekit.errors import InputError, Refused

write = ek.disclosure.write_tables
STEWARD = ek.disclosure.Signature(name="A. Steward", role="data steward", on="2026-06-30")


@cache
def released(signed: bool = True) -> tuple[ek.Released, ...]:
    """A first table with a variable of few cases, some of whose cells are hidden."""
    fiction = ek.fictional.national_survey()
    survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    table = ek.tables.table_one(survey, ["internet_daily", "image_shared", "hours_online"], by="province", means=["hours_online"])
    how = [
        ek.disclosure.Publication(title=f"table {i}", universe="round 1", shows=["n", "percent", "limits"])
        for i in range(len(table.estimates))
    ]
    safe = ek.release(table.estimates, ledger=ek.Ledger(), publication=how)
    return tuple(one.signed(STEWARD) for one in safe) if signed else safe


def texts(path: Path) -> str:
    """What is written in a file."""
    if path.suffix == ".html":
        return path.read_text(encoding="utf-8")
    with ZipFile(BytesIO(path.read_bytes())) as packed:
        return "".join(packed.read(name).decode("utf-8") for name in packed.namelist() if name.endswith(".xml"))


@pytest.mark.parametrize("ending", ["html", "docx", "xlsx"])
def test_what_is_written_is_what_was_released(tmp_path: Path, ending: str) -> None:
    safe = released()
    path = write(safe, tmp_path / f"t.{ending}", title="Who answered")
    made = texts(path)
    hidden = [one for one in safe if "protected" in one.status]
    assert hidden
    shown = safe[1].published()
    assert f"{shown['percent'].iloc[0]:g} ({shown['percent_low'].iloc[0]:g}" in made
    assert safe[0].estimate.provenance.labels[0][1] in made
    assert "audited as showing" in made
    assert path.read_bytes() == write(safe, tmp_path / f"again.{ending}", title="Who answered").read_bytes()


def test_hidden_cells_have_their_symbol_and_nothing_else(tmp_path: Path) -> None:
    one = next(safe for safe in released() if "protected" in safe.status)
    made = texts(write(one, tmp_path / "t.html", title="Rare"))
    place = one.status.index("protected")
    assert f"<td>{one.symbols[place]}</td><td></td>" in made


def test_words_are_escaped(tmp_path: Path) -> None:
    assert "<script>" not in texts(write(released(), tmp_path / "t.html", title="<script>alert(1)</script>"))


def test_refusals(tmp_path: Path) -> None:
    fiction = ek.fictional.national_survey()
    survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    est = ek.proportion(survey, "internet_daily")
    for wrong in (est, [est], [], "table", None):
        with pytest.raises(InputError):
            write(wrong, tmp_path / "t.html", title="No")  # type: ignore[arg-type]
    with pytest.raises(Refused, match="how this table is shown"):
        write(ek.release(est).signed(STEWARD), tmp_path / "t.html", title="No")
    with pytest.raises(Refused, match="not signed"):
        write(released(signed=False), tmp_path / "t.html", title="No")
    safe: Sequence[ek.Released] = released()
    for path in (tmp_path / "t.pdf", tmp_path / "nowhere" / "t.html", 3):
        with pytest.raises(InputError):
            write(safe, path, title="No")  # type: ignore[arg-type]
    with pytest.raises(InputError):
        write(safe, tmp_path / "t.html", title="")
    with pytest.raises(InputError):
        write(safe, tmp_path / "t.html", title="No", language="no such language")
    assert not list(tmp_path.iterdir())


def test_tests_are_written_beside_what_is_shown_and_not_beside_what_is_hidden(tmp_path: Path) -> None:
    survey = ek.Survey(ek.fictional.national_survey().data, weights="weight", strata="stratum", psu="psu")
    table = ek.tables.table_one(survey, ["internet_daily", "image_shared"], by="province", tests=True)
    how = ek.disclosure.Publication(title="Who answered", universe="round 1", shows=["n", "percent", "limits", "deff", "weighted_n"])
    safe = [one.signed(STEWARD) for one in ek.release(table.estimates, ledger=ek.Ledger(), publication=how)]
    assert "protected" in safe[-1].status
    assert "protected" not in safe[1].status
    made = texts(write(safe, tmp_path / "t.html", title="Who answered", tests=table.tests))
    whole, rare = made.split("</tr>")[1:3]
    assert 0.001 < table.tests["internet_daily"].p < 0.01
    assert whole.endswith("<td>&lt;0.01</td>")
    assert rare.endswith("<td>\N{EN DASH}</td>")
    assert "All: design effect" in made
    assert "All: weighted n" in made
    assert "p: Rao-Scott F" in made
    for wrong in ({"school": table.tests["internet_daily"]}, {"internet_daily": 0.04}, [0.04]):
        with pytest.raises(InputError, match="tests="):
            write(safe, tmp_path / "t.html", title="No", tests=wrong)  # type: ignore[arg-type]


def of_areas() -> ek.Released:
    """Twelve places by a model of areas, one of them synthetic, one uncertain; some hidden."""
    frame = ek.fictional.national_survey().data.frame.copy()
    frame["part"] = frame["province"] + " " + frame["area"]
    survey = ek.Survey(frame, weights="weight", strata="stratum", psu="psu")
    direct = ek.proportion(survey, "helpline_aware", by="part", where=nw.col("stratum") < 12, where_label="but one")
    known = pd.DataFrame({"part": sorted(set(frame["part"]))})
    how = ek.disclosure.Publication(title="Areas", universe="round 1", where={"stratum": tuple(range(1, 12))}, shows=["percent", "limits"])
    safe = ek.release(ek.models.fay_herriot(direct, known, formula="1").estimate, ledger=ek.Ledger(), publication=how)
    return safe.signed(STEWARD)


def test_many_groups_are_rows_with_what_must_be_said_of_each(tmp_path: Path) -> None:
    safe = of_areas()
    made = texts(write(safe, tmp_path / "t.html", title="Aware of a helpline"))
    rows = made.split("<tr>")[2:]
    assert len(rows) == len(safe) == 12
    assert [f"<td>{flag}</td>" in row for flag, row in zip(safe.estimate.flags, rows, strict=True)] == [True] * 12
    assert "<td>synthetic</td>" in made
    assert "inference: model" in made


def test_symbols_are_explained(tmp_path: Path) -> None:
    one = next(safe for safe in released() if "protected" in safe.status)
    made = texts(write(one, tmp_path / "t.html", title="Rare"))
    assert f"<p>{one.symbols[one.status.index('protected')]}: not shown, since few people are behind it</p>" in made
    assert "inference:" not in made


@pytest.mark.slow
def test_the_column_says_what_its_numbers_are(tmp_path: Path) -> None:
    survey = ek.Survey(ek.fictional.national_survey().data, weights="weight", strata="stratum", psu="psu")
    est = ek.proportion(survey, "internet_daily", by="sex")
    how = ek.disclosure.Publication(title="Daily", universe="round 1", shows=["percent", "limits"])
    for made, wanted in ((est, ": % (limits)"), (ek.difference(est, 1, 0), ": difference (limits)")):
        safe = ek.release(made, ledger=ek.Ledger(), publication=how).signed(STEWARD)
        steward = ek.disclosure.Signature(name="A. Steward", role="data steward", on="2026-06-30", approves=tuple(range(len(made))))
        safe = safe if "review" not in safe.status else ek.release(made, ledger=ek.Ledger(), publication=how).signed(steward)
        assert wanted in texts(write(safe, tmp_path / "t.html", title="Daily"))
    assert "% or mean (limits)" in texts(write(released(), tmp_path / "t.html", title="Daily"))


def test_an_incidence_by_an_age_is_a_percentage() -> None:
    rng = np.random.default_rng(2)
    now, first = rng.integers(18, 25, 900), rng.integers(8, 60, 900)
    frame = pd.DataFrame({"t": np.minimum(now, first), "ever": (first <= now) * 1, "psu": np.arange(900) // 10, "w": 1.0})
    made = ek.models.cumulative_incidence(ek.Survey(frame, weights="w", psu="psu"), time="t", event="ever", at=17)
    how = ek.disclosure.Publication(title="By 17", universe="round 1", shows=["percent", "limits"])
    steward = ek.disclosure.Signature(name="A. Steward", role="data steward", on="2026-06-30", approves=(0,))
    shown = ek.release(made, ledger=ek.Ledger(), publication=how).signed(steward).published()
    assert shown["percent"].iloc[0] == round(100 * made.points[0])
