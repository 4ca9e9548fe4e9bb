"""Which version of the form the rows were collected with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.instrument.rules.answers import texts_of
from evidencekit.instrument.rules.placing import VERSIONS
from evidencekit.instrument.rules.rules import Rule
from evidencekit.instrument.validating.reporting import Outcome, Remark

if TYPE_CHECKING:
    from evidencekit.instrument.form import Instrument

__all__ = ["version_column", "version_found"]


def version_column(columns: Sequence[str], named: str | None) -> str | None:
    """The column that says it: the one named, or one that platforms write."""
    return named if named is not None else next((name for name in VERSIONS if name in columns), None)


def version_found(series: nw.Series[Any], form: Instrument) -> tuple[Outcome, Remark | None]:
    """Rows that were collected with another version.

    A value is held against the version of the form, its fingerprint, and what a calculation of the same name writes as a fixed text (the
    number that KoboToolbox gives a deployment stands in the form that way).
    """
    ours = {form.fingerprint, form.version}
    ours |= {item.calculation.strip().strip("'\"") for item in form.questions if item.name == series.name and item.calculation}
    ours -= {""}
    rule = Rule(f"version:{series.name}", series.name, "version", "", "the version of this form")
    if not form.version and len(ours) == 1 and not _fingerprints(series, form):
        return Outcome(rule, note="the form has no version to hold it against"), None
    texts = texts_of(series)
    blank = int(np.count_nonzero(texts.at < 0))
    other = np.flatnonzero(texts.which(lambda text: text.strip() not in ours))
    outcome = Outcome(rule, other.size, len(series) - blank, blank, positions=other)
    if not other.size:
        return outcome, None
    many = len(np.unique(texts.at[other]))
    says = f"{other.size:,} rows were collected with {'another version' if many == 1 else f'{many} other versions'} of the form"
    return outcome, Remark("version", says)


def _fingerprints(series: nw.Series[Any], form: Instrument) -> bool:
    """Whether a column looks like one of fingerprints."""
    return series.name == "__fingerprint__" or form.fingerprint in texts_of(series).levels
