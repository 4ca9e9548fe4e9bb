"""docs/methods.md: a section for each method, from its card and from what was measured of it.

python3 dev.py methods-page                       the page, from the cards and from docs/methods.json
python3 dev.py methods-page --measure             measure all methods first, and keep the numbers in docs/methods.json
python3 dev.py methods-page --measure NAME ...    measure these
"""

from __future__ import annotations

import json
import math
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

import evidencekit as ek
from evidencekit.planning import Card
from evidencekit.testing import check_method

ROOT = Path(__file__).resolve().parents[1]
PAGE, KEPT = ROOT / "docs" / "methods.md", ROOT / "docs" / "methods.json"
COMMAND = "python3 dev.py methods-page --measure"
SIMS, SEED, DIGITS = 400, 1, 5
HEAD = f"""# Methods
Made by `python3 dev.py methods-page` from the cards in `methods/`; do not edit it by hand. What was measured comes from
`evidencekit.testing.check_method`, which holds each method to its own simulator where nothing but chance errs, in its example context; the
numbers are kept in `docs/methods.json` and made again by `{COMMAND}`. How a method does where
people do not answer, or do not say what happened, is what `ek.diagnose` shows.
"""


def shipped() -> list[str]:
    """The methods of this checkout, without those of other packages."""
    return sorted(path.parent.name for path in (ROOT / "methods").glob("[a-z]*/card.toml"))


def measured(names: list[str]) -> dict[str, Any]:
    """What check_method says of some methods, rounded so that another machine gives the same."""
    return {name: _rounded(asdict(check_method(ek.method_named(name), sims=SIMS, seed=SEED))) for name in names}


def _rounded(found: dict[str, Any]) -> dict[str, Any]:
    return {name: _significant(value) if isinstance(value, float) else value for name, value in found.items()}


def _significant(value: float) -> float:
    return round(value, DIGITS - 1 - math.floor(math.log10(abs(value)))) if value else 0.0


def kept() -> dict[str, Any]:
    """The measured numbers in the repository."""
    return json.loads(KEPT.read_text(encoding="utf-8"))["methods"] if KEPT.is_file() else {}


def page() -> str:
    """The whole page."""
    numbers = kept()
    return "\n".join([HEAD, *(section(ek.method_named(name).card, numbers.get(name)) for name in shipped())])


def section(card: Card, found: dict[str, Any] | None) -> str:
    """What one card says."""
    lines = [
        f"## {card.title}",
        f"`{card.name}` {card.version}; {card.inference}; asked: {card.respondents}"
        + (f", from {card.minimum_age} years" if card.minimum_age else "")
        + f"; {card.status}, {card.reviewed}.",
        "",
        f"**Estimates** {card.estimand.estimates}. **Cannot** {card.estimand.cannot}.",
        "",
        f"**Measured**: {told(card, found)}",
        "",
        *_listed("Needs", [f"{one.says}: {one.why}. {one.instead}".rstrip() for one in card.requires]),
        *_listed("Not where", [f"{one.says}: {one.why}. {one.instead}" for one in card.refuses_if]),
        *_listed("Takes for true", [f"{one.says} Check: {one.check} If not: {one.if_not}" for one in card.assumptions]),
        *_listed("May be off by", [_bias(one) for one in card.bias]),
        *_listed("Safety and consent", [*card.safety, *card.consent]),
        *_listed("In the field", card.field.steps, numbered=True),
        f"Recorded: {', '.join(card.field.record)}. A contact ends as {', '.join(card.field.outcomes)}.",
        f"What it costs depends on {', '.join(card.cost_counts)}.",
        "",
        *_listed("Estimator", [card.estimator.recommended, card.estimator.variance, *(f"Not: {one}" for one in card.estimator.forbidden)]),
        *_listed("When numbers go out", card.disclosure.notes),
        *_listed("Sources", [f"{one.text} ({one.status})" for one in card.references]),
        *_listed("Versions", [f"{one.version}, {one.date}: {one.what}" for one in card.changelog]),
    ]
    return "\n".join(lines)


def told(card: Card, found: dict[str, Any] | None) -> str:
    """The measured numbers in a sentence."""
    if found is None:
        return f"not yet; `{COMMAND} {card.name}`."
    coverage = (
        "its numbers carry no interval"
        if found["coverage"] is None
        else f"its 95% intervals held the truth in {100 * found['coverage']:.1f}% (Monte Carlo standard error "
        f"{100 * found['coverage_se']:.1f}; the card declares at least {100 * found['floor']:.0f}%)"
    )
    return (
        f"in {found['sims']} simulations from seed {found['seed']}, {found['interviews']:,.0f} answers each, {coverage}; the mean of the "
        f"estimates was {100 * found['bias']:+.2f} points off the truth (Monte Carlo standard error {100 * found['bias_se']:.2f}), their "
        f"standard deviation {100 * found['sd']:.2f} points, where the plan says {100 * found['planned_se']:.2f}."
    )


def _bias(one: Any) -> str:
    ends = f"{one.low:g} to {one.high:g} times" if one.unit == "times" else f"{100 * one.low:+.1f} to {100 * one.high:+.1f} points"
    when = f", where {' and '.join(c.says for c in one.when)}" if one.when else ""
    return f"{one.name}{when}: {ends} ({one.source}{'' if one.status == 'assumption' else f'; {one.status}'})."


def _listed(title: str, lines: Any, *, numbered: bool = False) -> list[str]:
    marks = [f"{place}." if numbered else "-" for place in range(1, len(lines) + 1)]
    return [f"**{title}**", "", *(f"{mark} {line}" for mark, line in zip(marks, lines, strict=True)), ""] if lines else []


def main(arguments: list[str]) -> int:
    """Measure what is asked for, keep it, and write the page."""
    if arguments and arguments[0] != "--measure":
        sys.exit(__doc__)
    if arguments:
        if unknown := sorted(set(arguments[1:]) - set(shipped())):
            sys.exit(f"There is no method {unknown[0]} in methods/")
        numbers = {name: one for name, one in kept().items() if name in shipped()} | measured(arguments[1:] or shipped())
        said = {"made_by": COMMAND, "methods": dict(sorted(numbers.items()))}
        KEPT.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
