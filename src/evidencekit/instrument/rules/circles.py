"""Items that are asked only when they were asked: circles in a form's logic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

__all__ = ["in_circles"]


def in_circles(leads: Mapping[str, Sequence[str]]) -> tuple[frozenset[str], ...]:
    """The circles among names that lead to others (strongly connected, or to themselves), in the order they are first met.

    References
    ----------
    Tarjan (1972), Depth-first search and linear graph algorithms, SIAM Journal on Computing 1, 146-160; here without recursion, because a
    form may be long.
    """
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    held: list[str] = []
    on: set[str] = set()
    found: list[frozenset[str]] = []
    for start in leads:
        if start in number:
            continue
        stack = [(start, iter(leads[start]))]
        number[start] = low[start] = len(number)
        held.append(start)
        on.add(start)
        while stack:
            node, rest = stack[-1]
            after = next((name for name in rest if name in leads and (name not in number or name in on)), None)
            if after is None:
                stack.pop()
                if stack:
                    low[stack[-1][0]] = min(low[stack[-1][0]], low[node])
                if low[node] == number[node]:
                    found += _closed(node, held, on, leads)
            elif after in number:
                low[node] = min(low[node], number[after])
            else:
                number[after] = low[after] = len(number)
                held.append(after)
                on.add(after)
                stack.append((after, iter(leads[after])))
    place = {name: k for k, name in enumerate(leads)}
    return tuple(sorted(found, key=lambda circle: min(place[name] for name in circle)))


def _closed(node: str, held: list[str], on: set[str], leads: Mapping[str, Sequence[str]]) -> list[frozenset[str]]:
    """What is above a node on the pile, when it is a circle."""
    at = held.index(node)
    circle = frozenset(held[at:])
    del held[at:]
    on -= circle
    return [circle] if len(circle) > 1 or node in leads[node] else []
