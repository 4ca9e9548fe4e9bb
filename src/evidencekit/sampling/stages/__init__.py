"""What follows the first draw: households within areas, one respondent in each."""
