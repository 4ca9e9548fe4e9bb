"""Tables are written from their released form only, and the same table gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import narwhals as nw
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
