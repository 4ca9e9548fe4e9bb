"""Tables are written from their released form only, and the same table gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
    assert "signed by" in made
    assert safe[0].tasks
    assert not any(task in made for task in safe[0].tasks)  # "to be checked by hand" is not for readers
    assert path.read_bytes() == write(safe, tmp_path / f"again.{ending}", title="Who answered").read_bytes()


def test_hidden_cells_have_their_symbol_and_nothing_else(tmp_path: Path) -> None:
    one = next(safe for safe in released() if "protected" in safe.status)
    made = texts(write(one, tmp_path / "t.html", title="Rare"))
    place = one.status.index("protected")
    assert f'<td class="n">{one.symbols[place]}</td><td class="n"></td>' in made


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


@cache
def of_whom() -> tuple[ek.Released, ...]:
    """A table by sex whose survey says who is in it."""
    fiction = ek.fictional.national_survey()
    survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu", population=fiction.population)
    online = nw.col("internet_daily") == 1
    table = ek.tables.table_one(survey, ["helpline_aware", "age_group"], by="sex", where=online, where_label="online every day")
    there, shows = {"internet_daily": (1,)}, ["n", "percent", "limits"]
    how = [ek.disclosure.Publication(title=f"table {i}", universe="round 1", shows=shows, where=there) for i in range(4)]
    return tuple(one.signed(STEWARD) for one in ek.release(table.estimates, ledger=ek.Ledger(), publication=how))


def test_a_page_says_of_whom_it_is_what_symbols_mean_and_at_which_level(tmp_path: Path) -> None:
    made = texts(write(of_whom(), tmp_path / "t.html", title="Who answered"))
    assert f"population: {ek.fictional.national_survey().population}, online every day; inference: probability" in made
    assert "girl: % (95% interval)" in made
    assert "or mean" not in made
    made = texts(write(released(), tmp_path / "t.html", title="Who answered"))
    assert "[p]: protected" in made
    assert "[u]: uncertain" in made
    assert "% or mean (95% interval)" in made
    assert "<td>mean</td>" in made


def test_what_is_said_of_one_table_names_its_variable(tmp_path: Path) -> None:
    """Tables have no numbers on a page; "123 answers are missing" of one of its variables is not said of all."""
    made = texts(write(released(), tmp_path / "t.html", title="Who answered"))
    assert "tables 1 and 2" not in made
    assert made.count("protected as one") == 1
    assert "<p>123 answers" not in made
    assert "past 12 months: 123 answers are missing, and left out" in made


def test_many_groups_stand_below_each_other(tmp_path: Path) -> None:
    """Seven groups beside each other are fourteen columns, in which Word breaks every word."""
    made = texts(write(released(), tmp_path / "t.html", title="Who answered"))
    assert made.count('<th scope="col">') == 5
    assert '<th scope="col">Province</th>' in made
    assert texts(write(of_whom(), tmp_path / "t.html", title="Who answered")).count('<th scope="col">') == 8


@pytest.mark.parametrize("made", [released, of_whom])
def test_no_word_is_wider_than_its_column_in_word(tmp_path: Path, made: Callable[[], tuple[ek.Released, ...]]) -> None:
    docx = pytest.importorskip("docx")
    (grid,) = docx.Document(str(write(made(), tmp_path / "t.docx", title="Who answered"))).tables
    for column in grid.columns:
        longest = max(len(word) for cell in column.cells for word in cell.text.split())
        assert column.width.cm - 0.4 > 0.2 * longest  # cells are padded by 0.2 cm on both sides; a letter is some 0.2 cm
    assert f'<td class="n">{made()[0].published()["n"].iloc[0]:,}</td>' in texts(write(made(), tmp_path / "t.html", title="Who answered"))


def test_a_group_called_all_is_not_the_whole(tmp_path: Path) -> None:
    frame = ek.fictional.national_survey().data.to_frame()
    frame = frame.assign(asked_in=frame["sex"].map({"girl": "All", "boy": "Some"}))
    table = ek.tables.table_one(ek.Survey(frame, weights="weight", strata="stratum", psu="psu"), ["internet_daily"], by="asked_in")
    how = [ek.disclosure.Publication(title=f"table {i}", universe="round 1", shows=["n", "percent"]) for i in range(2)]
    safe = [one.signed(STEWARD) for one in ek.release(table.estimates, ledger=ek.Ledger(), publication=how)]
    made = texts(write(safe, tmp_path / "t.html", title="Who answered"))
    numbers = [f"{int(one.published()['n'].iloc[0]):,}" for one in safe]
    assert all(f'<td class="n">{number}</td>' in made for number in numbers)
    assert "All groups: %</th>" in made
    assert "All: %</th>" in made


def test_tests_are_written_beside_what_is_shown_and_not_beside_what_is_hidden(tmp_path: Path) -> None:
    survey = ek.Survey(ek.fictional.national_survey().data, weights="weight", strata="stratum", psu="psu")
    table = ek.tables.table_one(survey, ["internet_daily", "image_shared"], by="province", tests=True)
    how = ek.disclosure.Publication(title="Who answered", universe="round 1", shows=["n", "percent", "limits", "deff", "weighted_n"])
    safe = [one.signed(STEWARD) for one in ek.release(table.estimates, ledger=ek.Ledger(), publication=how)]
    assert "protected" in safe[-1].status
    assert "protected" not in safe[1].status
    made = texts(write(safe, tmp_path / "t.html", title="Who answered", tests=table.tests))
    rows = [row for row in made.split("</tr>") if ">All</td>" in row]  # both overall; groups stand below
    whole, rare = rows[0], rows[-1]
    assert 0.001 < table.tests["internet_daily"].p < 0.01
    assert whole.endswith('<td class="n">&lt;0.01</td>')
    assert rare.endswith('<td class="n">\N{EN DASH}</td>')
    assert '<th scope="col">design effect</th><th scope="col">weighted n</th><th scope="col">p</th>' in made
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
    assert [f'<td class="n">{flag}</td>' in row for flag, row in zip(safe.estimate.flags, rows, strict=True)] == [True] * 12
    assert '<td class="n">synthetic</td>' in made
    assert "inference: model" in made


def test_symbols_are_explained(tmp_path: Path) -> None:
    one = next(safe for safe in released() if "protected" in safe.status)
    made = texts(write(one, tmp_path / "t.html", title="Rare"))
    assert f"<p>{one.symbols[one.status.index('protected')]}: protected, so that nobody can be identified</p>" in made


@pytest.mark.slow
def test_the_column_says_what_its_numbers_are(tmp_path: Path) -> None:
    survey = ek.Survey(ek.fictional.national_survey().data, weights="weight", strata="stratum", psu="psu")
    est = ek.proportion(survey, "internet_daily", by="sex")
    how = ek.disclosure.Publication(title="Daily", universe="round 1", shows=["percent", "limits"])
    for made, wanted in ((est, ": % (95% interval)"), (ek.difference(est, 1, 0), ": difference (95% interval)")):
        safe = ek.release(made, ledger=ek.Ledger(), publication=how).signed(STEWARD)
        steward = ek.disclosure.Signature(name="A. Steward", role="data steward", on="2026-06-30", approves=tuple(range(len(made))))
        safe = safe if "review" not in safe.status else ek.release(made, ledger=ek.Ledger(), publication=how).signed(steward)
        assert wanted in texts(write(safe, tmp_path / "t.html", title="Daily"))
    assert "% or mean (95% interval)" in texts(write(released(), tmp_path / "t.html", title="Daily"))


def test_an_incidence_by_an_age_is_a_percentage() -> None:
    rng = np.random.default_rng(2)
    now, first = rng.integers(18, 25, 900), rng.integers(8, 60, 900)
    frame = pd.DataFrame({"t": np.minimum(now, first), "ever": (first <= now) * 1, "psu": np.arange(900) // 10, "w": 1.0})
    made = ek.models.cumulative_incidence(ek.Survey(frame, weights="w", psu="psu"), time="t", event="ever", at=17)
    how = ek.disclosure.Publication(title="By 17", universe="round 1", shows=["percent", "limits"])
    steward = ek.disclosure.Signature(name="A. Steward", role="data steward", on="2026-06-30", approves=(0,))
    shown = ek.release(made, ledger=ek.Ledger(), publication=how).signed(steward).published()
    assert shown["percent"].iloc[0] == round(100 * made.points[0])
