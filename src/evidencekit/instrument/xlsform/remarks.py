"""What reading a form could not use: kept with the form, so that nothing goes in silence."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Remark"]


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing in a file that the form as it was read does not hold.

    Parameters
    ----------
    rule : str
        The kind of thing, in a word or two (``"disabled-row"``); the lint gives it as its rule.
    item : str
        The question or the list it is about; empty when it is about none.
    text : str
        What was there and what became of it.
    """

    rule: str
    item: str
    text: str
