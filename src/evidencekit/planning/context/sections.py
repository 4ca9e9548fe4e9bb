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
    """Whom the number is to be about."""

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
    """Whom one can reach, and by which lists."""

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
    """What is to be known, and how well."""

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
    """What could harm somebody who is asked."""

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
    """What stands ready for somebody who needs help, and by which rules they are asked."""

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
    """What there is to spend, and what things cost."""

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
