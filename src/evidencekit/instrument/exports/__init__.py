"""What leaves an instrument: codebooks, labelled files."""
