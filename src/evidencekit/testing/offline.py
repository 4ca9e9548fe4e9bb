"""No connection while a method is checked: it must work on a machine in the field, and its answers must not leave it."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from typing import Any

__all__ = ["offline"]

_EVENTS = frozenset(f"socket.{what}" for what in ("bind", "connect", "getaddrinfo", "gethostbyaddr", "gethostbyname", "sendmsg", "sendto"))


@contextmanager
def offline() -> Generator[list[str]]:
    """Refuse connections inside the block, also to what imported its client earlier; what was tried is in the list.

    Interpreters keep audit hooks until they end, so there is one, made when it is first needed, and it does nothing outside the block.
    """
    blocks, tried = _blocks(), list[str]()
    blocks.append(tried)
    try:
        yield tried
    finally:
        blocks.remove(tried)


@cache
def _blocks() -> list[list[str]]:
    """The blocks that are open, watched by the hook."""
    blocks: list[list[str]] = []

    def hook(event: str, _: tuple[Any, ...]) -> None:
        if blocks and event in _EVENTS:
            for tried in blocks:
                tried.append(event)
            raise ConnectionError("No connection is made while a method is checked.")

    sys.addaudithook(hook)
    return blocks
