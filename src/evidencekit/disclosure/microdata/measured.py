"""MicrodataRisk: what was measured of the rows, as counts; what is known of single rows only when asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from types import MappingProxyType
from typing import Any, NoReturn

import numpy as np

from evidencekit.columns import Floats
from evidencekit.disclosure.microdata.closeness import TCloseness
from evidencekit.disclosure.microdata.diversity import LDiversity
from evidencekit.disclosure.microdata.individual import RiskMethod
from evidencekit.disclosure.microdata.keys import KeyFrequencies
from evidencekit.disclosure.microdata.suda import SudaScores
from evidencekit.errors import InputError, how_many, named
from evidencekit.frames import frame_of

__all__ = ["MicrodataRisk", "RecordRisk"]

_THRESHOLDS = (2, 3, 5, 10)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RecordRisk:
    """The chance of being found, a row.

    Parameters
    ----------
    own : array (n,)
        A person's own.
    household : array (n,) or None
        Of anyone in the household; None where none is named.
    method : str
        How it was estimated.
    """

    own: Floats
    household: Floats | None
    method: RiskMethod

    @staticmethod
    def summary(risk: Floats) -> dict[str, float]:
        """Expected number of rows found, as a share of all, and the highest risk."""
        return {"expected": float(risk.sum()), "share": float(risk.mean()), "highest": float(risk.max())}

    def __reduce__(self) -> NoReturn:
        raise InputError(
            "Per-row risks are not pickled: their order says which row stands alone.", "Send the file's path and measure again."
        )


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class MicrodataRisk:
    """How well somebody could be found among the rows, and what could be learnt.

    Printed, it says how many rows share their keys with few others; how many rows somebody would be expected to find who tried all, and the
    highest chance for one row, given the weights; and special uniques: rows that already few of the keys single out. Their DIS score is the
    chance that such a row, matched with a file of the same people, is the person; the key that is in most of it is the first to recode.

    Printed, it holds counts only. `frequencies`, `found`, `suda`, `diversity` and `closeness` hold a number a row; `rows` gives them as a
    frame. It is not pickled: no answer is in it, but the order of its numbers says which rows stand alone.

    Parameters
    ----------
    keys : tuple of str
        What somebody might know of a person.
    frequencies : KeyFrequencies
        How often each combination of them occurs.
    found : RecordRisk
        The chance of being found, a row.
    suda : SudaScores or None
        Special uniques, where they were asked for.
    diversity : LDiversity or None
        How spread sensitive answers are, where some were named.
    closeness : TCloseness or None
        How far they are from those of all.
    notes : tuple of str
        What must be said beside it.
    backend : str
        The kind of frame that `rows` gives.
    """

    keys: tuple[str, ...]
    frequencies: KeyFrequencies
    found: RecordRisk
    suda: SudaScores | None
    diversity: LDiversity | None
    closeness: TCloseness | None
    notes: tuple[str, ...]
    backend: str

    def __len__(self) -> int:
        return len(self.frequencies)

    @property
    def below(self) -> MappingProxyType[int, int]:
        """How many rows share their keys with fewer than k - 1 others, for k = 2, 3, 5 and 10."""
        return MappingProxyType({k: int((self.frequencies.sample < k).sum()) for k in _THRESHOLDS})

    @property
    def expected(self) -> float:
        """How many rows somebody would find who tried all of them."""
        return float(self.found.own.sum())

    @property
    def share(self) -> float:
        """The same as a share of the rows."""
        return float(self.found.own.mean())

    @property
    def highest(self) -> float:
        """The highest risk of a row."""
        return float(self.found.own.max())

    def to_frame(self) -> Any:
        """The measures, one row each, in the caller's kind of frame: ``measure``, ``of`` (a column, or empty), ``value``."""
        measures = list(self.measures())
        return frame_of({name: [row[i] for row in measures] for i, name in enumerate(("measure", "of", "value"))}, self.backend)

    def rows(self) -> Any:
        """What is known of each row, in the order of the data and the caller's kind of frame. It says which rows stand alone.

        Returns
        -------
        data frame
            Columns ``f``, ``F``, ``risk``, and where they were asked for ``household_risk``, ``suda``, ``dis``, and of each sensitive
            column ``<name>_distinct``, ``<name>_entropy``, ``<name>_recursive``, ``<name>_distance``.
        """
        columns: dict[str, Any] = {"f": self.frequencies.sample, "F": self.frequencies.population, "risk": self.found.own}
        if self.found.household is not None:
            columns["household_risk"] = self.found.household
        if self.suda is not None:
            columns |= {"suda": self.suda.score, "dis": self.suda.dis}
        if self.diversity is not None:
            for name, spread in self.diversity.answers.items():
                columns |= {f"{name}_{part}": getattr(spread, part) for part in ("distinct", "entropy", "recursive")}
        if self.closeness is not None:
            columns |= {f"{name}_distance": values for name, values in self.closeness.distance.items()}
        return frame_of(columns, self.backend)

    def measures(self) -> Iterator[tuple[str, str, float]]:
        """Each measure's name, the column it is of (or nothing), and its value."""
        yield "rows", "", float(len(self))
        yield "combinations", "", float(self.frequencies.combinations)
        for k, count in self.below.items():
            yield f"rows in combinations of fewer than {k}", "", float(count)
        for what, risk in (("", self.found.own), ("household ", self.found.household)):
            if risk is not None:
                for name, value in RecordRisk.summary(risk).items():
                    yield f"{what}risk, {name}", "", value
        if self.suda is not None:
            yield "special uniques", "", float(self.suda.special)
            yield "highest score", "", float(self.suda.score.max())
            yield "highest DIS score", "", float(self.suda.dis.max())
            for name, value in self.suda.by_key.items():
                yield "percent of scores", name, value
        if self.diversity is not None:
            for name, low in self.diversity.lowest.items():
                for part, value in low.items():
                    yield f"lowest {part} diversity", name, value
            if self.diversity.multi is not None:
                for part, value in self.diversity.multi.lowest.items():
                    yield f"lowest {part} diversity of all together", "", value
        if self.closeness is not None:
            for name, value in self.closeness.highest.items():
                yield f"t-closeness, {self.closeness.how(name)}", name, value

    def _lines(self) -> Iterator[tuple[str, str]]:
        """What is printed: a title and what was found."""
        yield "keys", named(self.keys) or "not named: they look like answers"
        yield "rows in combinations of", "; ".join(f"fewer than {k}: {count:,}" for k, count in self.below.items())
        yield "expected to be found", _risk(self.found.own) + f" ({self.found.method})"
        if self.found.household is not None:
            yield "in a household of one found", _risk(self.found.household)
        if self.suda is not None:
            yield "special uniques (SUDA2)", _special(self.suda)
        if self.diversity is not None:
            for name, low in self.diversity.lowest.items():
                said = ", ".join(f"{part} {value:.3g}" for part, value in low.items())
                yield f"lowest l-diversity of {name!r}", "no answers" if np.isnan(low["distinct"]) else said
        if self.closeness is not None:
            for name, t in self.closeness.highest.items():
                yield f"t-closeness of {name!r}", "no answers" if np.isnan(t) else f"{t:.3g} ({self.closeness.how(name)})"
        for note in self.notes:
            yield "note", note

    @property
    def _head(self) -> str:
        many = how_many(self.frequencies.combinations, "combination")
        return f"MicrodataRisk({how_many(len(self), 'row')}, {many} of {how_many(len(self.keys), 'key')})"

    def __repr__(self) -> str:
        return "\n".join([self._head, *(f"  {title}: {said}" for title, said in self._lines())])

    def _repr_html_(self) -> str:
        body = "".join(f'<tr><th scope="row">{escape(title)}</th><td>{escape(said)}</td></tr>' for title, said in self._lines())
        return f"<table><caption>{escape(self._head)}</caption><tbody>{body}</tbody></table>"

    def __reduce__(self) -> NoReturn:
        raise InputError(
            "A MicrodataRisk is not pickled: the order of its numbers says which rows stand alone.", "Keep the measures: .to_frame()."
        )


def _risk(risk: Floats) -> str:
    found = RecordRisk.summary(risk)
    return f"{found['expected']:,.2f} rows ({_percent(100 * found['share'])} percent), highest risk {found['highest']:.3g}"


def _special(suda: SudaScores) -> str:
    if not suda.special:
        return "none"
    shares = suda.by_key
    most = max(shares, key=lambda name: shares[name])
    mostly = f"; {shares[most]:.0f} percent of scores with {most!r}" if named([most]) else ""
    return f"{how_many(suda.special, 'row')}, highest DIS score {np.max(suda.dis):.3g}{mostly}"


def _percent(value: float) -> str:
    """Two digits, and never an exponent."""
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}" if value >= 1e-4 or not value else "under 0.0001"
