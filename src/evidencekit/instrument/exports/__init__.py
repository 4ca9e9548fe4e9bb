"""What comes from survey platforms, and what leaves an instrument: codebooks, labelled files."""
