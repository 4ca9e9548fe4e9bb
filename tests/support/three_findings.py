"""Three findings of the fictional survey as somebody would take them to a ministry: with words, actions, and a comparison."""

from __future__ import annotations

from typing import Any

import evidencekit as ek

WHOM = "internet-using children aged 12-17 in Lumora"
AROUND: dict[str, Any] = {
    "title": "Children online in Lumora",
    "content_note": "This page is about sexual approaches to children online. It describes none of them.",
    "help": "Lumora Child Helpline (invented): call or write 000, day and night, free and in confidence.",
    "methods": ["Children were asked at home in 2026 and typed their answers themselves."],
    "contact": "An invented organisation, lumora.example",
}


def action(actor: str, act: str, deadline: str, marker: str) -> ek.Action:
    return ek.Action(actor=actor, act=act, deadline=deadline, marker=marker, evidence="moderate")


def made() -> list[ek.Finding]:
    """Give a finding about harm with a claim beside it, one about help and one about a solution."""
    fiction = ek.fictional.national_survey()
    survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu", population=WHOM)
    shares = [
        ek.proportion(survey, "any_contact_unwanted", by="sex"),
        ek.proportion(survey, "knows_where_to_report"),
        ek.proportion(survey, "internet_daily"),
    ]
    by_sex, known, daily = ek.release(shares)
    online = "children aged 12-17 who are online"
    harm = ek.findings.Words(
        did="were sent unwanted sexual messages",
        groups={"sex": {"girl": "girls aged 12-17 who are online", "boy": "boys aged 12-17 who are online"}},
        recall="in the past year",
    )
    know = ek.findings.Words(did="know where to report unwanted messages", people=online, topic="help-seeking")
    reach = ek.findings.Words(did="can be reached online every day", people=online, topic="solution")
    basis = ek.findings.Basis(age="12-17", place="Lumora", time="2026")
    more = ek.findings.compare(by_sex, [({"sex": "girl"}, {"sex": "boy"})], words=harm, plan="plan of analysis, May 2026")
    night = action("Lumora Child Helpline", "answer in text messages at night", "January 2027", "share of night messages answered")
    button = action("the regulator", "require a reporting button beside every message", "June 2027", "share of services with a button")
    teach = action("the Ministry of Education", "teach every pupil where to report", "September 2027", "share of pupils who know where")
    return [
        ek.finding(by_sex, cell={"sex": "girl"}, words=harm, basis=basis, action=teach, claims=more, id="lumora-01"),
        ek.finding(known, words=know, basis=basis, action=night, id="lumora-02"),
        ek.finding(daily, words=reach, basis=basis, action=button, id="lumora-03"),
    ]
