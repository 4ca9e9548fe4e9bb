# %% [markdown]
# How many children know where to report, district by district? A national survey has few interviews in each. A model of areas lets a
# district borrow from others that are like it, and says so. The country is invented, so what the model gains can be seen.

# %%
from pathlib import Path

import numpy as np

import evidencekit as ek
from evidencekit.disclosure import Publication, Signature, write_tables

knows = "knows_where_to_report"
out = Path("out")
out.mkdir(exist_ok=True)
children = ek.fictional.national_population().reset_index(names="child")
children = children[["child", "area_number", "province", "area", "school", knows]]

# %% Five districts in each province: neighbouring enumeration areas, the towns first.
areas = ek.fictional.area_list()
place = areas.groupby("province").cumcount() * 5 // areas.groupby("province")["area_number"].transform("size")
areas["district"] = areas["province"] + " " + (place + 1).astype(str)
children["district"] = children["area_number"].map(areas.set_index("area_number")["district"])

# %% The survey: 34 areas of each province by lot, 12 children in each. It was made for provinces, and one district was not reached at all.
rng = np.random.default_rng(2026)
reached = areas[areas["district"] != "Far Isles 5"]
chosen = reached.groupby("province").sample(34, random_state=rng)
listed = children[children["area_number"].isin(chosen["area_number"])]
answers = listed.groupby("area_number").sample(12, random_state=rng)
of_areas = areas.groupby("province").size() / 34
answers["weight"] = answers["province"].map(of_areas) * answers["area_number"].map(listed.groupby("area_number").size()) / 12
data = ek.Dataset(answers, labels={knows: "Knows where to report an upsetting experience online"})
survey = ek.Survey(data, weights="weight", strata="province", psu="area_number", population="internet-using children aged 12-17 in Lumora")

# %% What each district's own interviews say: honest intervals, and too wide to plan by.
direct = ek.proportion(survey, knows, by="district")
print(direct, end="\n\n")

# %% What is known of every district from elsewhere, without sampling error: a census has who lives in towns, the ministry who is enrolled.
known = children.groupby("district").agg(children=("child", "size"), urban=("area", lambda a: (a == "urban").mean()))
known["enrolled"] = children.groupby("district")["school"].mean()
known = known.reset_index()

# %% The model, brought to the national share: districts must add up to what the survey says of the country.
benchmark = ek.models.Benchmark(national=ek.proportion(survey, knows), population="children")
model = ek.models.fay_herriot(direct, known, formula="urban + enrolled", benchmark=benchmark)
print(model, end="\n\n")
own_se, model_se = np.nanmedian(model.direct_se), np.median(model.estimate.se)
print(f"median standard error: {own_se:.3f} of districts' own interviews, {model_se:.3f} with the model")

# %% Only here can it be checked: how far each is from what is true of all children of a district.
truth = children.groupby("district")[knows].mean().loc[list(model.estimate.cells.columns["district"])].to_numpy()
own = np.isfinite(model.direct)
print(f"mean distance from the truth: {np.abs(model.direct - truth)[own].mean():.3f} of own interviews, ", end="")
print(f"{np.abs(model.estimate.points - truth)[own].mean():.3f} with the model")
inside = (model.estimate.interval.low <= truth) & (truth <= model.estimate.interval.high)
print(f"{inside.sum()} of {len(truth)} intervals hold the truth", end="\n\n")

# %% A league? The ranks that the data leave open say how little a list from first to last would mean.
print(ek.combining.rank_sets(model.estimate), end="\n\n")

# %% Districts are small places: the data steward looks at each before it is shown, and signs for those that may be.
how = Publication(title="Knows where to report, by district", universe="Lumora, round 1", shows=["n", "percent", "limits"])
safe = ek.release(model.estimate, ledger=ek.Ledger(), publication=how)
print(safe, end="\n\n")
looked_at = [i for i, status in enumerate(safe.status) if status == "review"]
steward = Signature(name="A. Steward (invented)", role="data steward", on="2026-06-30", approves=tuple(looked_at))
signed = safe.signed(steward)
write_tables(signed, out / "districts.html", title="Who knows where to report, by district")

# %% What may be said: of the country by the survey, of a district by the model. The class of inference goes with each.
words = ek.findings.Words(
    did="know where to report an upsetting experience online", people="internet-using children aged 12-17 in Lumora", topic="help-seeking"
)
print(ek.finding(ek.release(ek.proportion(survey, knows)), words=words), end="\n\n")
print(ek.finding(signed, cell={"district": "Amber Coast 5"}, words=words))
