"""Invented forms and answers for tests of validation and exports."""

from __future__ import annotations

from typing import Any

import pandas as pd

import evidencekit as ek

Group = ek.instrument.Group
REFUSED, DONT_KNOW = ek.Missing.REFUSED, ek.Missing.DONT_KNOW
YES_NO = ek.Choices("yes_no", {1: "Yes", 0: "No", 98: "I do not know", 99: "I prefer not to say"}, missing={98: DONT_KNOW, 99: REFUSED})
USES = ek.Choices(
    "uses",
    [
        ek.instrument.Option("chat", "Chat"),
        ek.instrument.Option("game", "Games"),
        ek.instrument.Option("none", "None of these", exclusive=True),
        ek.instrument.Option("99", "I prefer not to say", REFUSED),
    ],
)


def lesson(**changed: Any) -> ek.Instrument:
    """A form with a group, a skip, a list of several answers, a repeat with a skip on the answers above."""
    parts = [
        ek.Item("interviewer", "text", role="design"),
        ek.Item("name", "text", "What is your name?", role="direct-identifier"),
        Group(
            "about",
            [
                ek.Item("age", "integer", "How old are you?", constraint=". >= 12 and . <= 17", required=True, missing={98: DONT_KNOW}),
                ek.Item("online", "select_one", "Do you use the internet?", YES_NO, required=True),
            ],
        ),
        Group(
            "use",
            [
                ek.Item("uses", "select_multiple", "What for?", USES, required=True),
                ek.Item("hours", "decimal", "How many hours a day?", constraint=". <= 24", relevant="${age} >= 15", required=True),
            ],
            relevant="${online} = 1",
        ),
        Group(
            "device",
            [ek.Item("sort", "text", required=True), ek.Item("shared", "select_one", "Do you share it?", YES_NO, relevant="${age} < 16")],
            repeat=True,
            relevant="${online} = 1",
            count="${devices}",
        ),
        ek.Item("devices", "integer"),
    ]
    return ek.Instrument("lesson", parts, version="3", **changed)


def answers() -> pd.DataFrame:
    """Six interviews that keep every rule of the form."""
    return pd.DataFrame(
        {
            "interviewer": ["a", "a", "b", "b", "b", None],
            "name": ["n1", "n2", "n3", "n4", "n5", "n6"],
            "age": [12, 15, 17, 98, 13, 16],
            "online": [1, 1, 1, 0, 99, 1],
            "uses": ["chat game", "none", "99", None, None, "game"],
            "hours": [None, 2.5, 3, None, None, 1],
            "devices": [1, 2, 0, None, None, 0],
            "_index": [1, 2, 3, 4, 5, 6],
            "__version__": ["3"] * 6,
        }
    )


def devices() -> pd.DataFrame:
    """The rows of the repeat."""
    return pd.DataFrame({"sort": ["phone", "phone", "tablet"], "shared": [1, 0, 1], "_parent_index": [1, 2, 2], "_index": [1, 2, 3]})
