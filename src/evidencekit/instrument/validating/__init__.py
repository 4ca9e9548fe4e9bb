"""Checking answers against the form that asked for them: the verbs on data and a form, and what they report."""
