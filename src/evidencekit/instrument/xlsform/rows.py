"""The rows of a survey sheet as items and groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from evidencekit.errors import EvidencekitError, InputError
from evidencekit.instrument.items import Choices, Group, Item, Part
from evidencekit.instrument.xlsform.lists import Lists, labels, rest, yes
from evidencekit.instrument.xlsform.protections import MISSING_OF_ITEM, PURPOSE, ROLE, kinds_of, without_codes
from evidencekit.instrument.xlsform.remarks import Remark
from evidencekit.instrument.xlsform.sheets import Row
from evidencekit.instrument.xlsform.types import Typed, known_type, typed, written_type

__all__ = ["Survey"]

_DEEPEST = 40  # groups within groups
_NO = ("no", "false", "false()", "0", "n")
_OF_GROUPS = ("type", "name", "relevant", "repeat_count", "disabled")
_OF_ITEMS = ("type", "name", "relevant", "constraint", "calculation", "required", "disabled", ROLE, PURPOSE, MISSING_OF_ITEM)


@dataclass(slots=True)
class _Open:
    """A group that has begun."""

    row: Row
    typed: Typed
    parts: list[Part] = field(default_factory=list)


@dataclass(slots=True)
class Survey:
    """Goes through the rows once; afterwards it knows which lists were used, what could not be, and the settings it met."""

    lists: Lists
    external: Lists
    used: set[str] = field(default_factory=set)
    used_external: set[str] = field(default_factory=set)
    settings: dict[str, str] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)

    def parts(self, rows: Sequence[Row]) -> tuple[Part, ...]:
        """The items and groups that the rows stand for.

        Raises
        ------
        InputError
            A group that does not begin or does not end, a question without a name, or types of which none is known.
        """
        self._refuse_dialect(rows)
        top: list[Part] = []
        stack: list[_Open] = []
        for row in rows:
            if yes(row.cells.get("disabled", "")):
                said = f"Row {row.number} of the sheet 'survey' is disabled and was not read."
                self.remarks.append(Remark("disabled-row", row.cells.get("name", ""), said))
                continue
            if "type" not in row.cells:
                said = f"Row {row.number} of the sheet 'survey' has no type and was not read."
                self.remarks.append(Remark("row-without-type", row.cells.get("name", ""), said))
                continue
            made = typed(row.cells["type"], self.lists.by_name)
            within = stack[-1].parts if stack else top
            if made.step == "begin":
                stack.append(_Open(row, made))
                if len(stack) > _DEEPEST:
                    raise InputError(f"Row {row.number} begins a group within more than {_DEEPEST} others.")
            elif made.step == "end":
                within = stack[-2].parts if len(stack) > 1 else top
                within.append(self._ended(stack, row, made))
            elif made.step == "setting":
                self.settings["_".join(row.cells["type"].lower().split()).removeprefix("set_")] = row.cells.get("name", "")
            else:
                within.append(self._item(row, made))
        if stack:
            raise InputError(f"The group that begins in row {stack[-1].row.number} of the sheet 'survey' does not end.", "Add its end.")
        return tuple(top)

    def _refuse_dialect(self, rows: Sequence[Row]) -> None:
        """Raise when no type is known: a table with the headings of a form, and of another kind. Settings among the types tell nothing."""
        types = [row.cells["type"] for row in rows if "type" in row.cells and typed(row.cells["type"]).step != "setting"]
        if types and not any(known_type(text) for text in types):
            raise InputError(
                f"None of the {len(types)} types in the sheet 'survey' is one of XLSForm, so the form is of a dialect not known here.",
                "XLSForm has types such as text, integer and select_one with the name of a list.",
            )

    def _ended(self, stack: list[_Open], row: Row, made: Typed) -> Group:
        """The group that a row ends."""
        if not stack:
            raise InputError(f"Row {row.number} of the sheet 'survey' ends a group, and none has begun.", "Take the row out.")
        begun = stack.pop()
        if begun.typed.repeat != made.repeat:
            what, other = ("repeat", "group") if made.repeat else ("group", "repeat")
            raise InputError(
                f"Row {row.number} of the sheet 'survey' ends a {what} where a {other} began in row {begun.row.number}.",
                "Close them in the order they begin.",
            )
        cells = begun.row.cells
        name = cells.get("name", "")
        if set(row.cells) - {"type", "name"} or row.cells.get("name", name) != name:
            said = f"Row {row.number} of the sheet 'survey' ends a group, and says more that was not read."
            self.remarks.append(Remark("end-row", name, said))
        other = rest(cells, _OF_GROUPS if begun.typed.repeat else tuple(c for c in _OF_GROUPS if c != "repeat_count"))
        if "loop" in cells["type"].lower():
            other["type"] = cells["type"]
        count = cells.get("repeat_count", "") if begun.typed.repeat else ""
        return Group(name, begun.parts, labels(cells), cells.get("relevant", ""), begun.typed.repeat, count, other)

    def _item(self, row: Row, made: Typed) -> Item:
        cells, where = row.cells, f"Row {row.number} of the sheet 'survey'"
        choices = self._choices(made, cells["type"], cells.get("name", ""))
        missing = kinds_of(cells.get(MISSING_OF_ITEM, ""), where)
        required = cells.get("required", "")
        other = rest(cells, _OF_ITEMS)
        if required and not yes(required) and required.casefold() not in _NO:
            other["required"] = required
        parameters: dict[str, Any] = {
            "name": self._name(row, made),
            "kind": _of_range(made.kind, cells),
            "label": labels(cells),
            "choices": choices,
            "relevant": cells.get("relevant", ""),
            "constraint": without_codes(cells.get("constraint", ""), made.kind, missing),
            "required": yes(required),
            "calculation": cells.get("calculation", ""),
            "missing": missing,
            "role": cast("Any", cells.get(ROLE)),
            "purpose": cells.get(PURPOSE, ""),
        }
        try:
            item = Item(**parameters, other=other)
            if written_type(item) != cells["type"] and (made.more or not written_type(item)):
                item = Item(**parameters, other={**other, "type": cells["type"]})
        except EvidencekitError as trouble:
            told = InputError(f"{where}: {trouble.what}", trouble.fix)
        else:
            return item
        raise told

    def _name(self, row: Row, made: Typed) -> str:
        """The name of an item; a note needs none, and what the device writes by itself is called as its type."""
        name = row.cells.get("name", "")
        if name:
            return name
        if made.kind == "note":
            return f"generated_note_name_{row.number}"  # as pyxform calls it
        if made.kind == "metadata":
            return "_".join(row.cells["type"].split())
        raise InputError(f"Row {row.number} of the sheet 'survey' has a question without a name.", "Its answers need a column: name it.")

    def _choices(self, made: Typed, text: str, name: str) -> Choices | None:
        """The list of a selection; one that is not there is remarked on, and the type is kept."""
        if made.kind not in ("select_one", "select_multiple", "rank") or not made.from_form:
            return None
        lists = self.external if made.external else self.lists
        found = lists.named(made.list)
        if found is None:
            self.remarks.append(Remark("unknown-list", name, "The list of choices that its type names is not in the form."))
            return None
        (self.used_external if made.external else self.used).add(found.name)
        return found


def _of_range(kind: Any, cells: Any) -> Any:
    """A range of whole steps gives whole numbers."""
    if cells["type"].strip().lower() == "range" and "." not in cells.get("parameters", ""):
        return "integer"
    return kind
