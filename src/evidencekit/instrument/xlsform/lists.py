"""The lists of choices of a form, from the rows of their sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from evidencekit.instrument.items import Choices, Option
from evidencekit.instrument.xlsform.headings import split_language
from evidencekit.instrument.xlsform.protections import EXCLUSIVE, MISSING, kind_of
from evidencekit.instrument.xlsform.remarks import Remark
from evidencekit.instrument.xlsform.sheets import Row, Table

__all__ = ["Lists", "labels", "lists_of", "rest", "yes"]


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of a sheet by name, the rows each was made of, and what could not be used."""

    by_name: Mapping[str, Choices] = field(default_factory=dict)
    rows: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()

    def named(self, name: str) -> Choices | None:
        """The list of a name; one that differs in capitals only is taken when it is the only one."""
        if name in self.by_name:
            return self.by_name[name]
        near = [choices for key, choices in self.by_name.items() if key.casefold() == name.casefold()]
        return near[0] if len(near) == 1 else None


def lists_of(sheet: Table, name: str) -> Lists:
    """Read the rows of a sheet of choices; a list may stand in several places of the sheet, and a code in it more than once."""
    rows: dict[str, list[Row]] = {}
    remarks = list(sheet.remarks)
    for row in sheet.rows:
        named, code = row.cells.get("list_name", ""), row.cells.get("name", "")
        if named and code:
            rows.setdefault(named, []).append(row)
        else:
            lacks = "list" if not named else "code"
            said = f"Row {row.number} of the sheet {name!r} has no {lacks} and was not read."
            remarks.append(Remark("choice-without-" + lacks, named, said))
    made = {named: Choices(named, [_option(row, name) for row in of_list]) for named, of_list in rows.items()}
    return Lists(made, {named: tuple(of_list) for named, of_list in rows.items()}, tuple(remarks))


def _option(row: Row, sheet: str) -> Option:
    cells = row.cells
    kind = kind_of(cells[MISSING], f"Row {row.number} of the sheet {sheet!r}") if cells.get(MISSING) else None
    return Option(
        cells["name"],
        labels(cells),
        kind,
        exclusive=yes(cells.get(EXCLUSIVE, "")),
        other=rest(cells, ("list_name", "name", MISSING, EXCLUSIVE)),
    )


def labels(cells: Mapping[str, str]) -> dict[str, str]:
    """The label of a row, by language."""
    return {split_language(column)[1]: text for column, text in cells.items() if split_language(column)[0] == "label"}


def rest(cells: Mapping[str, str], taken: tuple[str, ...]) -> dict[str, str]:
    """The cells of a row that are neither its label nor in columns that were taken already."""
    return {column: text for column, text in cells.items() if column not in taken and split_language(column)[0] != "label"}


def yes(text: str) -> bool:
    """Whether a cell says yes, as forms write it."""
    return text.strip().casefold() in ("yes", "true", "true()", "1", "y")
