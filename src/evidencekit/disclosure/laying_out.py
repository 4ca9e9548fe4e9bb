"""How released tables stand on a page: a header, rows, and what is said below them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals.stable.v2 as nw

from evidencekit.disclosure.released import PROTECTED, REVIEW, SHOWN, UNCERTAIN, WITHHELD, Released
from evidencekit.disclosure.statement import linked_words

__all__ = ["DASH", "laid_out", "notes_of"]

LABELS = ("variable", "category")
ALL, WHOLE, DASH = "All", "All groups", "\N{EN DASH}"
ACROSS = 6  # columns of numbers; groups that need more stand below each other, so that a page is wide enough
MEANT = {
    PROTECTED: "protected, so that nobody can be identified",
    WITHHELD: "too uncertain to be shown",
    REVIEW: "to be looked at before it is said",
    UNCERTAIN: "uncertain",
}
FLAGGED = {
    "model-based": "a model's estimate: what the area answered, drawn towards what other areas let expect",
    "synthetic": "a model's estimate without own answers of the area; its n are those of the areas it was made from",
}
TOGETHER = "protected as one"
# What else a publication shows of a cell, by its columns; words for the header.
MORE = {("percent_se", "se"): "standard error", ("deff",): "design effect", ("n_eff",): "effective n", ("weighted_n",): "weighted n"}
REMARK = "remark"  # the column of what is flagged in single cells

Row = tuple[str, str, str]  # a variable's name, its label, a category
Group = str | None  # None: all of them


def laid_out(several: Sequence[Released], told: Mapping[str, str]) -> tuple[list[str], list[list[str]], int]:
    """A header, rows, and how many columns are labels: a row a category, in the order in which they come; last the p-values `told`."""
    published = [nw.from_native(one.published(), eager_only=True).to_dict(as_series=False) for one in several]
    cells, groups, split = _cells(several, published)
    words = _words(several, published)
    tests = ["p"] if told else []
    named = {group: (WHOLE if ALL in groups else ALL) if group is None else group for group in groups}
    p = {name: [told.get(name, "")] if told else [] for name, _, _ in cells}
    if len(groups) > 1 and len(groups) * len(words) > ACROSS:
        header = ["Variable", "Category", ", ".join(split) or "Group", *words, *tests]
        below = [[*row[1:], named[group], *found[group], *p[row[0]]] for row, found in cells.items() for group in groups if group in found]
        return _filled(header, below, 3)
    header = ["Variable", "Category", *(f"{group}: {word}" for group in named.values() for word in words), *tests]
    empty = [""] * len(words)
    beside = [[*row[1:], *(word for group in groups for word in found.get(group, empty)), *p[row[0]]] for row, found in cells.items()]
    return _filled(header, beside, 2)


def _filled(header: list[str], rows: list[list[str]], labels: int) -> tuple[list[str], list[list[str]], int]:
    """The table without columns that hold nothing: categories of variables that are all of yes and no, numbers nobody publishes."""
    kept = [j for j in range(len(header)) if j == 0 or any(row[j] for row in rows)]
    return [header[j] for j in kept], [[row[j] for j in kept] for row in rows], sum(j < labels for j in kept)


def _cells(
    several: Sequence[Released], published: Sequence[Mapping[str, Any]]
) -> tuple[dict[Row, dict[Group, list[str]]], list[Group], list[str]]:
    """What is written of each row and group; the groups, and the labels of what splits them."""
    cells: dict[Row, dict[Group, list[str]]] = {}
    groups: dict[Group, None] = {}
    split: dict[str, None] = {}
    more, flagged = _more(published), _flagged(several)
    for one, shown in zip(several, published, strict=True):
        by = [name for name in one.estimate.cells.columns if name in shown and name not in LABELS]
        label = dict(one.estimate.provenance.labels)
        split.update(dict.fromkeys(label.get(name, name) for name in by))
        for i in range(len(one)):
            group = ", ".join(str(shown[name][i]) for name in by) if by else None
            groups[group] = None
            name = str(shown["variable"][i]) if "variable" in shown else ""
            category = shown["category"][i] if "category" in shown else None
            category = "" if category is None or category != category else str(category)
            row = (name, label.get(name, name), category or ("" if "percent" in shown else one.estimate.statistic))
            made = [_number(shown, i), _count(shown, i), *(_first(shown, names, i) for names in more)]
            remark = one.estimate.flags[i] if one.estimate.flags and one.status[i] in (SHOWN, UNCERTAIN) else ""
            cells.setdefault(row, {})[group] = [*made, remark] if flagged else made
    return cells, list(groups), list(split)


def _words(several: Sequence[Released], published: Sequence[Mapping[str, Any]]) -> list[str]:
    """The words above the columns of a group."""
    kinds = {"%" if "percent" in shown else one.estimate.statistic for one, shown in zip(several, published, strict=True)}
    limited = [one for one, shown in zip(several, published, strict=True) if {"low", "percent_low"} & set(shown)]
    levels = {one.estimate.interval.level for one in limited}
    limits = "" if not levels else f" ({levels.pop():.0%} interval)" if len(levels) == 1 else " (interval)"
    return [f"{' or '.join(sorted(kinds))}{limits}", "n", *_more(published).values(), *([REMARK] if _flagged(several) else [])]


def _more(published: Sequence[Mapping[str, Any]]) -> dict[tuple[str, ...], str]:
    return {names: words for names, words in MORE.items() if any(name in shown for shown in published for name in names)}


def _flagged(several: Sequence[Released]) -> bool:
    return any(flag for one in several for flag in one.estimate.flags)


def notes_of(several: Sequence[Released]) -> tuple[str, ...]:
    """Of whom the numbers are, what symbols mean, and what is said of each table: by its variable, where it is not said of all.

    The tasks of those who publish it are not for readers.
    """
    told = [one.estimate.provenance for one in several]
    whom = dict.fromkeys(", ".join(part for part in (of.population, of.where) if part) for of in told)
    classes = dict.fromkeys(one.estimate.inference for one in several)
    about = [*(f"population: {words}" for words in whom if words), f"inference: {', '.join(classes)}"]
    signs = dict.fromkeys(pair for one in several for pair in zip(one.symbols, one.status, strict=True) if pair[0])
    flags = dict.fromkeys(part for one in several for flag in one.estimate.flags for part in flag.split("; ") if part in FLAGGED)
    out = ["; ".join(about), *(f"{symbol}: {MEANT.get(status, status)}" for symbol, status in signs)]
    out += [f"{flag}: {FLAGGED[flag]}" for flag in flags]
    said: dict[str, dict[str, None]] = {}
    for one in several:
        label = dict(one.estimate.provenance.labels)
        names = dict.fromkeys(label.get(str(name), str(name)) for name in one.estimate.cells.columns.get("variable", ()))
        linked = {note for note in linked_words(one.audited) if note.startswith(TOGETHER)}
        for note in (note for note in one.notes if note not in one.tasks):  # on one page tables have no numbers
            words = "tables of this release that add up to each other are protected as one" if note in linked else note
            said.setdefault(words, {})[", ".join(names)] = None
    every = {name for names in said.values() for name in names}
    return (*out, *(note if set(names) == every else f"{'; '.join(names)}: {note}" for note, names in said.items()))


def _first(shown: Mapping[str, Any], names: Sequence[str], i: int) -> str:
    """The first of several columns that is there."""
    value = next((shown[name][i] for name in names if name in shown), None)
    return "" if value is None or value != value else f"{int(value):,}" if names[0].endswith("_n") or names[0] == "n_eff" else f"{value:g}"


def _number(shown: Mapping[str, Any], i: int) -> str:
    """The number with its limits, or the symbol that stands for it."""
    symbol = str(shown["symbol"][i] or "")
    for point, low, high in (("percent", "percent_low", "percent_high"), ("estimate", "low", "high")):
        if point in shown and (value := shown[point][i]) is not None and value == value:
            ends = [shown[name][i] for name in (low, high) if name in shown]
            limits = f" ({ends[0]:g}{DASH}{ends[1]:g})" if len(ends) == 2 and all(e is not None and e == e for e in ends) else ""
            return f"{value:g}{limits}{symbol}"
    return symbol


def _count(shown: Mapping[str, Any], i: int) -> str:
    value = shown["n"][i] if "n" in shown else None
    return "" if value is None or value != value else f"{int(value):,}"
