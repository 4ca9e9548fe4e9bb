"""TOML files, read whole or refused in our words, whatever stands in them."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

from evidencekit.errors import InputError

__all__ = ["toml_of"]


def toml_of(path: Any, what: str, compare: str) -> dict[str, Any]:
    """What a TOML file holds.

    Parameters
    ----------
    path : str or path
        Where it is.
    what : str
        What to call it: ``"The card"``.
    compare : str
        Where one like it is to be seen.

    Raises
    ------
    InputError
        It is no path, it cannot be read, or it is not TOML.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise InputError(f"{what} is read from a text or a path, not a {type(path).__name__}.")
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{what} is not TOML: {error}.", compare) from None
    except RecursionError:
        raise InputError(f"{what} has lists within lists without end.", compare) from None
    except (OSError, ValueError) as error:  # a path that cannot be, what is not UTF-8, a number of thousands of digits
        raise InputError(f"{what} cannot be read ({type(error).__name__}).", compare) from None
