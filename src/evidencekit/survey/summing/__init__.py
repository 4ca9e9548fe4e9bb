"""The first waist: one pass over the rows gives totals by sampling unit and domain."""
