"""Released: numbers that may be shown, with what was hidden, why, who looked, and what was audited."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from evidencekit._version import __version__
from evidencekit.disclosure.ledger import PublishedTable
from evidencekit.disclosure.notes import decision_words, missing_words
from evidencekit.disclosure.profiles import Profile
from evidencekit.disclosure.publication import Publication
from evidencekit.disclosure.rules import Audited, Flags
from evidencekit.disclosure.signing import Signature
from evidencekit.disclosure.statement import linked_words, statement_of
from evidencekit.errors import InputError, Refused, how_many, in_our_words
from evidencekit.estimate import Estimate
from evidencekit.frames import frame_of
from evidencekit.rendering.text import html_table, table_of, text_table

__all__ = ["Released"]

SCHEMA = "evidencekit.release/1"
PROTECTED, WITHHELD, REVIEW, UNCERTAIN, SHOWN = "protected", "not presented", "review", "uncertain", "shown"
ROUNDED = "rounded"


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Released:
    """Numbers that may be shown.

    Parameters
    ----------
    estimate : Estimate
        What is left: every number of a hidden cell is NaN, covariances with it too. Its provenance names the profile, with its version and
        digest.
    status : tuple of str
        Per cell ``"shown"``, ``"uncertain"`` (shown, with a symbol), ``"review"`` (somebody must look at it before it is said), ``"not
        presented"`` (too uncertain to be shown: answers and sampling units stay), ``"protected"`` (could identify someone: nothing
        stays) or ``"rounded"`` (answers and cases in multiples of a base, and nothing else).
    reason : tuple of str
        Per cell, why. Hidden cells that are parts of one whole have the same reason: which of them is small by itself is not told.
    rules : Profile
        The rules that were applied.
    flags : tuple of Flags
        Per cell protection, precision, review and footnote, each with a reason. Of a protected cell only the protection is told.
    audited : Audited
        What was proven, and against what.
    entry : ledger PublishedTable or None
        What goes into the ledger once it is out; None where it was not audited against one.
    publication : Publication or None
        How it was audited to be shown; `published` shows it so.
    signatures : tuple of Signature
        Who looked at it.

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> safe = ek.release(ek.proportion(survey, "any_contact_unwanted", by="sex"))
    >>> safe
    Released under child-survey 1.0.0; not audited against other tables
    variable              sex   estimate     low    high     n  status  reason
    any_contact_unwanted  boy     0.1266  0.1035  0.1528  1034  shown
    any_contact_unwanted  girl    0.1914  0.1617  0.2239   962  shown
    note: to be checked by hand: tables that combine the offender, place and age; quotations beside small cells; sums of amounts that few
    make up
    >>> safe.to_frame()["status"].tolist()
    ['shown', 'shown']
    """

    estimate: Estimate
    status: tuple[str, ...]
    reason: tuple[str, ...]
    rules: Profile
    flags: tuple[Flags, ...]
    audited: Audited = field(default_factory=Audited)
    entry: PublishedTable | None = None
    publication: Publication | None = None
    signatures: tuple[Signature, ...] = ()

    def __len__(self) -> int:
        return len(self.status)

    @property
    def profile(self) -> str:
        """The name of the rules that were applied."""
        return self.rules.name

    @property
    def symbols(self) -> tuple[str, ...]:
        """Per cell the profile's symbol for its status; empty where it is simply shown."""
        signs = self.rules.symbols
        by_status = {PROTECTED: signs.protected, WITHHELD: signs.withheld, REVIEW: signs.review, UNCERTAIN: signs.uncertain}
        return tuple(by_status.get(status, "") for status in self.status)

    @property
    def note(self) -> str:
        """Against what it was audited."""
        if not self.audited.ledger:
            return f"not audited against {'further' if self.audited.together else 'other'} tables"
        return f"audited against {how_many(self.audited.earlier, 'earlier table')}"

    @property
    def cost(self) -> str:
        """What protection and precision took from the table, in words."""
        counts = Counter(self.status)
        parts = [f"{counts[PROTECTED]:,} protected", *(f"{counts[word]:,} {said}" for word, said in _COSTS if counts[word])]
        return f"of {how_many(len(self), 'cell')}: {', '.join(parts)}"

    @property
    def tasks(self) -> tuple[str, ...]:
        """What is left to those who publish the table: to show no more than was audited, and to check what no rule can."""
        only = [f"audited as showing {self.audited.shows}: show nothing more"] if self.audited.shows else []
        left = [f"to be checked by hand: {'; '.join(self.rules.not_checked)}"] if self.rules.not_checked else []
        return (*only, *left)

    @property
    def notes(self) -> tuple[str, ...]:
        """What must be known of the whole table: tasks, how it was protected, decisions taken on the way, answers that were missing."""
        signed = [f"signed by {one.name} ({one.role}), {one.on.isoformat()}" for one in self.signatures]
        said = (*decision_words(self.estimate), *missing_words(self.estimate))
        return (*self.tasks, *linked_words(self.audited), *self.audited.notes, *signed, *said)

    @property
    def statement(self) -> tuple[str, ...]:
        """What a methods annex says of the release, a sentence each."""
        universe = "" if self.entry is None else self.entry.universe
        given = {"statistic": self.estimate.statistic, "cost": self.cost, "universe": universe}
        return statement_of(self.rules, self.audited, notes=self.notes, **given)

    @property
    def columns(self) -> dict[str, Any]:
        """The table, with a status, a symbol, a reason, and both flags per cell."""
        return {
            **self.estimate.columns,
            "status": self.status,
            "symbol": self.symbols,
            "reason": self.reason,
            **{name: tuple(getattr(f, name) for f in self.flags) for name in ("protection", "precision", "review")},
        }

    def to_frame(self) -> Any:
        """The table in the caller's kind of frame, with columns ``status, symbol, reason, protection, precision, review``.

        It has all digits, for work inside; `published` is what goes out.
        """
        return frame_of(self.columns, self.estimate.provenance.backend)

    def published(self) -> Any:
        """The table as its publication says it is shown, and as it was audited: rounded, with nothing more.

        Returns
        -------
        data frame
            In the caller's kind, a row a cell: its labels; of ``n``, ``cases``, ``percent``, ``percent_se``, ``percent_low``,
            ``percent_high``, ``deff``, ``n_eff``, ``weighted_n`` those that the publication names; and ``symbol``, which is the profile's
            for a cell that is hidden (its numbers are missing), uncertain, or still up for review (its numbers are missing until a
            steward approves it). A percentage has the publication's decimals. Limits are rounded outwards and standard errors, in
            percentage points, upwards, so that no interval looks narrower than it is. Numbers of people are whole. What is neither a
            share nor a number of people (a quantile, a difference, a mean of amounts) is in ``estimate, se, low, high``, as it is and
            not in percent, with two decimals more: 7 percent is 0.07. Of a release by rounding, the rounded counts.

        Raises
        ------
        Refused
            Nobody said how it is shown, so nothing of that was audited.

        Examples
        --------
        >>> import evidencekit as ek
        >>> fiction = ek.fictional.national_survey()
        >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
        >>> how = ek.disclosure.Publication(title="By sex", universe="round 1", shows=["n", "percent", "limits"])
        >>> safe = ek.release(ek.proportion(survey, "any_contact_unwanted", by="sex"), ledger=ek.Ledger(), publication=how)
        >>> print(safe.published().drop(columns=["variable", "symbol"]).to_string(index=False))
         sex    n  percent  percent_low  percent_high
         boy 1034     13.0         10.0          16.0
        girl  962     19.0         16.0          23.0
        """
        how = self.publication
        if self.rules.method.kind == "round":  # of which there is nothing else
            how = Publication(title=self.profile, shows=("n", "cases"))
        if how is None:
            raise Refused(
                "Nobody said how this table is shown, so nothing of that was audited.",
                "release(..., ledger=ek.Ledger(path), publication=ek.disclosure.Publication(title=..., universe=..., shows=...)).",
            )
        shown = how.cut(self.estimate, np.array([status == REVIEW for status in self.status], dtype=bool))
        return frame_of({**shown, "symbol": self.symbols}, self.estimate.provenance.backend)

    def signed(self, signature: Signature) -> Released:
        """The same release with one more signature; cells it approves are no longer up for review.

        Parameters
        ----------
        signature : Signature
            Who, in which role, when, and which cells under review may be said.

        Raises
        ------
        InputError
            Not a Signature, or a position that is no cell.
        Refused
            A cell that is approved was not up for review, or its review is another role's.

        Examples
        --------
        >>> import evidencekit as ek
        >>> fiction = ek.fictional.national_survey()
        >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
        >>> safe = ek.release(ek.proportion(survey, "any_contact_unwanted", by="sex"))
        >>> safe.signed(ek.disclosure.Signature(name="A. Steward", role="data steward", on="2026-06-30")).unsigned
        ()
        """
        if not isinstance(signature, Signature):
            raise InputError(f"signed() takes a Signature, not a {type(signature).__name__}.", "Make one: ek.disclosure.Signature(...).")
        status, reason = list(self.status), list(self.reason)
        for i in signature.approves:
            if i >= len(self):
                raise InputError(f"The table has {how_many(len(self), 'cell')}, counted from 0.", "Approve by position.")
            if status[i] != REVIEW:
                raise Refused(f"Cell {i} is not up for review.", "Approve only cells whose status is 'review'.")
            if signature.role != self.rules.reviewer:
                raise Refused(f"What is up for review is looked at by a {self.rules.reviewer}.", "Let them sign.")
            alone = self.rules.method.kind == "round"
            status[i] = ROUNDED if alone else UNCERTAIN if self.flags[i].precision else SHOWN
            reason[i] = f"{reason[i]}; approved by {signature.name}"
        return replace(self, status=tuple(status), reason=tuple(reason), signatures=(*self.signatures, signature))

    @property
    def unsigned(self) -> tuple[str, ...]:
        """The roles that have yet to sign."""
        return tuple(role for role in self.rules.sign if role not in {one.role for one in self.signatures})

    def to_json(self) -> str:
        """The release file: the table, a column a line; the rules in words, the audit, the signatures, and a digest over all of it.

        Its numbers have all their digits. What is published is `published`: what the publication said would be shown, rounded as it said.
        """
        columns = {name: [_plain(v) for v in values] for name, values in self.columns.items()}
        record = {
            "schema": SCHEMA,
            "version": __version__,
            "title": self.entry.title if self.entry else "",
            "universe": self.entry.universe if self.entry else "",
            "profile": self.rules.stamp,
            "statistic": self.estimate.statistic,
            "labels": dict(self.estimate.provenance.labels),
            "population": self.estimate.provenance.population,
            "where": self.estimate.provenance.where,
            "level": self.estimate.interval.level,
            "inference": self.estimate.inference,
            "statement": list(self.statement),
            "cost": self.cost,
            "notes": list(self.notes),
            "audited": asdict(self.audited),
            "table": columns,
            "signatures": [{**asdict(one), "on": one.on.isoformat()} for one in self.signatures],
        }
        digest = blake2b(json.dumps(record, sort_keys=True).encode(), digest_size=16).hexdigest()
        return _laid_out({**record, "digest": digest})

    def save(self, path: str | Path) -> Path:
        """Write the release file, once everybody has signed who must.

        Raises
        ------
        InputError
            Not a path, or nothing can be written there.
        Refused
            A signature is missing.
        """
        if not isinstance(path, (str, os.PathLike)):
            raise InputError(f"A release is saved at a text or a path, not a {type(path).__name__}.")
        if self.unsigned:
            raise Refused(
                f"This release is not signed by the {' and the '.join(self.unsigned)}.",
                "safe = safe.signed(ek.disclosure.Signature(name=..., role=..., on=...))",
            )
        target, text = Path(path), self.to_json()
        in_our_words(
            lambda: target.write_text(text, encoding="utf-8"),
            lambda trouble: InputError(f"The release {target.name!r} cannot be written ({type(trouble).__name__}).", "Check its folder."),
        )
        return target

    def _shown(self) -> tuple[list[str], list[list[str]]]:
        labels = [c for c, v in self.estimate.cells.columns.items() if any(x not in (None, "") for x in v)]
        flag = ["flag"] if any(self.estimate.flags) else []
        numbers = ["n", "cases"] if self.rules.method.kind == "round" else ["estimate", "low", "high", "n"]
        return table_of({c: self.columns[c] for c in [*labels, *numbers, *flag, "status", "reason"]})

    def __repr__(self) -> str:
        notes = [f"note: {note}" for note in self.notes]
        return "\n".join([self._title(), text_table(*self._shown(), limit=30), *notes])

    def _title(self) -> str:
        return f"Released under {self.profile} {self.rules.version}; {self.note}"

    def _repr_html_(self) -> str:
        return html_table(*self._shown(), caption="; ".join([self._title(), *self.notes]), limit=200)


_COSTS = ((WITHHELD, "too uncertain to show"), (REVIEW, "for review"), (UNCERTAIN, "uncertain"), (ROUNDED, "rounded"))


def _laid_out(record: Mapping[str, Any]) -> str:
    """The record as JSON that people can read: a line for each column of the table, and for each sentence of a list."""

    def line(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False)

    def block(value: Any) -> str:
        if isinstance(value, Mapping) and value:
            return "{\n" + ",\n".join(f"  {line(k)}: {line(v)}" for k, v in value.items()) + "\n }"
        if isinstance(value, list) and value:
            return "[\n" + ",\n".join(f"  {line(v)}" for v in value) + "\n ]"
        return line(value)

    return "{\n" + ",\n".join(f" {line(name)}: {block(value)}" for name, value in record.items()) + "\n}\n"


def _plain(value: Any) -> Any:
    """A value as JSON has it: what is no finite number is nothing."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return value if value is None or isinstance(value, (str, int, bool)) else str(value)
