"""A formula read once: its terms, the columns they become, and the rows that have every answer they need."""
