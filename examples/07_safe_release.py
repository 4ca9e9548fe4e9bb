# %% [markdown]
# What may be shown. A table of small numbers is hidden where it must be, and proven not to give away what it hides; a second table is
# audited against the first; a steward signs; records are recoded before they leave. The country and every child in it are invented.

# %%
from pathlib import Path

import narwhals as nw
import numpy as np

import evidencekit as ek
from evidencekit.disclosure import Publication, Signature, before_and_after, microdata, noise, tables

out = Path("out")
out.mkdir(exist_ok=True)
fiction = ek.fictional.national_survey()
survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu", population=fiction.population)

# %% A table that hides its small cells, and then those that would give them away: of each hidden number anything from none to ten (or
# to as many as its margins hold) must stay possible for whoever sees the rest.
by_place = ek.proportion(survey, "image_shared", by=["province", "sex"])
safe = ek.release(by_place)
print(safe, safe.cost, safe.audited, sep="\n", end="\n\n")

# %% What would be known if only the small cells were hidden, and what is known as it is released. For those inside, not to be published.
before_and_after(by_place, safe, title="Had a private image shared: number of children").save(out / "before_and_after.png")

# %% The ledger holds what went out. The first table is by sex, of all ages.
ledger = ek.Ledger(out / "ledger.json")
ages = {"age": (12, 13, 14, 15, 16, 17)}
first = ek.release(
    ek.proportion(survey, "image_shared", by="sex"),
    ledger=ledger,
    publication=Publication(title="Images shared, by sex", universe="Lumora, round 1", where=ages),
)
print(first.published(), end="\n\n")  # what goes out: whole percent, and limits that are rounded outwards
ledger = ledger.with_(first.entry)
print(first, ledger, sep="\n", end="\n\n")

# %% A second one of those aged 13 to 17 would tell, together with the first, how many boys aged 12 said so: fewer than ten.
older = ek.proportion(survey, "image_shared", by="sex", where=nw.col("age") >= 13, where_label="aged 13-17")
second = Publication(title="Images shared, by sex, 13-17", universe="Lumora, round 1", where={"age": ages["age"][1:]})
try:
    ek.release(older, ledger=ledger, publication=second)
except ek.errors.Refused as refused:
    print(f"refused: {refused}", end="\n\n")

# %% A named steward signs the first; the release file holds the table, the rules, what was audited, and the signature.
signed = first.signed(Signature(name="A. Steward (invented)", role="data steward", on="2026-06-30"))
signed.save(out / "release.json")
print(*signed.statement, sep="\n", end="\n\n")  # for the methods annex
print(ek.finding(signed, cell={"sex": "girl"}), end="\n\n")

# %% Where every cell must be shown, all counts can be rounded so that margins still add up. What rounding gives away is audited too.
cases = np.array([[29, 27], [22, 25], [30, 36], [21, 33], [18, 30], [16, 40]])
system = tables.cube(cases)
rounded = tables.controlled_rounding(system, base=5, progress=False)
print(rounded, tables.audit_rounding(rounded, system), sep="\n", end="\n\n")

# %% Counts with noise whose strength is known (differential privacy): its accuracy is printed with it.
print(noise.noisy_counts(cases, epsilon=1.0, cells_per_person=1, seed=2**70 + 7), end="\n\n")

# %% Rows that are to leave: how well could somebody be found in them, before a plan is carried out, and after?
plan = microdata.Plan(
    [
        microdata.DropColumns(columns=["stratum", "psu", "age_group", "eligible_children"]),
        microdata.Recode(column="age", ladder=microdata.Ladder([microdata.Bands((12, 14, 16, 18))])),
        microdata.TopBottom(column="hours_online", k=20, sides="top"),
        microdata.SuppressLocally(k=5),
    ],
    keys=["province", "area", "sex", "age", "school"],
    weights="weight",
)
leaving = microdata.protect(fiction.data, plan)
print(microdata.risk(fiction.data, keys=plan.keys, weights="weight"), leaving, sep="\n\n", end="\n\n")
print(microdata.risk(leaving.data, keys=plan.keys, weights="weight"))
print("\nwritten to out/: before_and_after.png, ledger.json, release.json")
