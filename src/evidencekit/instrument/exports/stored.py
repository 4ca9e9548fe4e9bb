"""One column as an SPSS or a Stata file stores it: its type, its value labels, its missing codes."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from evidencekit.errors import InputError
from evidencekit.instrument.items import Item
from evidencekit.instrument.wording import in_numbers, worded
from evidencekit.missingness import Missing
from evidencekit.reading.kinds import guess

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LETTERS", "Source", "Stored", "in_spss", "in_stata", "source_of"]

LETTERS: Mapping[Missing, str] = {
    Missing.DONT_KNOW: "d",
    Missing.REFUSED: "r",
    Missing.NOT_ASKED: "n",
    Missing.NOT_REACHED: "e",
    Missing.TECHNICAL: "t",
    Missing.UNSTATED: "u",
    Missing.SUPPRESSED: "s",
}
_TEXT_CODE = 8  # bytes of a missing code of text in SPSS
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Source:
    """A column with what the form and the data say of it; codes stand as they do in `values`."""

    name: str
    values: pd.Series[Any]
    numbers: bool
    label: str = ""
    labels: Mapping[Any, str] = field(default_factory=dict)
    missing: Mapping[Any, Missing] = field(default_factory=dict)
    item: Item | None = None
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Stored:
    """A column of the file."""

    name: str
    values: pd.Series[Any]
    label: str = ""
    value_labels: Mapping[Any, str] = field(default_factory=dict)
    missing: tuple[Any, ...] = ()


def source_of(
    column: pd.Series[Any],
    item: Item | None,
    *,
    name: str,
    label: str,
    value_labels: Mapping[Any, str],
    missing: Mapping[Any, Missing],
    languages: tuple[str, ...],
) -> Source:
    """A column in the type the form says, with the codes of the form and those that only the data know (such as "not asked").

    Raises
    ------
    InputError
        The form says numbers and a text is none, or texts and numbers are mixed.
    """
    values, numbers = _typed(column, item, name)
    options = item.choices.listed if item is not None and item.choices is not None and item.kind == "select_one" else ()
    labels = {_as(option.code, numbers): worded(option.label, languages) or option.code for option in options}
    kinds = {_as(code, numbers): kind for code, kind in (item.missing if item is not None else {}).items()}
    for code, kind in missing.items():
        found = _in_range(values, code) if isinstance(code, tuple) else [_as(code, numbers)]
        for one in found:
            kinds.setdefault(one, kind)
    if item is None or item.kind == "select_one":
        for code, text in value_labels.items():
            labels.setdefault(_as(code, numbers), text)
    labels |= {code: _told(labels.get(code, ""), kind) for code, kind in kinds.items()}
    labels.pop(None, None)
    kinds.pop(None, None)
    return Source(name, values, numbers, label, labels, kinds, item, languages)


def _typed(column: pd.Series[Any], item: Item | None, name: str) -> tuple[pd.Series[Any], bool]:
    """The column as numbers or as texts, and whether it is numbers; days as days."""
    import pandas as pd

    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        return column, True
    seen = column.dropna()
    texts = [isinstance(value, str) for value in seen]
    wanted = item is not None and in_numbers(item)
    if column.dtype.kind in "Mm" or (not wanted and not any(isinstance(value, (str, int, float)) for value in seen)):
        return column, False  # days, times, or nothing at all
    if wanted or not any(texts):
        made = pd.to_numeric(seen, errors="coerce")
        if bad := int(made.isna().sum()):
            raise InputError(
                f"{name!r} holds numbers by the form, and in {bad:,} rows a text that is none.",
                "Put the data to validation first, and correct or blank these rows.",
            )
        return made.astype("float64").reindex(column.index), True
    if not all(texts):
        raise InputError(f"{name!r} mixes texts and numbers, which a labelled file cannot.", "Make it one of the two.")
    if item is not None and item.kind == "date" and all(_ISO_DAY.fullmatch(text) for text in seen):
        return column.map(datetime.date.fromisoformat, na_action="ignore").astype(object), False
    return column, False


def _in_range(values: pd.Series[Any], ends: tuple[float, float]) -> list[Any]:
    """Codes of a range that stand in the column."""
    return [_whole(value) for value in values.dropna().unique().tolist() if ends[0] <= value <= ends[1]]


def _as(code: Any, numbers: bool) -> Any:
    """A code as it stands in a column of numbers or of texts; None where it cannot."""
    if not numbers:
        return str(_whole(code))
    try:
        return _whole(float(code))
    except ValueError:
        return None


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value


def _told(label: str, kind: Missing) -> str:
    """A label that names its kind in English, so that a reader of the file can tell."""
    if guess(label) is kind:
        return label
    added = f"{label} ({kind.value})" if label else kind.value
    return added if guess(added) is kind else kind.value


def in_spss(source: Source, cut: Callable[[str], str]) -> Stored:
    """The column with its missing codes declared."""
    labels = {code: cut(text) for code, text in source.labels.items()}
    if source.values.dtype.kind in "Mm" or not _codes_stand(source):
        return Stored(source.name, source.values, source.label)
    return Stored(source.name, source.values, source.label, labels, tuple(_declared(source)) if source.missing else ())


def _codes_stand(source: Source) -> bool:
    """Whether codes can be declared: not among days."""
    return source.numbers or not any(isinstance(value, datetime.date) for value in source.values.dropna())


def _declared(source: Source) -> list[Any]:
    """Missing codes as SPSS declares them: three at most, or a range with no answer in it, and one more."""
    codes = list(source.missing)
    if not source.numbers:
        there = set(source.values.dropna().unique())
        kept = codes if len(codes) <= 3 else [code for code in codes if code in there]
        if len(kept) > 3 or any(len(code.encode()) > _TEXT_CODE for code in kept):
            raise InputError(f"{source.name!r} has missing codes that SPSS cannot declare: at most three, of {_TEXT_CODE} bytes each.")
        return kept
    codes.sort()
    if len(codes) <= 3:
        return codes
    answers = [code for code in source.labels if code not in source.missing]
    answers += [value for value in source.values.dropna().unique().tolist() if value not in source.missing]
    for low, high, more in ((0, len(codes), []), (0, len(codes) - 1, codes[-1:]), (1, len(codes), codes[:1])):
        ends = codes[low], codes[high - 1]
        if not any(ends[0] <= value <= ends[1] for value in answers):
            return [{"lo": ends[0], "hi": ends[1]}, *more]
    raise InputError(f"{source.name!r} has {len(codes)} missing codes with answers between them, which SPSS cannot declare.")


def in_stata(source: Source, cut: Callable[[str], str]) -> list[Stored]:
    """The column with letters for its kinds of missing; of texts the kinds stand in columns beside it, since Stata has none for texts."""
    item = source.item
    if source.numbers or (item is not None and item.kind == "select_one"):
        return [_lettered(source, cut)]
    kinds = {code: kind for code, kind in source.missing.items() if (source.values == code).any()}
    if item is not None and item.kind == "select_multiple" and item.choices is not None:
        beside = [_tick(source, o.code) for o in item.choices.listed if o.code not in source.missing]
    else:
        beside = [_why(source, kinds)] if kinds else []
    return [Stored(source.name, source.values.where(~source.values.isin(list(kinds))), source.label), *beside]


def _lettered(source: Source, cut: Callable[[str], str]) -> Stored:
    """Numbers, or words numbered from 1 in the order of their list, with letters for kinds of missing."""
    import pandas as pd

    written: dict[Any, Any] = {}
    labels: dict[Any, str] = {}
    for k, (code, text) in enumerate(source.labels.items()):
        kind = source.missing.get(code)
        written[code] = LETTERS[kind] if kind is not None else code if source.numbers else k + 1
        labels.setdefault(written[code], cut(text))
    blank = source.values.isna()
    held = source.values.tolist()
    if not source.numbers and any(value not in written for value, none in zip(held, blank, strict=True) if not none):
        raise InputError(f"{source.name!r} holds codes that are not in the list of the form.", "Put the data to validation first.")
    values = [None if none else written.get(value, value) for value, none in zip(held, blank, strict=True)]
    return Stored(source.name, _series(pd, values, source.values.index), source.label, labels, _letters(source.missing))


def _tick(source: Source, code: str) -> Stored:
    """0 and 1 for one of several answers, a letter where the whole answer is a kind of missing."""
    import pandas as pd

    def of(text: Any) -> Any:
        if not isinstance(text, str):
            return None
        kind = source.missing.get(text)
        return LETTERS[kind] if kind is not None else int(code in text.split())

    assert source.item is not None
    assert source.item.choices is not None
    values = _series(pd, [of(text) for text in source.values.tolist()], source.values.index)
    label = next((worded(o.label, source.languages) for o in source.item.choices.listed if o.code == code), "") or code
    labels = {0: "no", 1: "yes", **{LETTERS[kind]: kind.value for kind in source.missing.values()}}
    text = f"{source.label}: {label}" if source.label else label
    return Stored(f"{source.name}/{code}", values, text, labels, _letters(source.missing))


def _why(source: Source, kinds: Mapping[Any, Missing]) -> Stored:
    """Why a text is not there: 0 where it is."""
    import pandas as pd

    held = zip(source.values.tolist(), source.values.isna(), strict=True)
    values = [None if none else LETTERS[kinds[text]] if text in kinds else 0 for text, none in held]
    labels = {0: "answered", **{LETTERS[kind]: kind.value for kind in kinds.values()}}
    return Stored(f"{source.name}/missing", _series(pd, values, source.values.index), "", labels, _letters(kinds))


def _letters(kinds: Mapping[Any, Missing]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(LETTERS[kind] for kind in kinds.values()))


def _series(pd: Any, values: list[Any], index: Any) -> Any:
    return pd.Series(values, index=index, dtype=object if any(isinstance(value, str) for value in values) else "float64")
