"""How far long work has come, on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager

from tqdm import tqdm

__all__ = ["stage"]


@contextmanager
def stage(what: str, total: int, progress: bool | None) -> Generator[Callable[[int], None]]:
    """A bar for one stage of the work; it is told what was done since it was last told.

    Parameters
    ----------
    what : str
        The stage, in a word or two; never anything from the data.
    total : int
        How much there is to do.
    progress : bool or None
        True shows the bar, False does not, None shows it on a terminal.
    """
    bar = tqdm(total=total, desc=what, disable=None if progress is None else not progress, leave=False)

    def told(done: int) -> None:
        bar.update(done)

    try:
        yield told
    finally:
        bar.close()
