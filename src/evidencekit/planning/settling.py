"""A context whose numbers are all known: the middle of each range, or one of its ends."""

from __future__ import annotations

from collections.abc import Mapping

from evidencekit.planning.context import Context

__all__ = ["numbers", "open_numbers", "settled"]


def numbers(context: Context) -> tuple[str, ...]:
    """The fields whose answer is a number, and is given or can be assumed."""
    return tuple(
        path
        for path in context.paths
        if context.asked(path).kind in ("number", "share") and (context[path] is not None or context.asked(path).unknown is not None)
    )


def open_numbers(context: Context) -> tuple[str, ...]:
    """Those that are known only between two ends."""
    return tuple(path for path in numbers(context) if not context.range(path).known)


def settled(context: Context, values: Mapping[str, float] | None = None) -> Context:
    """Every number known: as given in `values`, else the middle of its range.

    Examples
    --------
    >>> import evidencekit as ek
    >>> from evidencekit.planning.settling import open_numbers, settled
    >>> len(open_numbers(settled(ek.Context())))
    0
    """
    given = values or {}
    return context.settled({path: given.get(path, context.middle(path)) for path in numbers(context)}, assumed=True)
