"""What the lint finds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Lint", "LintFinding", "Severity", "error", "warning"]

Severity = Literal["error", "warning"]
_SHOWN = 18  # lines


@dataclass(frozen=True, slots=True)
class LintFinding:
    """One thing in a form that should be looked at.

    Parameters
    ----------
    rule : str
        Which rule it breaks, such as ``"way-out"``.
    severity : str
        ``"error"`` when people may be harmed, data are lost or the form does not do what it says; ``"warning"`` otherwise.
    item : str
        The item, group or list it is about; empty when it is about the form.
    what : str
        What is the matter.
    remedy : str
        What to do.
    """

    rule: str
    severity: Severity
    item: str
    what: str
    remedy: str


@dataclass(frozen=True, slots=True, repr=False)
class Lint:
    """What the lint found in a form, in the order of its rules; it can be gone through and counted like a tuple.

    Parameters
    ----------
    findings : tuple of LintFinding
        Empty when there is nothing to say.
    """

    findings: tuple[LintFinding, ...] = ()

    def __iter__(self) -> Iterator[LintFinding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    def __getitem__(self, place: int) -> LintFinding:
        return self.findings[place]

    @property
    def errors(self) -> tuple[LintFinding, ...]:
        """What has to be changed before anyone is asked."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    @property
    def warnings(self) -> tuple[LintFinding, ...]:
        """What should be looked at."""
        return tuple(finding for finding in self.findings if finding.severity == "warning")

    def to_frame(self) -> pd.DataFrame:
        """A row for each finding, with the columns ``rule``, ``severity``, ``item``, ``what``, ``remedy``."""
        import pandas as pd

        columns = list(LintFinding.__dataclass_fields__)
        return pd.DataFrame([[getattr(finding, name) for name in columns] for finding in self.findings], columns=pd.Index(columns))

    def __repr__(self) -> str:
        errors, warnings = len(self.errors), len(self.warnings)
        head = f"Lint: {errors} error{'s' if errors != 1 else ''}, {warnings} warning{'s' if warnings != 1 else ''}"
        by_rule: dict[tuple[Severity, str], list[LintFinding]] = {}
        for finding in (*self.errors, *self.warnings):
            by_rule.setdefault((finding.severity, finding.rule), []).append(finding)
        lines = [_line(found) for found in by_rule.values()]
        more = [f"  and {len(lines) - _SHOWN} more rules; .to_frame() has every finding"] if len(lines) > _SHOWN else []
        return "\n".join([head, *lines[:_SHOWN], *more])


def _line(found: list[LintFinding]) -> str:
    """One rule: how often, where, and what the first is about."""
    first = found[0]
    named = list(dict.fromkeys(finding.item for finding in found if finding.item))
    where = f" ({', '.join(named[:3])}{', ...' if len(named) > 3 else ''})" if named else ""
    times = f" x {len(found)}" if len(found) > 1 else ""
    text = f"  {first.severity:<7}  {first.rule}{times}{where}: {first.what}"
    return text if len(text) <= 140 else text[:137] + "..."


def error(rule: str, item: str, what: str, remedy: str) -> LintFinding:
    """A finding that has to be changed."""
    return LintFinding(rule, "error", item, what, remedy)


def warning(rule: str, item: str, what: str, remedy: str) -> LintFinding:
    """A finding that should be looked at."""
    return LintFinding(rule, "warning", item, what, remedy)
