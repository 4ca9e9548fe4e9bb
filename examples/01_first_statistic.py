# %% [markdown]
# A first statistic: from a fictional national survey of children to shares with honest intervals, beside the known truth.

# %%
from pathlib import Path

import evidencekit as ek

fiction = ek.fictional.national_survey()
data = ek.Dataset(fiction.frame, labels=fiction.labels, value_labels=fiction.value_labels, missing=fiction.missing)
survey = ek.Survey(data, weights="weight", strata="stratum", psu="psu", population=fiction.population)
print(survey, end="\n\n")

# %% The share of children, by sex, and what a generator that knows every child says it is.
estimate = ek.proportion(survey, "any_contact_unwanted", by="sex")
print(estimate)
for sex in ("boy", "girl"):
    print(f"truth for a {sex}: {fiction.truth['any_contact_unwanted', 'sex', sex]:.3f}")

# %% The table, for the report's annex.
out = Path("out")
out.mkdir(exist_ok=True)
estimate.to_frame().to_csv(out / "first_statistic.csv", index=False)
print("\nwritten: out/first_statistic.csv")
