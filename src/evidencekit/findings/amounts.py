"""Numbers of people as they are said: the number and its limits by one step, which `combining.rounded_total` finds."""

from __future__ import annotations

from evidencekit.combining import rounded_total

__all__ = ["rounded_total"]
