"""Looking a form over for protection and sense: one small function a rule, which says why."""

from evidencekit.instrument.linting.findings import Finding, Lint
from evidencekit.instrument.linting.running import RULES, lint

__all__ = ["RULES", "Finding", "Lint", "lint"]
