"""Target shares of codes: what the caller gives, what is taken otherwise, and probabilities that meet them on average."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from evidencekit.columns import Floats
from evidencekit.errors import InputError
from evidencekit.instrument.items import Item, Option

__all__ = ["CHOSEN", "Prevalence", "at_least_one", "check_prevalence", "one_of_several", "probabilities", "shares_of", "substantive"]

Prevalence = Mapping[str, float | Mapping[Any, float]]
_YES = ("1", "yes", "y", "true", "oui", "si", "sim")
_CONSENT, CHOSEN = 0.95, 0.3  # shares where none are given: of consent, and of each code where several may be chosen
_ROUNDS, _NEAR = 500, 1e-10


def substantive(item: Item) -> tuple[Option, ...]:
    """The options of an item that are no missing kinds, each code once."""
    assert item.choices is not None
    found = {option.code: option for option in item.choices.listed if option.code not in item.missing}
    return tuple(found.values())


def check_prevalence(prevalence: Prevalence, items: list[Item]) -> None:
    """Refuse shares for what is no item, or has no choices."""
    known = {item.name for item in items if item.choices is not None}
    if unknown := [name for name in prevalence if name not in known]:
        raise InputError(f"prevalence= names {unknown[0]!r}, which is no item with choices.", "Give shares for items of the form by name.")


def shares_of(item: Item, given: float | Mapping[Any, float] | None) -> Floats:
    """A share for each substantive option, NaN where none is given; a number alone is the share of "yes"."""
    codes = [option.code for option in substantive(item)]
    out = np.full(len(codes), np.nan)
    if given is None:
        return out
    if not isinstance(given, Mapping):
        yes = [code for code in codes if code.casefold() in _YES]
        if len(yes) != 1:
            raise InputError(f"prevalence= gives {item.name!r} one number, and none of its codes is yes.", "Give {code: share}.")
        given = {yes[0]: given}
    for code, share in given.items():
        text = str(code)
        if text not in codes:
            raise InputError(
                f"prevalence= names a code that is not among the answers of {item.name!r}.", "Missing kinds have rates: missing=."
            )
        if not 0 <= share <= 1:
            raise InputError(f"The shares of {item.name!r} are from 0 to 1.")
        out[codes.index(text)] = share
    return out


def one_of_several(item: Item, given: Floats) -> Floats:
    """The shares of the codes of a question with one answer: what is left is shared evenly among codes without a share."""
    free = np.isnan(given)
    rest = 1 - float(given[~free].sum())
    if rest < -1e-9 or (not free.any() and abs(rest) > 1e-9):
        raise InputError(f"The shares of {item.name!r} do not add up to 1.", "Leave one code out: it gets what is left.")
    if item.role == "consent" and free.all() and len(given) > 1:
        return np.array([_CONSENT, *np.full(len(given) - 1, (1 - _CONSENT) / (len(given) - 1))])
    return np.where(free, max(rest, 0.0) / max(int(free.sum()), 1), given)


def probabilities(target: Floats, effects: Floats, allowed: Floats) -> Floats:
    """Probabilities (n, k) whose averages over the rows are the targets: ``softmax(base + effect)``, the base found by iteration.

    Where a choice filter leaves some codes out (`allowed` has zeros), the targets hold before the filter.
    """
    with np.errstate(divide="ignore"):
        base = np.log(target)
    if not len(effects):
        return np.empty_like(effects)
    free = bool((allowed == 1).all())
    made = _softmax(base + effects, allowed)
    for _ in range(_ROUNDS if free else 0):
        reached = made.mean(axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = np.where(target > 0, np.log(target / reached), 0.0)
        if np.abs(step).max(initial=0.0) < _NEAR:
            break
        base = base + step
        made = _softmax(base + effects, allowed)
    return made


def _softmax(logits: Floats, allowed: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        high = np.where(allowed > 0, logits, -np.inf)
        top = high.max(axis=1, keepdims=True)
        made = np.exp(high - np.where(np.isfinite(top), top, 0.0))
        whole = made.sum(axis=1, keepdims=True)
        even = allowed / np.maximum(allowed.sum(axis=1, keepdims=True), 1)
        return np.where(whole > 0, made / np.where(whole > 0, whole, 1), even)


def at_least_one(item: Item, target: Floats, effects: Floats, allowed: Floats, *, conditional: bool) -> Floats:
    """Probabilities (n, k) that each of several codes is chosen; `conditional` on choosing at least one, whose averages are the targets.

    Raises
    ------
    InputError
        The shares add up to less than 1, and there is no "none of these" for those who choose nothing.
    """
    if conditional and target.sum() < 1:
        raise InputError(
            f"The shares of {item.name!r} add up to less than 1, so that some have nothing to choose.",
            'Give larger shares, or add an option "none of these" with exclusive=True and no share.',
        )
    if not len(effects):
        return np.empty_like(effects)
    inner = np.clip(target, 1e-9, 1 - 1e-9)
    base = np.log(inner / (1 - inner))
    made = _chosen(base + effects, allowed)
    for _ in range(_ROUNDS if (allowed == 1).all() else 0):
        any_ = 1 - np.prod(1 - made, axis=1, keepdims=True) if conditional else 1.0
        reached = np.clip((made / any_).mean(axis=0), 1e-12, 1 - 1e-12)
        step = np.log(inner / (1 - inner)) - np.log(reached / (1 - reached))
        if np.abs(step).max(initial=0.0) < _NEAR:
            break
        base = base + 0.7 * step
        made = _chosen(base + effects, allowed)
    return made


def _chosen(logits: Floats, allowed: Floats) -> Floats:
    return allowed / (1 + np.exp(-np.clip(logits, -40, 40)))
