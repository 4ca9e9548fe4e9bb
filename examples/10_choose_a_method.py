# %% [markdown]
# Three places, three methods: what fits each, what it would cost, and what it would find, before anybody is asked. A context says what a
# team knows of the place it works in, and leaves open what it does not know. `recommend` refuses what would not be safe, ranks what is
# left, and says what to find out first; `diagnose` carries a plan out many times on a computer. The places and their numbers are invented.

# %%
import warnings
from dataclasses import replace
from pathlib import Path

import evidencekit as ek
from evidencekit.planning import Access, Outcome, Population, Protection, Resources, Safety

out = Path("out")
out.mkdir(exist_ok=True)

# %% A capital with a recent census, a path for referral and money for visits.
ready = Protection(
    referral_path=True,
    counsellor=True,
    services_per_week=60,
    mandatory_reporting="professionals",
    parental_consent="opt-out",
    assent=True,
    ethics_approved=True,
)
private = Safety(perpetrator_may_live_in_home=True, privacy_possible=True, remote_only=False, device_shared=False, conflict=False)
capital = ek.Context(
    name="the capital",
    population=Population(who="children aged 12-17 in the capital", age_min=12, age_max=17, out_of_school=(0.05, 0.12), offenders=False),
    access=Access(
        household_frame="census", frame_age_years=3, listing_affordable=True, eligible=0.3, household_response=0.9, response=0.85
    ),
    outcome=Outcome(name="were sent unwanted sexual messages", p=0.12, rho=0.03, sensitive=True),
    safety=private,
    protection=ready,
    resources=Resources(
        currency="USD",
        budget=120_000,
        interviewers=20,
        days=40,
        tablets=True,
        cost_psu=300,
        cost_listing=150,
        cost_screen=4,
        cost_interview=35,
    ),
)

# %% Remote islands: nobody can list households, but nearly all children go to school and the ministry opens the schools.
islands = replace(
    capital,
    name="the outer islands",
    population=Population(who="children aged 12-17 on the islands", age_min=12, age_max=17, out_of_school=(0.03, 0.08), offenders=False),
    access=Access(household_frame="none", listing_affordable=False, school_frame=True, schools_willing=True, response=0.85),
    resources=Resources(currency="USD", budget=60_000, interviewers=8, days=40, tablets=True, cost_psu=700, cost_listing=40, cost_pupil=6),
)

# %% A country where nobody can be visited: young adults are asked online.
online = ek.Context(
    name="online only",
    population=Population(who="internet users aged 18-24", age_min=18, age_max=24, internet_users_only=True, offenders=False),
    access=Access(panel_vendor=True, internet=0.95, response=0.6, listing_affordable=False),
    outcome=Outcome(name="were sent unwanted sexual messages", p=0.2, rho=0.0, sensitive=True),
    safety=Safety(privacy_possible=True, remote_only=True, device_shared=False, conflict=False),
    protection=Protection(ethics_approved=True),
    resources=Resources(currency="USD", budget=15_000, cost_online=6),
)

# %% What fits each: the first plan, with its reason, and everything else on a page.
best = {}
for context in (capital, islands, online):
    advice = ek.recommend(context)
    advice.save(out / f"{context.name.replace(' ', '_')}.html")
    best[context.name] = advice.plans[0]
    print(advice, end="\n\n")
print({name: plan.method for name, plan in best.items()}, end="\n\n")

# %% What each would find, if all say what is so, and if one in four of those it happened to does not say so.
for plan in best.values():
    honest = ek.planning.Truth.of(plan.context)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ek.errors.EvidencekitWarning)  # that intervals miss what is not said: the table shows it
        proof = ek.diagnose(plan, sims=100, seed=1, truth=[honest, replace(honest, sensitivity=0.75)])
    print(proof, end="\n\n")
proof.picture().save(out / "online_only.svg")

# %% One invented survey in the capital, from its answers to a sentence.
method = ek.method_named(best["the capital"].method)
answers = method.simulate(capital, seed=2026)
find = ek.finding(
    ek.release(method.analyse(answers.data)), words=ek.findings.Words(did="were sent unwanted messages, in an invented survey")
)
print(find.headline())
