# ruff: noqa: RUF009  # every default is a dataclasses.field, made by a function that names what it asks
"""The sections of a context: whom it is about, whom one can reach, what is asked, what is safe, what protects, what there is to spend."""

from __future__ import annotations

from dataclasses import dataclass

from evidencekit.planning.context.fields import choice, described, listed, normalised, number, share, text, yes_no
from evidencekit.planning.context.ranges import Range

__all__ = ["Access", "Outcome", "Population", "Protection", "Resources", "Safety"]

Yes = bool | None
Num = float | tuple[float, float] | Range | None
_DOLLARS = ("", "usd", "us$", "$", "us dollar", "us dollars")
_CHILD = "Child et al. (2014), where 14 % of children asked were referred"


@described
@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Whom the number is to be about.

    Parameters
    ----------
    who : str
        Whom the number is about, as a plural.
    age_min, age_max : number, (low, high) or None
        How old the youngest and the oldest are.
    internet_users_only : bool or None
        Whether it is about internet users only.
    out_of_school : number, (low, high) or None
        The share of them who do not go to school.
    size : number, (low, high) or None
        How many there are.
    hidden, networked : bool or None
        Whether they hide that they belong to it, and whether they know one another.
    offenders : bool or None
        Whether it is about people who have offended, or fear they might.

    Examples
    --------
    >>> from evidencekit.planning import Population
    >>> Population(who="children aged 12-17", age_min=12, age_max=17).who
    'children aged 12-17'
    """

    who: str = text("Whom is the number about, as a plural?")
    age_min: Num = number("How old are the youngest?", unit="years", most=120)
    age_max: Num = number("How old are the oldest?", unit="years", most=120)
    internet_users_only: Yes = yes_no("Is it about internet users only?")
    out_of_school: Num = share("What share of them do not go to school?", unknown=(0.02, 0.4))
    size: Num = number("How many of them are there?", unit="people")
    hidden: Yes = yes_no("Do they keep it from others that they belong to this group?")
    networked: Yes = yes_no("Do they know one another?")
    offenders: Yes = yes_no("Is it about people who have offended, or fear they might?")

    def __post_init__(self) -> None:
        normalised(self, "population")


@described
@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Whom one can reach, and by which lists.

    Parameters
    ----------
    household_frame : {"census", "gridded", "none"} or None
        Which list of areas there is.
    frame_age_years : number, (low, high) or None
        How old it is.
    listing_affordable : bool or None
        Whether the households of an area can be listed.
    school_frame, schools_willing : bool or None
        Whether there is a list of schools with enrolment, and whether the authorities let schools take part.
    panel_vendor : bool or None
        Whether there is a panel of people who answer online.
    venues : bool or None
        Whether they meet at places that can be listed.
    frontline_list, case_files : bool or None
        Whether there is a list of frontline workers, and case files that may be read.
    internet : number, (low, high) or None
        The share of them who use the internet.
    eligible : number, (low, high) or None
        The share of households that have one of them.
    household_response, response : number, (low, high) or None
        The share of households that take part, and of those drawn who answer.
    substitution : bool or None
        Whether those who do not take part are to be replaced by others.

    Examples
    --------
    >>> from evidencekit.planning import Access
    >>> Access(school_frame=True, internet=0.8).school_frame
    True
    """

    household_frame: str | None = choice("Which list of areas is there?", "census", "gridded", "none")
    frame_age_years: Num = number("How old is that list?", unit="years", unknown=(0, 15), most=200)
    listing_affordable: Yes = yes_no("Can the households of an area be listed?")
    school_frame: Yes = yes_no("Is there a list of schools with enrolment?")
    schools_willing: Yes = yes_no("Do the authorities let schools take part?")
    panel_vendor: Yes = yes_no("Is there a panel of people who answer online?")
    venues: Yes = yes_no("Do they meet at places that can be listed?")
    frontline_list: Yes = yes_no("Is there a list of frontline workers?")
    case_files: Yes = yes_no("Are there case files that may be read?")
    internet: Num = share("What share of them use the internet?", unknown=(0.3, 0.98))
    eligible: Num = share("What share of households have one of them?", unknown=(0.2, 0.5))
    household_response: Num = share("What share of households take part?", unknown=(0.7, 0.97))
    response: Num = share("What share of those drawn answer?", unknown=(0.6, 0.95))
    substitution: Yes = yes_no("Are those who do not take part to be replaced by others?")

    def __post_init__(self) -> None:
        normalised(self, "access")


@described
@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What is to be known, and how well.

    Parameters
    ----------
    name : str
        What is counted, after a plural: "were asked for an image".
    measure : {"prevalence", "before-18", "seen-by-workers", "cases-on-file"} or None
        Which number is asked for.
    p : number, (low, high) or None
        The share that is expected.
    rho : number, (low, high) or None
        How alike two of one area are: the intraclass correlation.
    sensitive : bool or None
        Whether it is hard to say aloud.
    out_of_school_ratio, offline_ratio : number, (low, high) or None
        How many times as frequent it is out of school, and among those who are not online.
    rse : number, (low, high) or None
        How large the relative standard error may be.
    groups : number, (low, high) or None
        For how many groups it is to be shown.
    trend : bool or None
        Whether it is to be compared with another round.
    min_cases : number, (low, high) or None
        How many cases a group needs to be shown.

    Examples
    --------
    >>> from evidencekit.planning import Outcome
    >>> Outcome(name="were asked for an image", p=0.1).name
    'were asked for an image'
    """

    name: str = text("What is counted, after a plural?")
    measure: str | None = choice("Which number is asked for?", "prevalence", "before-18", "seen-by-workers", "cases-on-file")
    p: Num = share("What share do you expect?", unknown=(0.02, 0.25))
    rho: Num = share("How alike are two of one area (intraclass correlation)?", unknown=(0.01, 0.08))
    sensitive: Yes = yes_no("Is it hard to say aloud?")
    out_of_school_ratio: Num = number("How many times as frequent is it out of school?", unit="times", unknown=(0.5, 2.5))
    offline_ratio: Num = number("How many times as frequent is it among those who are not online?", unit="times", unknown=(0.0, 1.0))
    rse: Num = number("How large may the relative standard error be?", unit="share of the number", unknown=(0.15, 0.15))
    groups: Num = number("For how many groups is it to be shown?", unit="groups", unknown=(2, 2), least=1)
    trend: Yes = yes_no("Is it to be compared with another round?")
    min_cases: Num = number("How many cases does a group need to be shown?", unit="cases", unknown=(25, 25))

    def __post_init__(self) -> None:
        normalised(self, "outcome")


@described
@dataclass(frozen=True, slots=True, kw_only=True)
class Safety:
    """What could harm somebody who is asked.

    Parameters
    ----------
    perpetrator_may_live_in_home : bool or None
        Whether the person who did harm may live with the child.
    privacy_possible : bool or None
        Whether the child can answer where nobody sees or hears it.
    remote_only : bool or None
        Whether people can be reached at a distance only.
    device_shared : bool or None
        Whether phones and computers are shared or watched.
    conflict : bool or None
        Whether there is armed conflict, or a lockdown.

    Examples
    --------
    >>> from evidencekit.planning import Safety
    >>> Safety(privacy_possible=True).privacy_possible
    True
    """

    perpetrator_may_live_in_home: Yes = yes_no("May the person who did harm live with the child?")
    privacy_possible: Yes = yes_no("Can the child answer where nobody sees or hears it?")
    remote_only: Yes = yes_no("Can people be reached at a distance only?")
    device_shared: Yes = yes_no("Are phones and computers shared or watched?")
    conflict: Yes = yes_no("Is there armed conflict, or a lockdown?")

    def __post_init__(self) -> None:
        normalised(self, "safety")


@described
@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """What stands ready for somebody who needs help, and by which rules they are asked.

    Parameters
    ----------
    referral_path : bool or None
        Whether it is written down who helps a child that asks for help, and they have agreed.
    counsellor : bool or None
        Whether a counsellor is at hand while people are asked.
    services_per_week : number, (low, high) or None
        How many children the services can take in a week.
    referral_share : number, (low, high) or None
        The share of those asked who will be referred.
    mandatory_reporting : {"none", "professionals", "all"} or None
        Who must report what a child says.
    parental_consent : {"required", "waivable", "opt-out"} or None
        How parents consent.
    assent : bool or None
        Whether each child is asked whether it wants to.
    ethics_approved : bool or None
        Whether an ethics board has approved it.

    Examples
    --------
    >>> from evidencekit.planning import Protection
    >>> Protection(counsellor=True, assent=True).counsellor
    True
    """

    referral_path: Yes = yes_no("Is it written down who helps a child that asks for help, and have they agreed?")
    counsellor: Yes = yes_no("Is a counsellor at hand while people are asked?")
    services_per_week: Num = number("How many children can the services take in a week?", unit="children a week")
    referral_share: Num = share("What share of those asked will be referred?", unknown=(0.05, 0.2), source=_CHILD)
    mandatory_reporting: str | None = choice("Who must report what a child says?", "none", "professionals", "all")
    parental_consent: str | None = choice("How do parents consent?", "required", "waivable", "opt-out")
    assent: Yes = yes_no("Will each child be asked whether it wants to?")
    ethics_approved: Yes = yes_no("Has an ethics board approved it?")

    def __post_init__(self) -> None:
        normalised(self, "protection")


@described
@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """What there is to spend, and what things cost.

    Parameters
    ----------
    currency : str
        Of the budget and the costs.
    budget : number, (low, high) or None
        How much there is to spend.
    interviewers, days : number, (low, high) or None
        How many there are, and how many days each has.
    languages : tuple of str
        In which people answer.
    tablets : bool or None
        Whether people can answer on a tablet by themselves.
    cost_psu, cost_listing, cost_screen : number, (low, high) or None
        Of reaching an area, school or venue; of listing an area; of a visit to a household.
    cost_interview, cost_pupil, cost_online, cost_file : number, (low, high) or None
        Of an interview, of a pupil in class, of an answer from a panel, of reading a case file.

    Examples
    --------
    >>> from evidencekit.planning import Resources
    >>> Resources(currency="USD", budget=60_000).currency
    'USD'
    """

    currency: str = text("In which currency?")
    per_usd: Num = number("How many of the currency are one US dollar?", unit="of the currency", least=1e-6)
    budget: Num = number("How much is there to spend?", unit="of the currency")
    interviewers: Num = number("How many interviewers are there?", unit="people")
    days: Num = number("How many days has each?", unit="days")
    languages: tuple[str, ...] = listed("In which languages do people answer?")
    tablets: Yes = yes_no("Can people answer on a tablet by themselves?")
    cost_psu: Num = number("What does it cost to reach an area, school or venue?", unit="of the currency", unknown=(100, 600))
    cost_listing: Num = number("What does it cost to list an area?", unit="of the currency", unknown=(50, 250))
    cost_screen: Num = number("What does a visit to a household cost?", unit="of the currency", unknown=(1, 8))
    cost_interview: Num = number("What does an interview cost?", unit="of the currency", unknown=(5, 50))
    cost_pupil: Num = number("What does it cost to ask a pupil in class?", unit="of the currency", unknown=(2, 12))
    cost_online: Num = number("What does an answer from a panel cost?", unit="of the currency", unknown=(3, 20))
    cost_file: Num = number("What does it cost to read a case file?", unit="of the currency", unknown=(2, 15))

    def __post_init__(self) -> None:
        normalised(self, "resources")

    @property
    def dollars(self) -> bool:
        """Whether costs are in US dollars, as what is taken for costs that are not known is; so they are where no currency is given."""
        return self.currency.replace(".", "").casefold() in _DOLLARS
