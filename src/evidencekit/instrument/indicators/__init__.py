"""Indicators: named, versioned definitions, a catalogue of them, and the estimates they compile to.

Only nouns and rules live here; `evidencekit.instrument` shows the names. Files of the catalogue are in ``catalogue/``.
"""
