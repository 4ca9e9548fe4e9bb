"""A context in which every gate is open, to change one answer of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import evidencekit as ek


def safe(values: Mapping[str, Any] | None = None) -> ek.Context:
    """A capital in which children can be asked; `values` are answered otherwise."""
    planning = ek.planning
    context = ek.Context(
        name="Lumora",
        population=planning.Population(
            who="children", age_min=12, age_max=17, out_of_school=0.1, offenders=False, hidden=False, size=90_000
        ),
        access=planning.Access(
            household_frame="census",
            frame_age_years=3,
            listing_affordable=True,
            school_frame=True,
            schools_willing=True,
            panel_vendor=True,
            venues=True,
            frontline_list=True,
            case_files=True,
            internet=0.9,
            eligible=0.3,
            household_response=0.9,
            response=0.85,
            substitution=False,
        ),
        outcome=planning.Outcome(p=0.12, rho=0.03, sensitive=True, out_of_school_ratio=1.5, offline_ratio=0.5, trend=False),
        safety=planning.Safety(
            perpetrator_may_live_in_home=False, privacy_possible=True, remote_only=False, device_shared=False, conflict=False
        ),
        protection=planning.Protection(
            referral_path=True,
            counsellor=True,
            services_per_week=500,
            referral_share=0.14,
            mandatory_reporting="professionals",
            parental_consent="opt-out",
            assent=True,
            ethics_approved=True,
        ),
        resources=planning.Resources(
            currency="USD",
            budget=120_000,
            interviewers=20,
            days=40,
            tablets=True,
            languages=("Lumoran",),
            cost_psu=300,
            cost_listing=150,
            cost_screen=4,
            cost_interview=35,
        ),
    )
    return context.settled(values or {})
