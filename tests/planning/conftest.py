"""The package of a third party is installed by the tests that need it, and not collected."""

collect_ignore = ["third_party"]
