# %% [markdown]
# From questions to validated answers, and from those to a number: the form, its protections, the tablet's file, the codebook, answers with
# errors in them, what validation finds, the quality of fieldwork, and one indicator under several definitions.
# The form can be adapted and used; the country, the children, the interviewers and every answer are invented.

# %%
import runpy
from pathlib import Path

import pandas as pd

import evidencekit as ek
from evidencekit import instrument

shipped = runpy.run_path(str(Path(__file__).parent / "instruments" / "online_experiences.py"))
out = Path("out")
out.mkdir(exist_ok=True)

# %% The form as it ships. The lint looks at how it protects those who answer; what it finds here is for the team to write.
print(shipped["form"], instrument.lint(shipped["form"]), sep="\n")
help_resources = {"English (en)": "The children's helpline of Lumora (invented)", "Français (fr)": "La ligne d'écoute de Lumora (inventée)"}
form = shipped["online_experiences"](help_resources)
print(f"with a text for the help: {instrument.lint(form)}", end="\n\n")

# %% The tablet's file (ODK, KoboToolbox, SurveyCTO) holds the whole form; the codebook is for whoever reads the answers.
tablet = form.to_xlsform(out / "online_experiences.xlsx")
print("read back, the tablet's file is the same form:", ek.Instrument.from_xlsform(tablet) == form, end="\n\n")
instrument.codebook(form, out / "codebook.html")

# %% Invented answers: the shares are chosen, areas and interviewers differ, and 3 interviews in 100 have an error of a known kind.
shares = {
    "sex": {"girl": 0.49, "boy": 0.50},
    "internet_user": 0.85,
    "interviewed_alone": 0.97,
    **{"unwanted_content": 0.05, "sexual_talk": 0.03, "image_requested": 0.02, "image_taken": 0.01, "image_shared": 0.03},
    **{"benefit_offered": 0.03, "benefit_coerced": 0.30, "threatened": 0.03, "livestream_asked": 0.01, "image_altered": 0.01},
    **{"adult_contact": 0.10, **dict.fromkeys(shipped["ADULT_SIGNS"], 0.20), "met_in_person": 0.10, "meeting_unwanted_act": 0.05},
}
answers = instrument.fictional_answers(
    form,
    2400,
    seed=6,
    prevalence=shares,
    clusters=instrument.Clusters(number=60),
    interviewers=instrument.Interviewers(number=12),
    missing=instrument.MissingRates({ek.Missing.DONT_KNOW: 0.003, ek.Missing.REFUSED: 0.006}),
    errors=0.03,
)
print(answers, end="\n\n")

# %% Validation: every rule of the form in one pass. It gives counts and positions of rows, never an answer.
report = ek.validate(answers, form, by="interviewer", unique="key")
print(report, end="\n\n")
worst = report.by_level().groupby("interviewer")["rows"].sum().nlargest(3)
print(f"most findings: {', '.join(f'{who} {rows}' for who, rows in worst.items())}", end="\n\n")

# %% Corrections: a table, each with its reason. What the form does not allow becomes a blank, and two interviews under one key get a key
# each; no interview is dropped. The log has positions, items and reasons, and no answer: it can go to whoever looks after the fieldwork.
frame = answers.frame
wrong = [
    (row, outcome.rule.item, "blank", None, outcome.rule.id)
    for outcome in report.failing
    if outcome.rule.kind in ("code", "constraint", "exclusive", "skip")
    for row in outcome.positions.tolist()
]
backwards = pd.to_datetime(frame["end"]) <= pd.to_datetime(frame["start"])  # times are no questions: the form has no rule for them
wrong += [(row, "end", "blank", None, "ends before it starts") for row in backwards.to_numpy().nonzero()[0].tolist()]
again = frame.groupby("key").cumcount()
wrong += [(row, "key", "replace", f"{frame['key'][row]}-{again[row]}", "a key for each") for row in again.to_numpy().nonzero()[0].tolist()]
table = pd.DataFrame(wrong, columns=["row", "item", "action", "new", "reason"]).drop_duplicates(["row", "item"])
for name in ("key", "start"):  # keys that stand twice tell nobody apart: a key and a start do
    table[name] = frame[name].iloc[table["row"]].tolist()
done = instrument.corrected(answers, table, id=("key", "start"))
print(done)
print(done.log[["row", "item", "action", "reason", "rules_before", "rules_after"]].head(3), end="\n\n")
frame = done.data.frame

# %% Because the errors were planted, it can be said which were found.
found = {(row, outcome.rule.item) for outcome in report.failing for row in outcome.positions.tolist()}
found |= {(row, "end") for row in backwards.to_numpy().nonzero()[0].tolist()}
planted = answers.planted_frame()
planted["found"] = [(row, column) in found for row, column in zip(planted["row"], planted["column"], strict=True)]
print(planted.groupby("kind")["found"].agg(planted="size", found="sum"))
print("An interview that copies another breaks no rule: it stays in, and only an interviewer with many of them stands out below.\n")

# %% The quality of fieldwork, for the supervisor, with interviewers' codes only. A flag is a reason to look, never a proof.
quality = instrument.fieldwork_quality(answers, form, interviewer="interviewer", start="start", end="end")
quality.save(out / "quality.html")
print(quality, end="\n\n")

# %% Those who took part, with labels and kinds of missing: a question that was not asked is told from one that was not answered.
children = 215_000
part = frame[frame["assent"] == 1].copy()
part["weight"] = children / part["area"].nunique() / part.groupby("area")["key"].transform("size")  # areas are taken to be of one size
data = instrument.dataset(part, form, language="en")
print(data, instrument.denominator(data, form, "told_anyone"), sep="\n", end="\n\n")
survey = ek.Survey(data, weights="weight", psu="area", population="children aged 12-17 in Lumora (an invented country)")

# %% An indicator of the catalogue finds its questions by their names. How much turns on refusals is shown; `complete` leaves them all out.
any_form = ek.indicator("V14")
made = ek.prevalence(survey, any_form)
print(made)
for among, est in made.denominators.items():
    print(f"among {among}: {est.points[0]:.1%} ({est.interval.low[0]:.1%} to {est.interval.high[0]:.1%})")
print("", ek.prevalence(survey, ek.indicator("H01")), sep="\n", end="\n\n")

# %% The number depends on what is counted, often more than on the sample.
print(ek.compare_definitions(survey, [any_form, ek.indicator("V13"), ek.indicator("V06")]), end="\n\n")

# %% How many children: the share of all is multiplied up, because a coverage from the same survey would not be independent of it.
among_all = made.denominators["all"]
print(ek.headcount(among_all, coverage=1, population=(children, 4_000)), end="\n\n")

# %% What may be shown: a group too small for it takes another with it, or it could be worked out. And what may be said.
print(ek.release(ek.prevalence(survey, any_form, by="sex").estimate), end="\n\n")
find = ek.finding(ek.release(among_all))
print(find)
find.save(out / "finding.json")
print("\nwritten to out/: online_experiences.xlsx, codebook.html, quality.html, finding.json")
