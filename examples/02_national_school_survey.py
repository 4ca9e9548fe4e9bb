# %% [markdown]
# A real national survey, from the SPSS file to the published numbers: the Youth Risk Behavior Survey 2019 of 13,677 high-school
# students in the United States. The file is in the public domain: look for "YRBSS data and documentation" at the US Centers for Disease
# Control and Prevention, and take the 2019 national high-school file for SPSS. Then: python examples/02_national_school_survey.py PATH

# %%
import sys
from pathlib import Path

import numpy as np

import evidencekit as ek

if len(sys.argv) != 2:
    sys.exit(__doc__ or "Give the path of the SPSS file: python examples/02_national_school_survey.py PATH")

data = ek.read(sys.argv[1])
frame = data.frame.copy()
frame["sex"] = frame["Q2"].map({1.0: "girl", 2.0: "boy"})
frame["grade"] = frame["Q3"].map({1.0: 9, 2.0: 10, 3.0: 11, 4.0: 12}).astype("Int64")
race = {3.0: "Black", 5.0: "White", 6.0: "Hispanic or Latino", 7.0: "Hispanic or Latino"}
frame["race"] = frame["raceeth"].map(race).where(frame["raceeth"].isin(race), frame["raceeth"].where(frame["raceeth"].isna(), "Other"))
words = {
    "QN24": "electronically bullied, past 12 months",
    "QN23": "bullied at school, past 12 months",
    "QN20": "sexual violence by anyone, past 12 months",
    "QN21": "sexual dating violence, past 12 months, among those who dated",
    "QN22": "physical dating violence, past 12 months, among those who dated",
    "QN81": "have physical education classes",
}
for name in words:
    frame[name] = frame[name].map({1.0: 1, 2.0: 0})  # the file has 1 for yes and 2 for no
data = ek.Dataset(frame, labels=words)
survey = ek.Survey(data, weights="weight", strata="stratum", psu="psu", population="high-school students in the United States, 2019")
print(survey, end="\n\n")

# %% The published shares (Basile et al., MMWR Suppl 2020;69(1)), to one decimal: 15.7, 19.5, 10.8, 8.2, 8.2.
published = {"QN24": 15.7, "QN23": 19.5, "QN20": 10.8, "QN21": 8.2, "QN22": 8.2}
shares = ek.proportion(survey, list(published), interval="xlogit")
for name, p, low, high, df in zip(published, shares.points, shares.interval.low, shares.interval.high, shares.df, strict=True):
    print(f"{words[name]:65} {100 * p:5.1f} ({100 * low:.3f} to {100 * high:.3f}), df {df:.0f}; published {published[name]}")
assert np.array_equal(np.round(100 * shares.points, 1), list(published.values()))

# %% By sex, race or ethnicity, and grade.
for by in ("sex", "race", "grade"):
    print("\n", ek.proportion(survey, "QN24", by=by, interval="xlogit"), sep="")

# %% Girls and boys: the difference, with the covariance between them.
bullied = ek.proportion(survey, "QN24", by="sex", interval="xlogit")
print("\n", ek.difference(bullied, {"sex": "girl"}, {"sex": "boy"}), sep="")

# %% Does it survive when grade and race or ethnicity are held equal? A table with n beside every cell, a test, a model, adjusted shares.
print("\n", ek.tables.crosstab(survey, "sex", "QN24", interval="xlogit"), sep="")
print("\n", ek.tables.association(survey, "sex", "QN24"), sep="")
model = ek.models.logit(survey, "QN24 ~ sex + C(grade) + race")
print("\n", ek.models.term_test(model, "sex"), sep="")
adjusted = ek.models.adjusted(model, "sex")
print("\n", adjusted, "\n\n", ek.difference(adjusted, {"sex": "girl"}, {"sex": "boy"}), sep="")

# %% What may be shown, a headline and a picture.
safe = ek.release(bullied)
print("\n", safe, sep="")
find = ek.finding(safe, cell={"sex": "girl"})
print("\n", find, sep="")
out = Path("out")
out.mkdir(exist_ok=True)
safe.to_frame().to_csv(out / "school_survey.csv", index=False)
find.picture("icons").save(out / "school_survey_icons.png")
find.picture("dots").save(out / "school_survey_dots.svg")
find.save(out / "school_survey_finding.json")

# %% And a page: the share of girls, that it is larger than that of boys, and a place where a lesson can reach pupils.
whom = "high-school students in the United States"
told = ek.findings.Words(
    did="were bullied electronically",
    groups={"sex": {"girl": "girls in US high schools", "boy": "boys in US high schools"}},
    recall="in the past 12 months",
)
basis = ek.findings.Basis(
    harm="electronic bullying",
    recall="past 12 months",
    age="grades 9-12",
    denominator="all students",
    mode="on paper, in class",
    frame="schools, then classes",
    place="United States",
    time="2019",
)
more = ek.findings.compare(safe, [({"sex": "girl"}, {"sex": "boy"})], words=told, plan="breakdowns of the published report")
classes = ek.release(ek.proportion(survey, "QN81", interval="xlogit"))
reach = ek.findings.Words(did="have a physical education class in the week, where a lesson can reach them", people=whom, topic="solution")
findings = [
    ek.finding(safe, cell={"sex": "girl"}, words=told, basis=basis, claims=more, id="yrbs-2019-01"),
    ek.finding(classes, words=reach, basis=basis, id="yrbs-2019-02"),
]
made = ek.brief(
    findings,
    out / "school_survey.docx",
    title="Bullied online: high-school students in the United States, 2019",
    content_note="This page is about bullying of students.",
    help="Name the help-line of the place where this page is read, and when it answers.",
    methods=["Students answered on paper in class (Youth Risk Behavior Survey 2019, public file)."],
)
print("\n", more[0], "\n\n", made, sep="")
