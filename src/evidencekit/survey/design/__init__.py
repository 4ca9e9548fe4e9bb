"""How the sample was drawn: the designs as nouns, their units and their replicates."""
