"""An invented country: a national survey of its children, with the truth known, and the list of its areas."""

from evidencekit.fictional.areas import area_list
from evidencekit.fictional.national import FictionalSurvey, national_population, national_survey

__all__ = ["FictionalSurvey", "area_list", "national_population", "national_survey"]
