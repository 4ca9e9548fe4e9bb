"""A register of invented claims, statements that keep to it, and misquotes of it, each with the verdict it must get."""

from __future__ import annotations

from typing import Any

from evidencekit.findings import Entry, Quantity, Register

ON = "2026-06-30"
CHILDREN = "internet-using children aged 12-17 in Lumora"


def _number(text: str, *bounds: float, unit: Any = "share") -> Quantity:
    low, value, high = bounds
    return Quantity(text=text, value=value, low=low, high=high, unit=unit)


_PERIOD = "in the past 12 months"
_ENTRIES = (
    Entry(
        id="asked",
        headline=f"About 1 in 8 {CHILDREN} were asked for a private picture {_PERIOD}.",
        wordings=("12%", "between 9 and 15 in 100", "at least 1 in 12", "n = 1,996"),
        numbers=(_number("about 1 in 8", 0.099, 0.119, 0.141), _number("1,996", 1996, 1996, 1996, unit="people")),
        expires="2027-12-31",
    ),
    Entry(
        id="told",
        headline=f"More than half of the {CHILDREN} who were asked told nobody.",
        wordings=("most of them told nobody", "58%"),
        numbers=(_number("more than 1 in 2", 0.53, 0.58, 0.63),),
        topic="help-seeking",
    ),
    Entry(
        id="gap",
        headline="About 1 in 6 girls and about 1 in 12 boys who use the internet received unwanted messages.",
        wordings=(
            "Girls received unwanted messages twice as often as boys (17% and 8%).",
            "8.5 percentage points higher among girls",
        ),
        numbers=(
            _number("about 1 in 6", 0.14, 0.165, 0.19),
            _number("about 1 in 12", 0.065, 0.08, 0.095),
            _number("8.5 percentage points", 0.05, 0.085, 0.12, unit="points"),
        ),
        expires="2027-12-31",
    ),
    Entry(
        id="people",
        headline=f"About 220,000 {CHILDREN} were affected {_PERIOD}.",
        wordings=("between 180,000 and 260,000", "220,000"),
        numbers=(_number("about 220,000", 179_843, 215_962, 256_539, unit="people"),),
    ),
    Entry(
        id="button",
        headline="About 3 in 4 children in Lumora know the reporting button.",
        wordings=("74%",),
        numbers=(_number("about 3 in 4", 0.70, 0.74, 0.78),),
        topic="solution",
    ),
    Entry(
        id="rank",
        headline="Vardania has the highest share of the twelve countries, 27 in 100.",
        wordings=("the share has risen over three rounds in Vardania",),
        numbers=(_number("27 in 100", 0.231, 0.271, 0.306),),
    ),
    Entry(
        id="old",
        headline="About 1 in 5 parents in Lumora spoke with their child about safety online.",
        wordings=("20%",),
        numbers=(_number("about 1 in 5", 0.17, 0.2, 0.23),),
        expires="2025-12-31",
        topic="deterrence",
    ),
)


def register() -> Register:
    """Seven claims of an invented country, one of them expired."""
    return Register(_ENTRIES)


RIGHT = (
    f"About 1 in 8 {CHILDREN} were asked for a private picture in the past 12 months.",
    "About one in eight children were asked for a private picture.",
    "One in eight of the children interviewed were asked for a private picture.",
    "A 1-in-8 share of children were asked for a private picture.",
    "Roughly one out of every eight children were asked for a picture.",
    "1 out of 8 children in Lumora were asked for a private picture.",
    "One child in eight was asked for a private picture.",
    "12% of children were asked for a private picture.",
    "About 12 % of children were asked for a private picture.",
    "Some 12 per cent of children were asked for a private picture.",
    "An estimated 12 percent of children were asked for a picture.",
    "About 12 in 100 children were asked for a private picture.",
    "Twelve per cent of children were asked for a picture.",
    "12% (9 to 15) of children were asked for a picture.",
    "Between 9 and 15 in 100 children were asked for a picture.",
    "9-15% of children were asked for a picture.",
    "9% to 15% of children were asked for a picture (95% confidence interval).",
    "At least 1 in 12 children were asked for a picture.",
    "More than 1 in 12 children were asked for a picture.",
    "The survey reached n = 1,996 children, who were asked in their language.",
    "1 996 children took part and were asked.",
    f"More than half of the {CHILDREN} who were asked told nobody.",
    "More than one in two of those who were asked told nobody.",
    "Over half of the children who were asked told nobody.",
    "58% of those who were asked told nobody.",
    "Of the children who were asked, most of them told nobody.",
    "About 1 in 6 girls and about 1 in 12 boys who use the internet received unwanted messages.",
    "One in six girls received unwanted messages.",
    "Unwanted messages were received by one in twelve boys.",
    "Girls received unwanted messages twice as often as boys (17% and 8%).",
    "The share was 8.5 percentage points higher among girls.",
    "The difference between girls and boys is 8.5 percentage points.",
    "Girls (1 in 6) are more likely than boys (1 in 12) to receive unwanted messages.",
    "Twice as many girls as boys received unwanted messages.",
    f"About 220,000 {CHILDREN} were affected in the past year.",
    "Around 220 000 children were affected.",
    "An estimated 0.22 million children were affected.",
    "220 thousand children were affected (between 180,000 and 260,000).",
    "180,000 to 260,000 children were affected.",
    "Three in four children in Lumora know the reporting button.",
    "About three quarters of children know the reporting button.",
    "74% of children know the reporting button.",
    "Vardania has the highest share of the twelve countries, 27 in 100.",
    "In Vardania, 27% of children; it is the highest share of twelve countries.",
    "The team notes that the share has risen over three rounds in Vardania.",
    "Between 2024 and 2026, about 1 in 8 children aged 12-17 were asked for a picture.",
    "See Table 3, page 12 and Figure 2.1: 12% of children were asked for a picture.",
    "Law No. 12/2008, article 4, protects children under 18; 12% of children were asked for a picture.",
    "Call 116 111 at any time, day or night.",
    "The form is version 1.2.0 of 2026-05-12, at https://example.org/2026/12%25.",
    "Interviews took 25 minutes and ended on 12 May 2026 at 14:30.",
    "A third round is planned for the second half of 2027.",
)
MISQUOTES = (
    ("More than 1 in 8 children were asked for a private picture.", "More than 1 in 8", "reworded", "asked"),
    ("Over one in eight children were asked for a picture.", "Over one in eight", "reworded", "asked"),
    ("Nearly one in eight children were asked for a picture.", "Nearly one in eight", "reworded", "asked"),
    ("Almost 12% of children were asked for a picture.", "Almost 12%", "reworded", "asked"),
    ("At least 1 in 8 children were asked for a picture.", "At least 1 in 8", "reworded", "asked"),
    ("Up to 1 in 8 children were asked for a picture.", "Up to 1 in 8", "reworded", "asked"),
    ("As many as 1 in 8 children were asked for a picture.", "As many as 1 in 8", "reworded", "asked"),
    ("Only 12% of children were asked for a picture.", "Only 12%", "reworded", "asked"),
    ("Fewer than 12% of children were asked for a picture.", "Fewer than 12%", "reworded", "asked"),
    ("12% or more of the children were asked for a picture.", "12% or more", "reworded", "asked"),
    ("Exactly 12% of children were asked for a picture.", "Exactly 12%", "reworded", "asked"),
    ("12.5% of children were asked for a picture.", "12.5%", "reworded", "asked"),
    ("12.0% of children were asked for a picture.", "12.0%", "reworded", "asked"),
    ("14% of children were asked for a picture.", "14%", "reworded", "asked"),
    ("About 1 in 10 children were asked for a picture.", "About 1 in 10", "reworded", "asked"),
    ("One in nine children were asked for a picture.", "One in nine", "reworded", "asked"),
    ("At most 1 in 7 children were asked for a picture.", "At most 1 in 7", "reworded", "asked"),
    ("About 1 in 8 of all children were asked for a picture.", "About 1 in 8", "reworded", "asked"),
    ("Among all girls, 12% were asked for a picture.", "12%", "reworded", "asked"),
    ("About 1 in 8 girls were asked for a private picture.", "About 1 in 8", "reworded", "asked"),
    ("About 1 in 8 adults were asked for a private picture.", "About 1 in 8", "reworded", "asked"),
    ("About 1 in 8 children in Vardania were asked for a private picture.", "About 1 in 8", "reworded", "asked"),
    ("About 1 in 8 children aged 10-17 were asked for a picture.", "About 1 in 8", "reworded", "asked"),
    ("About 1 in 8 children were asked for a picture in the past month.", "About 1 in 8", "reworded", "asked"),
    ("About 1 in 8 children have ever been asked for a picture.", "About 1 in 8", "reworded", "asked"),
    ("Between 10 and 14 in 100 children were asked for a picture.", "Between 10 and 14 in 100", "reworded", "asked"),
    ("More than 58% of those who were asked told nobody.", "More than 58%", "reworded", "told"),
    ("About 60% of those who were asked told nobody.", "About 60%", "reworded", "told"),
    ("8.5% more girls than boys received unwanted messages.", "8.5%", "reworded", "gap"),
    ("Nearly one in six girls received unwanted messages.", "Nearly one in six", "reworded", "gap"),
    ("The difference between girls and boys is 9 percentage points.", "9 percentage points", "reworded", "gap"),
    ("About 1 in 12 girls received unwanted messages.", "About 1 in 12", "reworded", "gap"),
    ("About 1 in 6 boys received unwanted messages.", "About 1 in 6", "reworded", "gap"),
    ("Girls received unwanted messages three times as often as boys.", "three times", "unknown", ""),
    ("More than 220,000 children were affected.", "More than 220,000", "reworded", "people"),
    ("Up to 220,000 children were affected.", "Up to 220,000", "reworded", "people"),
    ("About 250,000 children were affected.", "About 250,000", "reworded", "people"),
    ("215,962 children were affected.", "215,962", "reworded", "people"),
    ("Hundreds of thousands of children were affected.", "Hundreds of thousands", "unknown", ""),
    ("A quarter of a million children were affected.", "A quarter", "unknown", ""),
    ("Almost three quarters of children know the reporting button.", "Almost three quarters", "reworded", "button"),
    ("Only 3 in 4 children know the reporting button.", "Only 3 in 4", "reworded", "button"),
    ("Most children know the reporting button.", "Most", "reworded", "button"),
    ("Lumora has the lowest share of the twelve countries.", "lowest", "reworded", "rank"),
    ("The share of children who were asked for a private picture is rising.", "rising", "reworded", "asked"),
    ("The number of children asked for a private picture has doubled.", "doubled", "reworded", "asked"),
    ("About 1 in 5 parents in Lumora spoke with their child about safety.", "About 1 in 5", "stale", "old"),
    ("20% of parents spoke with their child about safety.", "20%", "stale", "old"),
    ("One in five parents spoke with their child.", "One in five", "stale", "old"),
    ("About 1 in 3 children were asked for a private picture.", "About 1 in 3", "unknown", ""),
    ("45% of schools have a counsellor.", "45%", "unknown", ""),
    ("Two thirds of villages have a signal.", "Two thirds", "unknown", ""),
    ("3 million messages were sent.", "3 million", "unknown", ""),
    ("The highest mountains are in the north.", "highest", "unknown", ""),
)
