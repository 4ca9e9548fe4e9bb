"""Small invented methods: a card written to a folder, and a size that is a formula."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import evidencekit as ek
from evidencekit.planning import Bias, Context, Line, Method, Sizing, read_card

CARD = """
[method]
name = "{name}"
version = "1.0"
title = "{title}"
inference = "{inference}"
respondents = "{respondents}"
minimum_age = {minimum_age}
status = "experimental"
authors = ["tests"]
reviewed = "no"

[estimand]
measure = "{measure}"
estimates = "the share to whom it happened"
cannot = "speak for those who were not reached"
{requires}
{refuses}

[[assumptions]]
says = "All is well."
check = "Look."
if_not = "It is not."

[[bias]]
name = "what is not said"
low = {low}
high = {high}
unit = "points"
source = "assumption"
status = "assumption"

[cost]
counts = {counts}

[protection]
safety = ["Nobody is harmed."]
consent = ["Everybody is asked."]

[field]
steps = ["Ask."]
record = ["answer"]
outcomes = ["completed"]

[estimator]
recommended = "The share."
variance = "Binomial."
forbidden = ["Nothing."]

[disclosure]
notes = ["No small numbers."]

[[references]]
text = "None."
status = "secondary"

[[changelog]]
version = "1.0"
date = "2026-11-27"
what = "First version."

[conformance]
coverage = {coverage}
"""


def sized(
    interviews: float | None = 400,
    *,
    price: float = 10.0,
    psus: float = 40.0,
    deff: float = 1.5,
    missed: Callable[[Context], tuple[float, float]] | None = None,
) -> Callable[[Context], Sizing]:
    """A size that is so many interviews, or what the budget buys where that is None; `missed` gives its bias from the context."""

    def size(context: Context) -> Sizing:
        bought = context.middle("resources.budget") / price if interviews is None and context.has("resources.budget") else 400.0
        n = interviews or bought
        if n < 1:
            raise ek.errors.InputError("The budget buys no interview.", "Find more money.")
        biases = (Bias("those who were not reached", *missed(context), "arithmetic"),) if missed else ()
        p = context.middle("outcome.p")
        return Sizing(
            interviews=n, psus=psus, take=n / psus, deff=deff, p=p, lines=(Line("interviews", n, price),), days=n / 5, biases=biases
        )

    return size


def out_of_school(context: Context) -> tuple[float, float]:
    """What a survey in schools misses."""
    p, out, times = (context.middle(f) for f in ("outcome.p", "population.out_of_school", "outcome.out_of_school_ratio"))
    missed = p - p / (out * times + 1 - out)
    return (min(-missed, 0.0), max(-missed, 0.0))


def made_method(
    folder: Path,
    name: str,
    *,
    size: Callable[[Context], Sizing] | None = None,
    bias: tuple[float, float] = (0.0, 0.0),
    requires: Mapping[str, Sequence[Any]] | None = None,
    refuses: Mapping[str, Sequence[Any]] | None = None,
    said: Mapping[str, Any] | None = None,
) -> Method:
    """A method with a card of its own; `said` replaces what the card says (inference, respondents, measure, minimum_age, title, counts)."""
    words = {
        "title": name.replace("_", " ").capitalize(),
        "inference": "probability",
        "respondents": "children",
        "minimum_age": 10,
        "measure": "prevalence",
        "counts": '["interviews"]',
        **(said or {}),
    }
    tables = [_table("requires", field, answers) for field, answers in (requires or {}).items()]
    no = [_table("refuses_if", field, answers) for field, answers in (refuses or {}).items()]
    words["requires"], words["refuses"] = "\n".join(tables), "\n".join(no)
    head = [f"{one} = []" for one, listed in (("requires", tables), ("refuses_if", no)) if not listed]
    designed = words["inference"] in ("probability", "venue")
    text = "\n".join(head) + CARD.format(name=name, low=bias[0], high=bias[1], coverage=0.9 if designed else '"none"', **words)
    (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / name / "card.toml").write_text(text, encoding="utf-8")
    return Method(card=read_card(folder / name), sizing=size or sized(), simulator=_never, analysis=_never, example=Context, drawing=_drawn)


def _table(kind: str, field: str, answers: Sequence[Any]) -> str:
    words = ", ".join(str(one).lower() if isinstance(one, bool) else f'"{one}"' for one in answers)
    instead = 'instead = "Do something else."' if kind == "refuses_if" else ""
    return f'[[{kind}]]\nfield = "{field}"\nis = [{words}]\nwhy = "it is needed"\n{instead}\n'


def _never(*_: Any) -> Any:
    raise NotImplementedError


def _drawn(plan: ek.planning.Plan, frame: Any, seed: int) -> str:
    return f"{plan.method}, {frame}, {seed}"
