"""What is wrong with a table of corrections: everything at once, by position, never by a value."""

from __future__ import annotations

from evidencekit.errors import InputError, how_many

__all__ = ["Problems"]

_LISTED = 8  # positions of one kind of problem


class Problems:
    """The corrections that cannot be made, by what is wrong with them.

    Parameters
    ----------
    total : int
        How many corrections there are.
    """

    def __init__(self, total: int) -> None:
        self.total = total
        self._found: dict[str, list[int]] = {}
        self.refused: set[int] = set()

    def add(self, position: int, what: str) -> None:
        """Note that a correction cannot be made, and why."""
        self._found.setdefault(what, []).append(position)
        self.refused.add(position)

    def refuse(self) -> None:
        """Raise an `InputError` that says them all, if there are any."""
        if not self._found:
            return
        said = "; ".join(f"{what} ({_places(positions)})" for what, positions in self._found.items())
        raise InputError(
            f"{len(self.refused)} of {how_many(self.total, 'correction')} cannot be made, so none was: {said}.",
            "Positions count the rows of the corrections from 0. Put these right, or take them out.",
        )


def _places(positions: list[int]) -> str:
    known = sorted(set(positions))
    shown = ", ".join(map(str, known[:_LISTED]))
    more = f" and {len(known) - _LISTED} more" if len(known) > _LISTED else ""
    return f"position{'s' if len(known) > 1 else ''} {shown}{more}"
