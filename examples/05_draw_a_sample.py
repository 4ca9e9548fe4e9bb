# %% [markdown]
# From a list of enumeration areas to field sheets, weights and an estimate; and how well the design does when it is drawn again and again.
# The country is invented, so the truth is known.

# %%
import shutil
from pathlib import Path

import numpy as np

import evidencekit as ek
from evidencekit import sampling

told = "any_contact_unwanted"
label = ek.fictional.national_survey().data.labels[told]
areas = ek.fictional.area_list()
children = ek.fictional.national_population().reset_index(names="child")
truth = float((children[told] == 1).mean())
out = Path("out")
out.mkdir(exist_ok=True)

# %% How many: about one child in six, with a relative standard error of 8 %, where reaching an area costs as much as a dozen interviews.
plan = sampling.costed_plan(
    0.16,
    rse=0.08,
    rho=0.03,
    cv_weights=0.5,
    costs=sampling.Costs(psu=300, listing=150, screen=4, interview=35),
    fieldwork=sampling.Fieldwork(eligible=0.9, household_response=0.95, response=0.95),
)
print(plan, end="\n\n")

# %% Where: areas shared between town and country, drawn in proportion to their households, ordered by province.
frame = ek.Frame(areas, id="area_number", size="households", strata="area", order="province")
print(sampling.check_frame(areas, id="area_number", size="households", strata="area"), end="\n\n")
shared = sampling.allocate(areas.groupby("area")["households"].sum().to_dict(), round(plan.psus), minimum=25)
print(shared, end="\n\n")


def drawn(seed: int) -> sampling.MultiStage:
    """Areas, households in them, one child in each."""
    first = sampling.pps_systematic(frame, shared, seed=seed)
    listed = children[children["area_number"].isin(first.sample["area_number"])]  # teams list the households of the areas drawn
    homes = ek.Frame(listed.drop_duplicates("household")[["household", "area_number", "area"]], id="household", strata="area_number")
    second = sampling.systematic(homes, sampling.in_each(homes, round(plan.households_per_psu)), seed=seed)
    roster = listed.loc[listed["household"].isin(second.sample["household"]), ["child", "household"]]
    third = sampling.one_respondent(ek.Frame(roster, id="child", strata="household"), seed=seed)
    return sampling.multistage(first, second, third)


def answered(sample: sampling.MultiStage, seed: int) -> tuple[sampling.Answered, ek.Survey]:
    """In towns 85 % of the children drawn answer, elsewhere 95 %; their weights make up for it."""
    reached = np.random.default_rng(seed).random(len(children)) < np.where(children["area"] == "urban", 0.85, 0.95)
    asked = children[reached & children["child"].isin(sample.sample["child"])]
    answers = ek.Dataset(asked[["child", told]].assign(result="done"), labels={told: label})
    made = sampling.with_answers(sample, answers, columns=["area"], silent={"result": "not reached"})
    survey = ek.Survey(made.sample, design=made.design, population="internet-using children in Lumora (an invented country)")
    results = ek.weighting.Dispositions("result", respondent="done", not_contacted="not reached")
    return made, ek.weighting.adjust_nonresponse(survey, results, by="area")


# %% The draw: its record shows that it was fair, and the sheets take it to the field.
sample = drawn(seed=2026)
first = sample.draws[0]
print(first, sample, sep="\n", end="\n\n")
(out / "draw.json").write_text(first.record.to_json(), encoding="utf-8")
record = sampling.Record.from_json((out / "draw.json").read_text(encoding="utf-8"))
print(sampling.verify(record, frame), end="\n\n")
shutil.rmtree(out / "areas", ignore_errors=True)  # from an earlier run of this lesson: sheets are never written over
for sheet in sampling.field_sheets(
    first, out / "areas", columns=["area_number", "province", "area", "households"], blank=["visited on", "result"]
):
    print(sheet)

# %% The answers come back: weights and stages from the draw, rows for those who were not reached, and the sentence it all carries.
made, survey = answered(sample, seed=2026)
print(made, end="\n\n")
estimate = ek.proportion(survey, told)
print(estimate, f"truth: {truth:.4f}", ek.finding(ek.release(estimate)), sep="\n", end="\n\n")

# %% Drawn again and again: how often does the interval hold the truth, and is the standard error what the estimates really vary by?
points, errors, held = [], [], 0
for seed in range(100):
    est = ek.proportion(answered(drawn(seed), seed)[1], told)
    points.append(est.points[0])
    errors.append(est.se[0])
    held += int(est.interval.low[0] <= truth <= est.interval.high[0])
print(f"100 samples: average {np.mean(points):.4f} (truth {truth:.4f}); {held} of 100 intervals hold the truth")
print(f"they vary by {np.std(points):.4f}, and their standard errors say {np.mean(errors):.4f}")
print("\nwritten to out/: draw.json, areas/")
