"""Waiting for a solver: how long it has been at work is shown, and Ctrl-C is heard."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import TypeVar

from tqdm import tqdm

__all__ = ["waited"]

T = TypeVar("T")
_TICK = 0.1  # seconds


def waited(work: Callable[[], T], *, title: str, progress: bool | None) -> T:
    """What `work` gives; meanwhile the seconds are counted.

    Parameters
    ----------
    work : callable
        Spends its time in a solver that lets other threads run, as HiGHS in scipy does. One that is interrupted goes on by itself until
        its own time limit, or until Python ends.
    title : str
        What is going on.
    progress : bool or None
        Whether to show it; None shows it on a terminal only.
    """
    out: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            out.append(work())
        except BaseException as trouble:
            failed.append(trouble)

    thread = Thread(target=run, daemon=True)
    thread.start()
    with tqdm(desc=title, bar_format="{desc}: {elapsed}", disable=None if progress is None else not progress, leave=False) as bar:
        while thread.is_alive():
            thread.join(_TICK)
            bar.refresh()
    if failed:
        raise failed[0]
    return out[0]
