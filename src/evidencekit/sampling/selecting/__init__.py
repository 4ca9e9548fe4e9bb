"""Selection of units by their chances, on arrays: positions come out; frames, identifiers and records are the caller's."""
