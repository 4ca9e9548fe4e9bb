# %% [markdown]
# A first statistic: from a fictional national survey of children to a sentence, a picture and a record, beside the known truth.

# %%
from pathlib import Path

import evidencekit as ek

fiction = ek.fictional.national_survey()
survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu", population=fiction.population)
print(survey, end="\n\n")

# %% The share of children, by sex, and what the generator, which knows every child, says it is.
estimate = ek.proportion(survey, "any_contact_unwanted", by="sex")
print(estimate)
for sex in ("boy", "girl"):
    print(f"truth, {sex}: {fiction.truth['any_contact_unwanted', 'sex', sex]:.3f}")

# %% Is it really higher among girls? The difference uses the covariance between the two.
print("\n", ek.difference(estimate, {"sex": "girl"}, {"sex": "boy"}), sep="")

# %% What may be shown, and the sentence that follows from the interval.
safe = ek.release(estimate)
print("\n", safe, sep="")
action = ek.Action(
    actor="the Ministry of Education",
    act="teach every pupil where to report",
    deadline="the 2027 school year",
    marker="share of pupils who know where to report",
)
find = ek.finding(safe, cell={"sex": "girl"}, action=action)
print("\n", find, sep="")

# %% The table, the pictures and the record, for the report.
out = Path("out")
out.mkdir(exist_ok=True)
safe.to_frame().to_csv(out / "first_statistic.csv", index=False)
find.picture("icons").save(out / "first_statistic_icons.svg")
find.picture("dots").save(out / "first_statistic_dots.png")
find.save(out / "first_statistic.json")
print("\nwritten to out/: first_statistic.csv, first_statistic_icons.svg, first_statistic_dots.png, first_statistic.json")
