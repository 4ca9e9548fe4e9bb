"""Run import-linter on the contract in pyproject.toml."""

import sys

from importlinter.cli import lint_imports

sys.exit(lint_imports(no_cache=True))
