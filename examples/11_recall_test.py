# %% [markdown]
# Is a finding remembered? Two versions of a page are tested on staff at trainings: how many are needed, who reads which, the two forms,
# what people typed, and what may be said of it. The country, its survey, the trainings and everybody at them are invented.

# %%
from pathlib import Path

import numpy as np
import pandas as pd

import evidencekit as ek

out = Path("out")
out.mkdir(exist_ok=True)
recall = ek.findings.recall
fiction = ek.fictional.national_survey()
survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu", population="children aged 12-17 in Lumora")
words = ek.findings.Words(did="were sent unwanted sexual messages", people="children aged 12-17 in Lumora", recall="in the past year")
find = ek.finding(ek.release(ek.proportion(survey, "any_contact_unwanted")), words=words)
print(find, end="\n\n")

# %% Version A of the page gives the percentage, version B the headline above with a picture. Whole trainings read one version.
print(recall.plan(0.35, 0.65, loss=0.15, sessions=recall.Sessions(size=12, icc=0.05)), end="\n\n")
people = pd.DataFrame({"card": range(1001, 1193), "training": np.repeat(range(1, 17), 12)})
versions = recall.assign(people, id="card", session="training", seed=2026)
versions.save(out / "versions.csv")
print(versions, end="\n\n")

# %% One form for the training, one for two days later; which option is right stands in neither.
kit = recall.forms(find, seed=2026, contact="the trainer", help="Lumora Child Helpline (invented): 000, day and night.")
kit.save(out)
print(kit, "options shown:", *kit.options, sep="\n  ", end="\n\n")

# %% Invented answers, of the 85 in 100 who are reached: with version B more remember; some type what only a person can read.
rng = np.random.default_rng(2026)
reached = rng.random(len(people)) < 0.85
knows = rng.random(len(people)) < np.where(np.array(versions.arms) == "B", 0.65, 0.35)
right, wrong = ("1 in 6", "one in six", "16%", "about 15 in 100"), ("a third", "5 percent", "1 in 50", "a lot")
typed = [rng.choice(right if one else wrong) for one in knows]
remembers = np.where(knows | (rng.random(len(people)) < 0.5), "yes", "98")
answers = people.assign(
    remembers=remembers,
    number_said=np.where(remembers == "yes", typed, ""),
    nearest=[kit.inside if one else rng.choice(["1", "2", "3", "98"]) for one in knows],
)[reached]

# %% Read by the grammar; the rest by a person who does not know the version.
coded = recall.code(answers, find, id="card", nearest=("nearest", kit.inside))
print(coded, end="\n\n")
by_hand = answers.assign(coder=np.where(np.isin(np.arange(len(answers)), coded.unread), "wrong", ""))
coded = recall.code(by_hand, find, id="card", nearest=("nearest", kit.inside), coders=recall.Coders(first="coder"))

# %% What may be said: of these people, with everybody counted as assigned.
made = recall.analyse(coded, versions, days=2, secondary={"nearest_right": "chose the nearest fraction"})
print(made)
made.to_frame().to_csv(out / "recall_test.csv", index=False)
