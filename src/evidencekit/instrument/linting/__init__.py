"""Looking a form over for protection and sense: one small function a rule, which says why."""

from evidencekit.instrument.linting.findings import Lint, LintFinding
from evidencekit.instrument.linting.running import RULES, lint

__all__ = ["RULES", "Lint", "LintFinding", "lint"]
