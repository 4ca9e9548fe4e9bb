"""From the files of survey platforms to data with labels and kinds of missing."""
