# Reference numbers for replicates made from a design: Rscript replicates.R, in this folder (a minute).
# The jackknife is exact. A bootstrap's variance is an average over its draws, so R's own draws give it with an error: `replicates` says
# how many there were, and the variance of the squared standard error is about 2 / replicates times its square.
# Strata of one unit are left out before a bootstrap: R 4.1.1 counts them in the harmonic mean of the strata's sizes.
suppressPackageStartupMessages(library(survey))
source("json17.R")
meta <- versions()
two <- read.csv("twostage.csv", na.strings = "")
mainland <- subset(two, stratum != "island")
lonely <- read.csv("lonely.csv", na.strings = "")

jackknife <- function(policy) {
  options(survey.lonely.psu = policy)
  design <- as.svrepdesign(svydesign(id = ~school, strata = ~stratum, weights = ~weight, data = lonely), type = "JKn")
  list(method = "jackknife", lonely = policy, replicates = ncol(weights(design)), total = drop(as.matrix(SE(svytotal(~y, design)))), mean = drop(as.matrix(SE(svymean(~y, design)))))
}

# What as.svrepdesign() calls for its types, without the rank it then takes of all replicate weights.
bootstrap <- function(name, type, design, replicates) {
  set.seed(20240501)
  strata <- design$strata[, 1]
  psu <- design$cluster[, 1]
  fpc <- if (is.null(design$fpc$popsize)) NULL else design$fpc$popsize[, 1]
  made <- switch(type,
    bootstrap = bootweights(strata, psu, replicates, fpc, "population", compress = FALSE),
    subbootstrap = subbootweights(strata, psu, replicates, compress = FALSE),
    mrbbootstrap = mrbweights(design$cluster, design$strata, design$fpc, replicates)
  )
  totals <- drop(crossprod(as.matrix(made$repweights), design$variables$y / design$prob))
  variance <- made$scale * sum(made$rscales * (totals - mean(totals))^2)
  list(method = type, design = name, replicates = replicates, total = sqrt(variance))
}

plain <- svydesign(id = ~school, strata = ~stratum, weights = ~weight2, data = mainland)
finite <- svydesign(id = ~school, strata = ~stratum, fpc = ~n_schools, weights = ~weight2, data = mainland)
stages <- svydesign(id = ~school + pupil, strata = ~stratum, fpc = ~n_schools + n_school, weights = ~weight2, data = mainland)
cases <- c(
  lapply(c("adjust", "average", "certainty", "remove"), jackknife),
  list(
    bootstrap("plain", "bootstrap", plain, 20000),
    bootstrap("finite", "bootstrap", finite, 20000),
    bootstrap("plain", "subbootstrap", plain, 20000),
    bootstrap("finite", "mrbbootstrap", finite, 10000),
    bootstrap("stages", "mrbbootstrap", stages, 5000)
  )
)
write_reference("replicates.json", meta, cases = cases)
