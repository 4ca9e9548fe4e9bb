"""Estimation methods, one folder each.

In a checkout the folders stand in the repository's top-level ``methods/``; a wheel carries them here.
"""

from pathlib import Path

_source = Path(__file__).resolve().parents[2]
if _source.name == "src" and (_source.parent / "methods").is_dir():
    __path__.append(str(_source.parent / "methods"))
