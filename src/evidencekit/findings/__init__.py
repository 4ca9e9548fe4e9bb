"""Words and pictures that follow intervals."""
