"""Gates: when nobody is to be asked in this way, whatever it would tell. Safety is never traded for precision.

G1 to G4 and G6 are known from the context alone. G5, what services can take, needs the size of a plan (`gate_of_services`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from evidencekit.planning.cards import Card
from evidencekit.planning.context import Context, Range
from evidencekit.planning.workload import DAYS_A_WEEK, Workload

__all__ = ["GATES", "Gate", "Why", "gate_of_services", "gates_of"]

INSTEAD = (
    "Do not collect this from children; instead survey frontline workers, read case files, or ask adults of 18 to 24 about earlier years."
)


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate.

    Parameters
    ----------
    id : str
        As in the notes: ``"G1"``.
    says : str
        What is missing.
    instead : str
        What to do.
    source : str
        Where it is from.
    whom : tuple of str
        The respondents it guards.
    shut : callable
        From a context to True (shut), False (open), or None (not known, and then as good as shut for children).
    asks : tuple of str
        The fields of a context that decide it.
    """

    id: str
    says: str
    instead: str
    source: str
    whom: tuple[str, ...]
    shut: Callable[[Context], bool | None]
    asks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """A reason against a method or a plan.

    Parameters
    ----------
    rule : str
        The gate it is from, or ``"card"``, ``"age"`` or ``"size"``.
    says : str
        What stands in the way, or has to be known.
    instead : str
        What to do instead.
    source : str
        Where that is from.
    known : bool
        Whether it is known to stand in the way (default); False where that has to be known first.
    """

    rule: str
    says: str
    instead: str
    source: str
    known: bool = True


def _no(*answers: bool | None) -> bool | None:
    """Shut where any is no; not known where any is not known."""
    return True if any(a is False for a in answers) else None if None in answers else False


def _any(*answers: bool | None) -> bool | None:
    """Shut where any is yes; not known where any is not known."""
    return True if True in answers else None if None in answers else False


def _remote(context: Context) -> bool | None:
    safety = context.safety
    watched = _any(safety.device_shared, safety.conflict)
    remote = False if False in (safety.remote_only, watched) else None if None in (safety.remote_only, watched) else True
    return _any(_no(safety.privacy_possible), remote)


def _reporting(context: Context) -> bool | None:
    rule = context.protection.mandatory_reporting
    return None if rule is None else _no(context.resources.tablets) if rule == "all" else False


def _offenders(context: Context) -> bool | None:
    return context.population.offenders


GATES: tuple[Gate, ...] = (
    Gate(
        "G1",
        "no path for referral with a counsellor stands ready for a child who asks for help",
        INSTEAD,
        "UNICEF (2020), research on violence against children during the COVID-19 pandemic; Devries et al. (2016)",
        ("children",),
        lambda context: _no(context.protection.referral_path, context.protection.counsellor),
        ("protection.referral_path", "protection.counsellor"),
    ),
    Gate(
        "G2",
        "privacy cannot be assured while a child answers",
        INSTEAD,
        "UNICEF (2020), research on violence against children during the COVID-19 pandemic",
        ("children",),
        _remote,
        ("safety.privacy_possible",),
    ),
    Gate(
        "G3",
        "no ethics board has approved it",
        "Plan, cost and simulate it; ask nobody before it is approved: draw() asks for the number of the approval.",
        "this project; UNICEF, CP MERG (2012)",
        ("children", "adults"),
        lambda context: _no(context.protection.ethics_approved),
        ("protection.ethics_approved",),
    ),
    Gate(
        "G4",
        "everybody must report what a child says, and children cannot answer by themselves on a tablet",
        "Let children answer anonymously by themselves, with the limit in the consent text, or ask adults of 18 to 24 about earlier years.",
        "UNICEF, CP MERG (2012), ethical principles, dilemmas and risks",
        ("children",),
        _reporting,
        ("protection.mandatory_reporting", "resources.tablets"),
    ),
    Gate(
        "G6",
        "it is about people who have offended or fear they might: they are never asked in a household",
        "Ask adults anonymously online, or read records.",
        "this project; to be reviewed by an ethics board",
        ("children",),
        _offenders,
        ("population.offenders",),
    ),
)


CAPACITY = (
    "Child et al. (2014), Child Abuse and Neglect 38: 14 % of children asked in schools in Uganda were referred; this project, for the rule"
)


def gate_of_services(load: Workload, interviews: float, days: Range | None) -> Why | None:
    """G5: whether services can take all who will be referred, within the days that interviewers have.

    Parameters
    ----------
    load : Workload
        Of a plan.
    interviews : float
        How many.
    days : Range or None
        That each interviewer has; without them the field may last as long as services need.

    Returns
    -------
    Why or None
        Shut where even the fewest referrals are too many. Not known where that hangs on what is not known. None where a plan that is slowed
        down fits: `Workload.says` has the weeks.
    """
    if load.referrals is None:
        return None
    if load.capacity is None:
        says = "it is not known how many children the services can take in a week"
        return Why("G5", says, "Ask the services, and write down what they agree to.", CAPACITY, known=False)
    least = load.referrals.low / load.capacity.high if load.capacity.high else math.inf
    most = load.referrals.high / load.capacity.low if load.capacity.low else math.inf
    given = None if days is None else Range(days.low / DAYS_A_WEEK, days.high / DAYS_A_WEEK)
    if most < math.inf and (given is None or most <= given.low):
        return None
    known = least == math.inf or (given is not None and least > given.high)
    weeks = "" if given is None else f" in the {given.low:.3g} weeks that there are"
    says = f"{'' if known else 'at the most that may be, '}more children are referred than the services can take{weeks}"
    return Why("G5", says, _slower(load, interviews, given, most), CAPACITY, known=known)


def _slower(load: Workload, interviews: float, given: Range | None, most: float) -> str:
    if load.capacity is None or load.referrals is None or most == math.inf:
        return "Do not collect this from children before services can take those who ask for help."
    share = load.referrals.high / interviews
    fewer = "" if given is None or not share else f", or ask at most {math.floor(load.capacity.low * given.low / share):,} children"
    return f"Do not collect this from children as planned; instead spread it over {math.ceil(most - 1e-9):,} weeks{fewer}."


def gates_of(card: Card, context: Context) -> list[Why]:
    """The gates that guard a method's respondents and are not known to be open; G5 is in `gate_of_services`."""
    found = [(gate, gate.shut(context)) for gate in GATES if card.respondents in gate.whom]
    return [_why(gate, context, known=shut is True) for gate, shut in found if shut is not False]


def _why(gate: Gate, context: Context, *, known: bool) -> Why:
    """A gate that is shut says what is missing; where that is not known it asks, so that nobody takes it for an answer."""
    if known:
        return Why(gate.id, gate.says, gate.instead, gate.source)
    asks = " ".join(f"{context.asked(path).asks} [{path}]" for path in gate.asks if not context.has(path))
    return Why(gate.id, asks, f"Where {gate.says}: {gate.instead[:1].lower()}{gate.instead[1:]}", gate.source, known=False)
