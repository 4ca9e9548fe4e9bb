"""Small areas: direct estimates and covariates of areas brought together, so that an area with few interviews borrows from the others."""
