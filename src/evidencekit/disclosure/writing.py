"""write_tables: released tables as a page of HTML, a Word document or a workbook; what is not released stays inside."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw

from evidencekit.disclosure.released import Released
from evidencekit.disclosure.statement import linked_words
from evidencekit.errors import InputError, Refused, in_our_words
from evidencekit.rendering.documents.long_tables import table_to_docx, table_to_html, table_to_xlsx
from evidencekit.rendering.documents.sheet import Table

__all__ = ["write_tables"]

LABELS = ("variable", "category")
ALL, WHOLE, DASH = "All", "All groups", "\N{EN DASH}"
BESIDE = 3  # groups that stand beside each other; more stand below each other, so that a page is wide enough
MEANT = {
    "protected": "protected, so that nobody can be identified",
    "not presented": "too uncertain to be shown",
    "review": "to be looked at before it is said",
    "uncertain": "uncertain",
}
TOGETHER = "protected as one"


def write_tables(released: Released | Sequence[Released], path: str | Path, *, title: str, language: str = "en") -> Path:
    """Write released tables side by side, as their publications say they are shown.

    Parameters
    ----------
    released : Released or sequence of Released
        What ``ek.release(..., ledger=, publication=)`` gave, for example of ``tables.table_one(...).estimates``. Each variable has its
        rows; up to three groups (that of all is one) have columns beside each other, more have rows below each other.
    path : str or Path
        Ends in .html, .docx or .xlsx.
    title : str
        Above the table.
    language : str
        Of its words, as a BCP 47 tag.

    Returns
    -------
    Path
        Where it is. Below the table stand of whom its numbers are, what symbols mean, and the notes of the release.

    Raises
    ------
    InputError
        Not a Released, another ending, or nothing can be written there.
    Refused
        A table was released without a publication, so that nobody said how it is shown; or a signature is missing.
    MissingExtra
        python-docx or xlsxwriter is needed and not installed.

    Examples
    --------
    >>> import evidencekit as ek, tempfile
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> table = ek.tables.table_one(survey, ["internet_daily"], by="sex")
    >>> how = [ek.disclosure.Publication(title=t, universe="round 1", shows=["n", "percent", "limits"]) for t in ("all", "by sex")]
    >>> steward = ek.disclosure.Signature(name="A. Steward", role="data steward", on="2026-06-30")
    >>> safe = [one.signed(steward) for one in ek.release(table.estimates, ledger=ek.Ledger(), publication=how)]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     ek.disclosure.write_tables(safe, f"{folder}/table.html", title="Who answered").name
    'table.html'
    """
    several = [released] if isinstance(released, Released) else released
    if not isinstance(several, (list, tuple)) or not several or not all(isinstance(one, Released) for one in several):
        raise InputError("write_tables() takes what ek.release() returns, one or several.", "Release the estimates first.")
    if not isinstance(path, (str, os.PathLike)):
        raise InputError(f"A table is written to a text or a path, not a {type(path).__name__}.")
    for one in several:
        if one.unsigned:
            raise Refused(f"A table is not signed by the {' and the '.join(one.unsigned)}.", "Sign it: safe.signed(...).")
    header, rows, labels = _grid(several)
    table = Table(caption=title, header=tuple(header), rows=tuple(tuple(row) for row in rows))
    notes = _notes(several)
    target = Path(path)
    match target.suffix.lower():
        case ".html":
            made = table_to_html(table, language=language, notes=notes, labels=labels).encode()
        case ".docx":
            made = table_to_docx(table, language=language, notes=notes)
        case ".xlsx":
            made = table_to_xlsx(table, notes=notes)
        case _:
            raise InputError("A table is written as .html, .docx or .xlsx.", "Let the file's name end in one of them.")
    in_our_words(
        lambda: target.write_bytes(made),
        lambda trouble: InputError(f"The file {target.name!r} cannot be written ({type(trouble).__name__}).", "Check its folder."),
    )
    return target


def _grid(several: Sequence[Released]) -> tuple[list[str], list[list[str]], int]:
    """A header, rows, and how many columns are labels: a row a category, in the order in which they come.

    Few groups have two columns each, number and n; many have rows of their own.
    """
    cells: dict[tuple[str, str], dict[str | None, tuple[str, str]]] = {}
    groups: dict[str | None, None] = {}  # None: all of them
    split: dict[str, None] = {}
    kinds, levels = set[str](), set[float]()
    for one in several:
        shown = nw.from_native(one.published(), eager_only=True).to_dict(as_series=False)
        by = [name for name in one.estimate.cells.columns if name in shown and name not in LABELS]
        label = dict(one.estimate.provenance.labels)
        split.update(dict.fromkeys(label.get(name, name) for name in by))
        kinds.add("%" if "percent" in shown else one.estimate.statistic)
        levels |= {one.estimate.interval.level} if {"low", "percent_low"} & set(shown) else set()
        for i in range(len(one)):
            group = ", ".join(str(shown[name][i]) for name in by) if by else None
            groups[group] = None
            name = str(shown["variable"][i]) if "variable" in shown else ""
            category = shown["category"][i] if "category" in shown else None
            category = "" if category is None or category != category else str(category)
            row = (label.get(name, name), category or ("" if "percent" in shown else one.estimate.statistic))
            cells.setdefault(row, {})[group] = (_number(shown, i), _count(shown, i))
    limits = "" if not levels else f" ({levels.pop():.0%} interval)" if len(levels) == 1 else " (interval)"
    number = f"{' or '.join(sorted(kinds))}{limits}"
    named = {group: (WHOLE if ALL in groups else ALL) if group is None else group for group in groups}
    if len(groups) > BESIDE:
        header = ["Variable", "Category", ", ".join(split) or "Group", number, "n"]
        return header, [[*row, named[group], *found[group]] for row, found in cells.items() for group in groups if group in found], 3
    header = ["Variable", "Category", *(words for group in named.values() for words in (f"{group}: {number}", f"{group}: n"))]
    return header, [[*row, *(word for group in groups for word in found.get(group, ("", "")))] for row, found in cells.items()], 2


def _notes(several: Sequence[Released]) -> tuple[str, ...]:
    """Of whom the numbers are, what symbols mean, and what is said of each table: by its variable, where it is not said of all."""
    told = [one.estimate.provenance for one in several]
    whom = dict.fromkeys(", ".join(part for part in (of.population, of.where) if part) for of in told)
    classes = dict.fromkeys(one.estimate.inference for one in several)
    about = [*(f"population: {words}" for words in whom if words), f"inference: {', '.join(classes)}"]
    signs = dict.fromkeys(pair for one in several for pair in zip(one.symbols, one.status, strict=True) if pair[0])
    out = ["; ".join(about), *(f"{symbol}: {MEANT.get(status, status)}" for symbol, status in signs)]
    said: dict[str, dict[str, None]] = {}
    for one in several:
        label = dict(one.estimate.provenance.labels)
        names = dict.fromkeys(label.get(str(name), str(name)) for name in one.estimate.cells.columns.get("variable", ()))
        linked = {note for note in linked_words(one.audited) if note.startswith(TOGETHER)}
        for note in one.notes:  # on one page tables have no numbers
            words = "tables of this release that add up to each other are protected as one" if note in linked else note
            said.setdefault(words, {})[", ".join(names)] = None
    every = {name for names in said.values() for name in names}
    return (*out, *(note if set(names) == every else f"{'; '.join(names)}: {note}" for note, names in said.items()))


def _number(shown: dict[str, list[Any]], i: int) -> str:
    """The number with its limits, or the symbol that stands for it."""
    symbol = str(shown["symbol"][i] or "")
    for point, low, high in (("percent", "percent_low", "percent_high"), ("estimate", "low", "high")):
        if point in shown and (value := shown[point][i]) is not None and value == value:
            ends = [shown[name][i] for name in (low, high) if name in shown]
            limits = f" ({ends[0]:g}{DASH}{ends[1]:g})" if len(ends) == 2 and all(e is not None and e == e for e in ends) else ""
            return f"{value:g}{limits}{symbol}"
    return symbol


def _count(shown: dict[str, list[Any]], i: int) -> str:
    value = shown["n"][i] if "n" in shown else None
    return "" if value is None or value != value else f"{int(value):,}"
