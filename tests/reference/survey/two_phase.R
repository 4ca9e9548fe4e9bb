# Reference numbers for two-phase designs: Rscript two_phase.R, in this folder.
# All strata of phase 1 have as many schools: with another number in each, version 4.1.1 mixes up their sizes in method = "full".
suppressPackageStartupMessages(library(survey))
source("json17.R")
meta <- versions()
two <- read.csv("two_phase.csv")
two$weight <- two$n_schools / 8
ids <- function(one, other) list(one, other)

designs <- alist(
  pupils = list(id = ids(~pupil, ~pupil), strata = list(NULL, ~cell), fpc = list(~everyone, NULL), subset = ~I(by_risk == 1)),
  clusters = list(id = ids(~school, ~pupil), strata = list(~stratum, ~cell), fpc = list(~n_schools, NULL), subset = ~I(by_risk == 1)),
  two_stages = list(id = ids(~school + pupil, ~pupil), strata = list(~stratum, ~cell), fpc = list(~n_schools + n_school, NULL), subset = ~I(by_risk == 1)),
  within = list(id = ids(~school, ~pupil), strata = list(~stratum, ~school), fpc = list(~n_schools, NULL), subset = ~I(by_school == 1)),
  two_stages_within = list(id = ids(~school, ~class + pupil), strata = list(~stratum, ~school), fpc = list(~n_schools, NULL), subset = ~I(classes == 1)),
  again = list(id = ids(~school, ~school), strata = list(~stratum, ~stratum), fpc = list(~n_schools, NULL), subset = ~I(schools == 1)),
  replaced = list(id = ids(~school, ~school), strata = list(~stratum, ~stratum), weights = list(~weight, NULL), subset = ~I(schools == 1)),
  plain = list(id = ids(~school, ~school), strata = list(~stratum, NULL), fpc = list(~n_schools, NULL), subset = ~I(schools == 1))
)
only <- list(two_stages = "full", replaced = "approx")
two$yg <- two$y * two$g

cases <- list()
for (name in names(designs)) for (method in c("full", "approx")) {
  if (!is.null(only[[name]]) && only[[name]] != method) next
  d <- do.call(twophase, c(eval(designs[[name]]), list(data = two, method = method)))
  of <- function(kind, found) list(design = name, method = method, kind = kind, est = I(unname(coef(found))), vcov = unname(as.matrix(vcov(found))))
  cases <- c(cases, list(of("total", svytotal(~y + x + yg, d)), of("mean", svymean(~y + x, d))))
  if (name == "pupils") {
    for (how in c("linear", "raking")) {
      made <- calibrate(d, phase = 2, formula = ~cell + x, calfun = how)
      cases <- c(cases, list(of(how, svytotal(~y + x + yg, made)), of(paste(how, "mean"), svymean(~y + x, made))))
    }
  }
}
write_reference("two_phase.json", c(meta, list(cases = length(cases))), cases = cases)
