# %% [markdown]
# From selection probabilities to analysis weights, one step at a time, and what each step does to the weights and to the headline.
# The survey is fictional, so the truth is known; here a fifth of the children drawn, more boys than girls, did not answer.

# %%
from pathlib import Path

import numpy as np

import evidencekit as ek

fiction = ek.fictional.national_survey()
rng = np.random.default_rng(3)
frame = fiction.frame.copy()
refuses = rng.random(len(frame)) < np.where(frame["sex"] == "boy", 0.3, 0.1)
frame["result"] = np.where(refuses, "refused", "complete")
frame.loc[refuses, "any_contact_unwanted"] = np.nan
frame["chance"] = 1 / frame["weight"]  # of the child, all stages together
people = frame["weight"].groupby(frame["sex"]).sum().round(-3)  # a census would say this
provinces = frame["weight"].groupby(frame["province"]).sum()
provinces *= people.sum() / provinces.sum()
data = ek.Dataset(frame, labels=fiction.labels, value_labels=fiction.value_labels, missing=fiction.missing)
told = "any_contact_unwanted"

# %% Base weights: one over the probability of every stage.
based = ek.weighting.base_weights(data, probabilities=("chance",), name="base")
survey = ek.Survey(based, weights="base", strata="stratum", psu="psu", population=fiction.population)

# %% Who answered: every label of the result has a kind, and response rates follow the AAPOR definitions.
results = ek.weighting.Dispositions("result", respondent="complete", refused="refused")
print(ek.weighting.response_rates(survey, results, by="sex"), end="\n\n")

# %% Respondents speak for those like them; then the weights are raked to what a census knows, and the largest are trimmed.
answered = ek.weighting.adjust_nonresponse(survey, results, by="sex")
raked = ek.weighting.rake(answered, {"sex": people.to_dict(), "province": provinces.to_dict()})
trimmed = ek.weighting.trim(raked, upper=3 * float(raked.w[raked.w > 0].mean()))
again = ek.weighting.rake(trimmed, {"sex": people.to_dict(), "province": provinces.to_dict()})
print(ek.weighting.report(again), end="\n\n")

# %% Replicates do every step again, so that the interval knows about all of them.
replicated = ek.weighting.bootstrap(again, seed=1)
surveys = {"base": survey, "non-response": answered, "raked": raked, "trimmed": trimmed, "raked again": again, "bootstrap": replicated}
steps = ek.weighting.steps(surveys, lambda each: ek.proportion(each, told))
print(steps)
print(f"the truth, known because the survey is fictional: {fiction.truth[told]:.4f}")

# %% The headline at the end, and a picture of what each step did to the weights and to the headline.
find = ek.finding(ek.release(ek.proportion(replicated, told)))
print("\n", find, sep="")
out = Path("out")
out.mkdir(exist_ok=True)
ek.weighting.report(again).to_frame().to_csv(out / "weights.csv", index=False)
steps.picture(caption=f"{fiction.labels[told]}: {fiction.population}").save(out / "weights_steps.png")
find.save(out / "weights.json")
print("\nwritten to out/: weights.csv, weights_steps.png, weights.json")
