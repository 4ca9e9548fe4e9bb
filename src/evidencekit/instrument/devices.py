"""What a device writes by itself into items of metadata, and which of it names a person or a place."""

from __future__ import annotations

from evidencekit.instrument.items import Item

__all__ = ["OF_THE_DEVICE", "device_type", "names_somebody"]

OF_THE_DEVICE = frozenset(
    {"deviceid", "imei", "subscriberid", "simserial", "phonenumber", "username", "email"}
    | {"device id", "phone number", "sim id", "subscriber id"}  # as older forms write them
)
"""What tells a device or its user."""
_OF_PLACES = frozenset({"start-geopoint", "background-geopoint", "background-audio", "audio audit", "comments"})
"""Positions, voices, and what interviewers write freely."""


def device_type(item: Item) -> str:
    """What a device writes into an item of metadata, as ``start``, ``end``, ``deviceid``; empty of other items."""
    text = item.other.get("type", item.name) if item.kind == "metadata" else ""
    made = " ".join(text.lower().split())
    return {"start time": "start", "end time": "end"}.get(made, made)


def names_somebody(item: Item) -> bool:
    """Whether what a device writes into an item tells a person, a device or a place."""
    return device_type(item) in OF_THE_DEVICE | _OF_PLACES
