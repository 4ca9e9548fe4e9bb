"""How far long work has come, on a terminal or where it is asked for; and waiting for a solver, so that Ctrl-C is heard."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from threading import Thread
from typing import NoReturn, TypeVar

from tqdm import tqdm

__all__ = ["bar", "heard", "stage", "waited"]

T = TypeVar("T")
_TICK = 0.1  # seconds


def bar(title: str, progress: bool | None, *, total: int | None = None, unit: str = "it") -> tqdm[NoReturn]:
    """A bar that is gone when the work is done.

    Parameters
    ----------
    title : str
        What is going on; never anything from the data.
    progress : bool or None
        True shows the bar, False does not, None shows it on a terminal only.
    total : int, optional
        How much there is to do; without it only the time is shown.
    unit : str
        One of what is done.
    """
    return tqdm(
        desc=title,
        leave=False,
        disable=None if progress is None else not progress,
        total=total,
        unit=unit,
        bar_format=None if total is not None else "{desc}: {elapsed}",
    )


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
    with bar(what, progress, total=total) as shown:

        def told(done: int) -> None:
            shown.update(done)

        yield told


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
    with bar(title, progress) as shown:
        return heard(work, meanwhile=shown.refresh)


def heard(work: Callable[[], T], *, meanwhile: Callable[[], object] | None = None) -> T:
    """What `work` gives, done beside the main thread, which hears Ctrl-C at once and not only when the solver comes back.

    Parameters
    ----------
    work : callable
        As for `waited`.
    meanwhile : callable, optional
        Called ten times a second.
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
    while thread.is_alive():
        thread.join(_TICK)
        if meanwhile is not None:
            meanwhile()
    if failed:
        raise failed[0]
    return out[0]
