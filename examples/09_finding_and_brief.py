# %% [markdown]
# From released numbers to a page that somebody can act on: findings told in words, held against rules, a register of claims, a draft that
# is checked against it, and a brief in Word, HTML and as a slide. The country, its survey and its help-line are invented.

# %%
from pathlib import Path

import evidencekit as ek

out = Path("out")
out.mkdir(exist_ok=True)
fiction = ek.fictional.national_survey()
whom = "internet-using children aged 12-17 in Lumora"
survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu", population=whom)

# %% What may be shown: three tables that are released together.
shares = [ek.proportion(survey, name) for name in ("internet_daily", "knows_where_to_report")]
by_sex, daily, known = ek.release([ek.proportion(survey, "any_contact_unwanted", by="sex"), *shares])

# %% How they are told. No number is typed: words with a number, or words that blame or alarm, are refused.
basis = ek.findings.Basis(
    harm="unwanted sexual messages or requests online",
    recall="past year",
    age="12-17",
    denominator="internet users",
    mode="at home, answers typed by the child",
    frame="census areas, then households",
    place="Lumora",
    time="2026",
)
harm = ek.findings.Words(
    did="were sent unwanted sexual messages",
    groups={"sex": {"girl": "girls aged 12-17 who are online", "boy": "boys aged 12-17 who are online"}},
    recall="in the past year",
)
reach = ek.findings.Words(did="can be reached online every day", people="children aged 12-17 who are online", topic="solution")
know = ek.findings.Words(did="know where to report", people="children aged 12-17 who are online", topic="help-seeking")

# %% Is it more girls than boys? Said only as far as the difference is supported, both shares out of one number.
more = ek.findings.compare(by_sex, [({"sex": "girl"}, {"sex": "boy"})], words=harm, plan="plan of analysis, May 2026")
print(more[0], end="\n\n")
more[0].picture().save(out / "girls_and_boys.svg")

# %% What is asked of whom, and what stands beside it.
action = ek.Action(
    actor="the Ministry of Education",
    act="teach every pupil where to report",
    deadline="September 2027",
    marker="share of pupils who know where to report",
    indicator="OWN2",
    evidence="moderate",
    threshold="below 1 in 20, the lesson is given every second year",
)
reached = ek.finding(daily, words=reach, basis=basis, id="lumora-02")
girls = ek.finding(by_sex, cell={"sex": "girl"}, words=harm, basis=basis, action=action, counterpart=reached, claims=more, id="lumora-01")
print(girls, reached, sep="\n\n")

# %% What keeps it from being remembered and acted on: rules with reasons, no score. The same finding without words or action fails many.
print("\n", girls.check(), sep="")
print("\n", ek.finding(by_sex, cell={"sex": "boy"}).check(), sep="")

# %% A register of what may be claimed, and a draft that is held to it.
register = ek.findings.Register([girls.entry(expires="2028-12-31"), reached.entry(expires="2028-12-31"), more[0].entry()])
register.save(out / "claims.json")
said = "girls aged 12-17 who are online were sent unwanted sexual messages"
draft = f"{girls.headline()} Nearly 1 in 3 girls aged 12-17 were sent messages. More than 1 in 5 {said}."
print("\n", ek.check_text(draft, register, on="2026-11-01"), sep="")

# %% Why another published number differs.
elsewhere = ek.findings.Basis(
    harm=basis.harm, recall="lifetime", age="12-17", denominator="all children", mode="online panel", place="Lumora"
)
print("\n", ek.findings.reconcile(girls, elsewhere), sep="")

# %% One page, in three forms, each with the record that every number on it is traced to. Girls and boys stand beside each other as dots.
reporting = ek.finding(known, words=know, basis=basis, id="lumora-03")
for kind in ("docx", "html", "pptx"):
    made = ek.brief(
        [girls, reporting, reached],
        out / f"brief.{kind}",
        title="Children online in Lumora",
        content_note="This page is about sexual approaches to children online. It describes none of them.",
        help="Lumora Child Helpline (invented): call or write 000, day and night, free and in confidence.",
        methods=["Children were asked at home in 2026 and typed their answers themselves."],
        contact="An invented organisation, lumora.example",
        pictures={girls.id: "dots"},
    )
    print("\n", made, sep="")
