"""Hold src/ to the import order in pyproject.toml, with import-linter; no cache is left behind."""

import sys
from pathlib import Path

from importlinter.cli import lint_imports

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
sys.exit(lint_imports(no_cache=True, no_logo=True))
