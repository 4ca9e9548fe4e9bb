"""Field sheets: the chosen units on paper, a sheet for every team."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes, factorise
from evidencekit.errors import InputError, how_many, in_our_words
from evidencekit.reading.files import need
from evidencekit.sampling.drawing.draw import ADDED, Draw

__all__ = ["field_sheets"]

_DIGITS, _LONGEST, _ROWS = 10**15, 32_767, 1_048_576  # what a workbook holds


def field_sheets(
    draw: Draw,
    path: str | Path,
    *,
    columns: Sequence[str] | None = None,
    by: str | Sequence[str] | None = None,
    blank: Sequence[str] = (),
    release: int | None = None,
) -> tuple[Path, ...]:
    """Write the chosen units to sheets for the field.

    Parameters
    ----------
    draw : Draw
        The sample.
    path : str or Path
        A workbook to write (``.xlsx``), with a sheet for each group; or a folder to make, with a CSV file for each.
    columns : sequence of str, optional
        Columns of the frame, or of `Draw.sample`, to write. By default the identifier, the strata, ``selection``, and ``part`` and
        ``release`` where the draw has them: a sheet carries an address only when its column is named here.
    by : str or sequence of str, optional
        Columns that say which units share a sheet: a team, a district, the area of a household. They stand on the sheets too. By default
        the frame's strata.
    blank : sequence of str
        Headings of empty columns to fill in: ``("visits", "result")``.
    release : int, optional
        Only the units of this release; see `releases`. Of a draw in releases one has to be named, or ``draw.released(2)`` passed: what is
        held back stays at the desk.

    Returns
    -------
    tuple of Path
        The files. Sheets are numbered in the order of their groups (``sheet_01.csv``), so that names do not depend on the language;
        units stand in the frame's order.

    Raises
    ------
    InputError
        The path has another suffix, or is there already, so that nothing is written over; columns that do not exist; a release without
        units.
    MissingExtra
        A workbook without the package xlsxwriter.

    Notes
    -----
    CSV files are UTF-8 with a byte-order mark, which Excel needs to show Khmer or Thai. Text that begins with an equals sign stays text in
    a workbook; a CSV file says nothing about types, and Excel takes it for a formula.

    Examples
    --------
    >>> import tempfile, pathlib, evidencekit as ek
    >>> areas = ek.Frame(ek.fictional.area_list(), id="area_number", size="households", strata="stratum")
    >>> draw = ek.sampling.pareto(areas, ek.sampling.in_each(areas, 10), seed=1)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     made = ek.sampling.field_sheets(draw, pathlib.Path(folder) / "areas", by="province", blank=["visited on"])
    ...     print(len(made), made[0].name)
    ...     print(made[0].read_text(encoding="utf-8-sig").splitlines()[0])
    6 sheet_1.csv
    province,area_number,stratum,selection,visited on
    """
    if not isinstance(draw, Draw):
        raise InputError(f"field_sheets() takes a Draw, not a {type(draw).__name__}.", "Of several stages, a Draw: made.draws[-1].")
    file = _new(path)
    sample: nw.DataFrame[Any] = nw.from_native(draw.sample, eager_only=True)
    apart = _names(sample, by, "by")
    wanted = list(dict.fromkeys([*apart, *(_names(sample, columns, "columns") or _usual(draw))]))
    group = _groups(sample, apart or list(draw.frame.strata or ()))
    titles = _titles(blank)
    inside = _going(draw, release)
    book = file.suffix.lower() == ".xlsx"
    cells = [_cells(sample[name], book=book) for name in wanted]
    rows = [[*row, *([""] * len(titles))] for row in zip(*cells, strict=True)]
    sheets = [[rows[i] for i in np.flatnonzero((group == k) & inside)] for k in range(int(group.max()) + 1)]
    width = len(str(len(sheets)))
    named = {f"sheet_{k + 1:0{width}}": sheet for k, sheet in enumerate(sheets) if sheet}
    head = [*wanted, *titles]
    _writable(head, named, book=book)
    write = _workbook if book else _folder
    return in_our_words(
        lambda: write(file, head, named),
        lambda trouble: InputError(f"The sheets cannot be written to path= ({type(trouble).__name__}).", "Name a place you may write to."),
    )


def _new(path: Any) -> Path:
    """The path of something that is not there yet."""
    if not isinstance(path, (str, Path)):
        raise InputError(f"path= is a path, not a {type(path).__name__}.", "Such as 'sheets.xlsx', or a folder to make.")
    file = Path(path)
    if file.suffix.lower() not in ("", ".xlsx"):
        raise InputError("path= is a workbook (.xlsx), or a folder for one CSV file a sheet.", "Let it end in .xlsx, or in nothing.")
    there, home = in_our_words(
        lambda: (os.path.lexists(file), file.parent.is_dir()),
        lambda trouble: InputError(f"path= cannot be a path ({type(trouble).__name__}).", "Give it a shorter name, of letters and digits."),
    )
    if there:
        raise InputError("There is a file or folder at path= already.", "Name a new one: sheets that went out are never written over.")
    if not home:
        raise InputError("The folder that path= should be in is not there.", "Make it first.")
    return file


def _titles(blank: Any) -> list[str]:
    """The headings of columns to fill in."""
    if not isinstance(blank, Iterable):
        raise InputError(f"blank= takes headings, not a {type(blank).__name__}.", 'Such as ("visits", "result").')
    return [blank] if isinstance(blank, str) else [str(title) for title in blank]


def _going(draw: Draw, release: Any) -> NDArray[np.bool_]:
    """Which units are written."""
    if release is None and draw.record.releases > 1 and not draw.record.through:
        raise InputError("The draw is in releases, and all would go out.", "Name one, release=1, or pass the first ones, draw.released(2).")
    if release is None:
        inside = np.ones(draw.n, dtype=bool)
    elif isinstance(release, bool) or not isinstance(release, (int, np.integer)):
        raise InputError(
            f"release= is the number of a release, not a {type(release).__name__}.", f"It is one of 1 to {draw.record.opened}."
        )
    else:
        inside = draw.release == release
    if not inside.any():
        raise InputError("There are no units to write.", f"release= is one of 1 to {draw.record.opened}.")
    return inside


def _usual(draw: Draw) -> list[str]:
    """The columns of a sheet for which none are named."""
    more = [*(["part"] if draw.record.parts else []), *(["release"] if draw.record.releases > 1 else [])]
    return [draw.frame.id, *(draw.frame.strata or ()), "selection", *more]


def _names(sample: nw.DataFrame[Any], names: str | Sequence[str] | None, part: str) -> list[str]:
    if names is None:
        return []
    if not isinstance(names, Iterable):
        raise InputError(f"{part}= takes column names, not a {type(names).__name__}.")
    listed = [names] if isinstance(names, str) else list(names)
    if unknown := sum(name not in sample.columns for name in listed):
        raise InputError(
            f"{unknown} of the names in {part}= are not columns of the sample.",
            f"They are those of the frame and {', '.join(map(repr, ADDED[:-1]))}.",
        )
    return listed


def _groups(sample: nw.DataFrame[Any], names: list[str]) -> Codes:
    """The sheet of each unit, numbered from 0 in the order of the groups."""
    group = np.zeros(len(sample), dtype=np.intp)
    for name in names:
        column = factorise(sample[name])
        if (column.codes < 0).any():
            raise InputError(f"by= column {name!r} is missing for {int((column.codes < 0).sum()):,} of the chosen units.")
        group = np.unique(group * len(column.keys) + column.codes, return_inverse=True)[1].astype(np.intp)
    return group


def _cells(series: nw.Series[Any], *, book: bool) -> list[Any]:
    """What stands in the cells of a column: nothing where it is missing."""
    missing = series.is_null().to_list()
    return ["" if gone else _cell(value, book=book) for value, gone in zip(series.to_list(), missing, strict=True)]


def _cell(value: Any, *, book: bool) -> Any:
    """What stands in a cell: numbers and text as they are, anything else as text.

    A workbook keeps 15 digits of a number, and no infinite ones.
    """
    if isinstance(value, float) and np.isnan(value):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if book and isinstance(value, (int, float)) and not abs(value) < _DIGITS:
        return str(value)
    return value if isinstance(value, (int, float, str)) else str(value)


def _writable(head: list[str], named: dict[str, list[list[Any]]], *, book: bool) -> None:
    """Raise before anything is written where text is no Unicode, or a workbook would leave something out."""
    texts = [cell for row in (head, *(row for sheet in named.values() for row in sheet)) for cell in row if isinstance(cell, str)]
    if broken := sum(_halved(text) for text in texts if not text.isascii()):
        raise InputError(
            f"{how_many(broken, 'cell holds', 'cells hold')} half of a letter, which no file can.",
            "Read the frame's file with its own encoding.",
        )
    if book and (long := sum(len(text) > _LONGEST for text in texts)):
        raise InputError(
            f"{how_many(long, 'cell is', 'cells are')} longer than a workbook takes.", "Leave the column out, or write CSV files."
        )
    if book and max(map(len, named.values())) >= _ROWS:
        raise InputError("A sheet has more units than a workbook takes.", "Name smaller groups in by=, or write CSV files.")


def _halved(text: str) -> bool:
    """Whether it holds half of a surrogate pair."""
    return any("\ud800" <= letter <= "\udfff" for letter in text)


def _folder(folder: Path, head: list[str], named: dict[str, list[list[Any]]]) -> tuple[Path, ...]:
    folder.mkdir()
    made: list[Path] = []
    for name, sheet in named.items():
        made.append(folder / f"{name}.csv")
        with made[-1].open("x", encoding="utf-8-sig", newline="") as out:
            csv.writer(out).writerows([head, *sheet])
    return tuple(made)


def _workbook(file: Path, head: list[str], named: dict[str, list[list[Any]]]) -> tuple[Path, ...]:
    xlsxwriter = need("xlsxwriter", "excel", "Writing .xlsx files")
    with xlsxwriter.Workbook(str(file), {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}) as book:
        bold = book.add_format({"bold": True})
        for name, sheet in named.items():
            page = book.add_worksheet(name)
            page.write_row(0, 0, head, bold)
            for k, row in enumerate(sheet, 1):
                page.write_row(k, 0, row)
            page.freeze_panes(1, 0)
            page.set_landscape()
            page.repeat_rows(0)
    return (file,)
