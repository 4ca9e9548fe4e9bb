"""Checking answers against the form that asked for them: rules, their masks, the report, and the same as a pandera schema."""
