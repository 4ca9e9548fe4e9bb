"""The caller's rows held for a change: columns read as codes, and written back into a new frame of the caller's kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Bools, Codes, factorise
from evidencekit.errors import InputError, is_whole
from evidencekit.frames import Dataset, eager, open_data
from evidencekit.missingness import Missing, MissingCode, is_code

__all__ = ["Bools", "Held", "code_of", "hold", "need_count"]

_MASK = "__ek_mask"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Held:
    """Rows in memory: as they stand, and with missing codes null.

    Parameters
    ----------
    data : Dataset or data frame
        What the caller passed; it is never changed.
    raw, clean : narwhals frames
        With the codes for kinds of missing, and with nulls in their place.
    """

    data: Any
    raw: nw.DataFrame[Any]
    clean: nw.DataFrame[Any]

    def __reduce__(self) -> NoReturn:
        raise InputError("Rows are not pickled: they hold children's answers.", "Send the file's path and read it again.")

    def __len__(self) -> int:
        return len(self.raw)

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return self.raw.columns

    @property
    def kinds(self) -> Mapping[str, Mapping[MissingCode, Missing]]:
        """The declared kinds of missing."""
        return self.data.missing if isinstance(self.data, Dataset) else {}

    def need(self, names: Iterable[str], role: str) -> None:
        """Raise `UnknownColumn` unless all of them are columns."""
        rows = open_data(self.raw)
        for name in names:
            rows.need(name, role)

    def codes(self, name: str) -> tuple[Codes, tuple[Any, ...]]:
        """A column as codes and the values they stand for; -1 where the answer is missing, whatever the kind."""
        column = factorise(self.clean[name])
        return column.codes, column.keys

    def seen(self, name: str) -> Codes:
        """A column as one who has the file sees it: every kind of missing is a level of its own."""
        codes = factorise(self.raw[name]).codes
        return np.where(codes < 0, codes.max(initial=-1) + 1, codes)

    def blank(self, name: str) -> Bools:
        """Where an answer is missing."""
        return self.codes(name)[0] < 0

    def values(self, name: str) -> list[Any]:
        """The answers, None where one is missing."""
        codes, keys = self.codes(name)
        lookup = [*keys, None]
        return [lookup[code] for code in codes.tolist()]

    def drop(self, names: Sequence[str]) -> Held:
        """Without some columns."""
        return self._with(self.raw.drop(list(names)))

    def put(self, name: str, where: Bools, value: Any) -> Held:
        """One value in some rows of a column of numbers or texts."""
        dtype = self.raw[name].dtype
        as_it_is = dtype.is_numeric() or dtype == nw.Boolean
        column = nw.col(name) if as_it_is else nw.col(name).cast(nw.String)
        changed = nw.when(nw.col(_MASK)).then(nw.lit(value)).otherwise(column)
        changed = changed.cast(dtype) if as_it_is else changed
        return self._with(self._masked(where).with_columns(changed.alias(name)).drop(_MASK))

    def suppress(self, masks: Mapping[str, Bools]) -> Held:
        """The answers of some cells taken out: in a Dataset as ``Missing.SUPPRESSED`` with a code of its own, else null."""
        held = self
        for name, where in masks.items():
            if where.any():
                held = held._coded(name, where) if isinstance(held.data, Dataset) else held._nulled(name, where)
        return held

    def texts(self, name: str, codes: Codes, levels: Sequence[str]) -> Held:
        """A column of texts in the place of one: `levels` by code, and where the code is -1 what kind of missing it was."""
        lookup: list[str | None] = [*levels, None]
        made = [lookup[code] for code in codes.tolist()]
        kinds: dict[MissingCode, Missing] = {}
        for code, kind in self.kinds.get(name, {}).items():
            hit = self._hits(name, code) & (codes < 0)
            if hit.any():
                kinds[code_of(kind)] = kind
                for row in np.flatnonzero(hit):
                    made[row] = code_of(kind)
        column = nw.new_series(name, made, nw.String, backend=self.raw.implementation)
        return self._with(self.raw.with_columns(column), {name: kinds}, fresh=name)

    def numbers(self, name: str, values: NDArray[np.float64]) -> Held:
        """A column of numbers in the place of one, NaN made null."""
        made = [None if value != value else value for value in values.tolist()]
        column = nw.new_series(name, made, nw.Float64, backend=self.raw.implementation)
        return self._with(self.raw.with_columns(column))

    def take(self, name: str, codes: Codes, keys: Sequence[Any]) -> Held:
        """Other levels of the same column in its rows, in its type; rows with the code -1 stay as they are."""
        held = self
        now, own = self.codes(name)
        place = {key: i for i, key in enumerate(own)}
        for code, key in enumerate(keys):
            moved = (codes == code) & (now != place.get(key, -1)) & (now >= 0)
            if moved.any():
                held = held.put(name, moved, key)
        return held

    def _hits(self, name: str, code: MissingCode) -> Bools:
        found = self.raw.select(is_code(nw.col(name), code).fill_null(value=False).alias(_MASK))[_MASK]
        return found.to_numpy().astype(bool)

    def _masked(self, where: Bools) -> nw.DataFrame[Any]:
        return self.raw.with_columns(nw.new_series(_MASK, where.tolist(), nw.Boolean, backend=self.raw.implementation))

    def _nulled(self, name: str, where: Bools) -> Held:
        column = nw.col(name).cast(nw.String) if _has_categories(self.raw[name].dtype) else nw.col(name)
        return self._with(self._masked(where).with_columns(nw.when(~nw.col(_MASK)).then(column).alias(name)).drop(_MASK))

    def _coded(self, name: str, where: Bools) -> Held:
        dtype = self.raw[name].dtype
        kinds = dict(self.kinds.get(name, {}))
        known = next((code for code, kind in kinds.items() if kind is Missing.SUPPRESSED and not isinstance(code, tuple)), None)
        if dtype.is_numeric() or dtype == nw.Boolean:
            code: MissingCode = self._free_number(name, kinds) if known is None else known
            column = nw.col(name).cast(nw.Float64 if dtype.is_float() else nw.Int64)
            code = int(code) if not dtype.is_float() and not isinstance(code, (str, tuple)) else code
        elif dtype == nw.String or _has_categories(dtype):
            code, column = known or code_of(Missing.SUPPRESSED), nw.col(name).cast(nw.String)
        else:
            return self._nulled(name, where)  # dates and the like hold no code
        made = self._masked(where).with_columns(nw.when(nw.col(_MASK)).then(nw.lit(code)).otherwise(column).alias(name)).drop(_MASK)
        return self._with(made, {name: {**kinds, code: Missing.SUPPRESSED}})

    def _free_number(self, name: str, kinds: Mapping[MissingCode, Missing]) -> int:
        """A negative number that is no answer, no code and has no label in this column."""
        labels = self.data.value_labels.get(name, {})
        answers = {key for key in factorise(self.raw[name]).keys if not isinstance(key, str)}
        ranges = [code for code in kinds if isinstance(code, tuple)]
        tries = (-(10**digits) + 1 for digits in range(1, 18))
        free = (c for c in tries if c not in answers and c not in kinds and c not in labels)
        return next(c for c in free if not any(low <= c <= high for low, high in ranges))

    def _with(self, frame: nw.DataFrame[Any], kinds: Mapping[str, Mapping[MissingCode, Missing]] | None = None, fresh: str = "") -> Held:
        """The frame in the caller's kind; of the column that is `fresh` no label of a value is left."""
        native = frame.to_native()
        if not isinstance(self.data, Dataset):
            return hold(native)
        bare = self.data if not fresh else _without_kinds(self.data, fresh)
        again = bare.with_frame(native)
        missing = {**again.missing, **{name: dict(of) for name, of in (kinds or {}).items()}}
        return hold(Dataset(again.frame, again.labels, again.value_labels, {name: of for name, of in missing.items() if of}))


def hold(data: Any, doing: str = "Protecting rows") -> Held:
    """Open the caller's data for a change.

    Raises
    ------
    InputError
        It is no frame, or a lazy one.
    """
    clean = eager(open_data(data).frame, doing)
    raw = eager(open_data(data.frame).frame, doing) if isinstance(data, Dataset) else clean
    if _MASK in raw.columns:
        raise InputError(f"A column is named {_MASK!r}, which is used while cells are changed.", "Rename it.")
    return Held(data, raw, clean)


def code_of(kind: Missing) -> str:
    """What stands in a column of texts for a kind of missing."""
    return f"missing: {kind.value}"


def need_count(name: str, value: Any, low: int) -> int:
    """A whole number of at least `low`, or an error that names the parameter."""
    if not is_whole(value, least=low):
        raise InputError(f"{name}= is a whole number of {low} or more.")
    return int(value)


def _has_categories(dtype: Any) -> bool:
    """Whether the type itself lists levels, also of rows that are gone."""
    return dtype in (nw.Categorical, nw.Enum)


def _without_kinds(data: Dataset, name: str) -> Dataset:
    labels = {k: v for k, v in data.value_labels.items() if k != name}
    return Dataset(data.frame, data.labels, labels, {k: v for k, v in data.missing.items() if k != name})
