"""What a form says of its answers, read once and looked at rule by rule: the parts that `Instrument` and everything above it stand on."""
