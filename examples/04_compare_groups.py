# %% [markdown]
# Is it more girls than boys, and does the difference survive when age and daily internet use are held equal? From a cross-table to a
# model, and from the model back to shares that anybody can read. The country and every child in it are invented.

# %%
from pathlib import Path

import narwhals as nw

import evidencekit as ek
from evidencekit.disclosure import Publication, Signature, write_tables

out = Path("out")
out.mkdir(exist_ok=True)
fiction = ek.fictional.national_survey()
survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu", population=fiction.population)

# %% The table a report starts with: who answered, weighted and not, with what is missing of which kind. It is written as it is released.
first = ek.tables.table_one(survey, ["age_group", "internet_daily", "helpline_aware"], by="sex", tests=True)
print(first, end="\n\n")
steward = Signature(name="A. Steward (invented)", role="data steward", on="2026-06-30")
shown = Publication(title="Who answered", universe="Lumora, round 1")
ledger = ek.Ledger(out / "ledger.json")
released = ek.release(first.estimates, ledger=ledger, publication=shown)
signed = [table.signed(steward) for table in released]
write_tables(signed, out / "table_one.html", title="Who answered", tests=first.tests)
for table in released:
    ledger = ledger.with_(table.entry)  # what went out is what the next table is audited against

# %% A cross-table with the number of answers beside every cell, and a test that knows the design.
print(ek.tables.crosstab(survey, "sex", "asked_for_image"), end="\n\n")
print(ek.tables.association(survey, "sex", "asked_for_image"), end="\n\n")
print(ek.tables.trend(survey, "asked_for_image", by="age"), end="\n\n")

# %% Held equal: everybody's age and internet use stay as they are, the sex is set to each in turn, and the predictions are averaged.
model = ek.models.logit(survey, "asked_for_image ~ sex + age + internet_daily")
print(model, end="\n\n")
print(ek.models.term_test(model, "sex"), end="\n\n")
shares = ek.models.adjusted(model, "sex")
print(shares, end="\n\n")

# %% The adjusted difference and the adjusted ratio, beside the crude ones: does holding age and internet use equal change the picture?
girl, boy = {"sex": "girl"}, {"sex": "boy"}
crude = ek.proportion(survey, "asked_for_image", by="sex")
for what, est in (("crude", crude), ("adjusted", shares)):
    gap, times = ek.difference(est, girl, boy), ek.ratio_of(est, girl, boy)
    points, low, high = (100 * value[0] for value in (gap.points, gap.interval.low, gap.interval.high))
    print(f"{what}: the share of girls is {points:.1f} points higher ({low:.1f} to {high:.1f}), {times.points[0]:.2f} times that of boys")
print()

# %% Does the difference change with age? An interaction, tested, and the same question in shares.
crossed = ek.models.logit(survey, "asked_for_image ~ sex * age + internet_daily")
print(ek.models.term_test(crossed, "sex:age"), end="\n\n")
print(ek.models.marginal_effects(crossed), end="\n\n")

# %% A domain keeps the design: the same model among those who are online every day.
online = ek.models.logit(survey, "asked_for_image ~ sex + age", where=nw.col("internet_daily") == 1, where_label="online every day")
print(ek.models.adjusted(online, "sex"), end="\n\n")

# %% "No difference" is a result of its own: it needs a margin, named beforehand, and an interval within it.
helpline = ek.proportion(survey, "helpline_aware", by="sex")
print(ek.combining.equivalent(ek.difference(helpline, girl, boy), margin=0.05), end="\n\n")

# %% What may be said, in words that follow the interval.
words = ek.findings.Words(
    did="received an unwanted request online for a sexual image",
    groups={"sex": {"girl": "girls aged 12-17 who are online", "boy": "boys aged 12-17 who are online"}},
    recall="in the past 12 months",
    held={"age": "age", "internet_daily": "daily internet use"},
)
by_sex = Publication(title="Asked for an image, by sex", universe="Lumora, round 1")
safe = ek.release(crude, ledger=ledger, publication=by_sex)
ledger = ledger.with_(safe.entry)
for cell in (girl, boy):
    print(ek.finding(safe, cell=cell, words=words).headline())
print()

# %% The answer to the question at the top: what was counted, and what a model says with the two things held equal, one below the other. The
# second says in its own sentence that it is a model's; a ratio stands only where its two shares do.
pairs, plan = [(girl, boy)], "plan of analysis, May 2026"
claims = [ek.findings.compare(one, pairs, words=words, times=True, plan=plan)[0] for one in (safe, ek.release(shares))]
find = ek.finding(safe, cell=girl, words=words, claims=claims)
print(find, end="\n\n")
find.save(out / "girls_and_boys.json")

# %% A draft that makes a cause of what a model says is told.
register = ek.findings.Register([find.entry(), *(claim.entry() for claim in claims)])
draft = "With age and daily internet use held equal, the difference is 4 percentage points"
print(ek.check_text(f"{draft}.", register), ek.check_text(f"{draft}, because they are girls.", register), sep="\n\n")
