"""Place and time that only the basis of a claim has: a draft that says others is told, and one that does not is left alone."""

from __future__ import annotations

import pytest

from evidencekit.errors import InputError
from evidencekit.findings import Entry, Quantity, Register, check_text

ON = "2026-06-30"


def register() -> Register:
    fifth = Quantity(text="about 1 in 5", value=0.19, low=0.16, high=0.23)
    lumora = Entry(
        id="lumora",
        headline="About 1 in 5 girls aged 12-17 from Aldia received unwanted messages (Lumora, 2026).",
        wordings=("Girls received them more often than boys: about 19 in 100.",),
        numbers=(fifth,),
        place="Lumora",
        time="2025-2026",
    )
    vardania = Entry(
        id="vardania",
        headline="About 1 in 8 boys were asked for a picture.",
        numbers=(Quantity(text="about 1 in 8", value=0.12, low=0.1, high=0.14),),
        place="Republic of Vardania",
        time="2019",
    )
    return Register((lumora, vardania))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("In Poland, about 1 in 5 girls received unwanted messages.", "another place"),
        ("About 1 in 5 girls across Poland received unwanted messages.", "another place"),
        ("About 1 in 5 girls in Vardania received unwanted messages.", "another place"),
        ("In 2019, about 1 in 5 girls received unwanted messages.", "another year"),
        ("About 1 in 5 girls received unwanted messages during May 2021.", "another year"),
        ("Between 2016 and 2018 about 1 in 5 girls received unwanted messages.", "another year"),
        ("In Poland, girls received them more often than boys: about 19 in 100.", "another place"),
        ("In 2018, girls received them more often than boys: about 19 in 100.", "another year"),
    ],
)
def test_another_place_or_year_is_told(text: str, why: str) -> None:
    report = check_text(text + "\n", register(), on=ON)
    assert [one.verdict for one in report.problems] == ["reworded"] * len(report.problems)
    assert any(why in one.why for one in report.problems)


@pytest.mark.parametrize(
    "text",
    [
        "In Lumora, about 1 in 5 girls received unwanted messages.",
        "In North Lumora as elsewhere in Lumora, about 1 in 5 girls received unwanted messages.",
        "About 1 in 5 girls in Aldia received unwanted messages.",  # its wordings name it
        "In 2026, about 1 in 5 girls received unwanted messages.",
        "In 2025-26, about 1 in 5 girls received unwanted messages.",
        "About 1 in 5 girls received unwanted messages in 2026, and about 1 in 8 boys were asked for a picture in 2019.",
        "In Vardania, about 1 in 8 boys were asked for a picture, and about 1 in 5 girls received unwanted messages.",
        "In the Republic of Vardania about 1 in 8 boys were asked for a picture in 2019.",
        "About 1 in 5 girls received unwanted messages; by 2028 every school teaches where to report.",
        "About 1 in 5 girls received unwanted messages, and the Ministry will open a line in 2027.",
        "About 1 in 5 girls received unwanted messages, says a report that was published in 2027.",
        "In 2019, the law was passed; about 1 in 5 girls received unwanted messages.",
        "Asked in Khmer, about 1 in 5 girls received unwanted messages.",
        "In May, about 1 in 5 girls received unwanted messages (Table 3, 2026).",
        "The strategy of 2019 says that about 1 in 5 girls received unwanted messages.",
        "About 1 in 5 girls received unwanted messages (2026), as in 2019.",
    ],
)
def test_what_is_of_the_claim_or_of_another_is_left_alone(text: str) -> None:
    assert check_text(text + "\n", register(), on=ON).problems == ()


def test_a_claim_that_states_no_time_is_held_to_none() -> None:
    one = Register((Entry(id="c", headline="About 27,000 children were asked (census of 2024)."),))
    assert check_text("In 2026, about 27,000 children were asked.\n", one, on=ON).ok


def test_the_setting_is_kept_in_the_file_where_there_is_one() -> None:
    text = register().to_json()
    assert Register.from_json(text).entry("lumora") == register().entry("lumora")
    assert '"place"' not in Register((Entry(id="c", headline="About 1 in 8 gardens have a well."),)).to_json()
    with pytest.raises(InputError, match="place= takes a text"):
        Entry(id="c", headline="About 1 in 8 gardens have a well.", place=None)  # type: ignore[arg-type]
