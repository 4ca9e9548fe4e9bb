# Reference numbers from a real national survey: Rscript yrbs.R <path to yrbs2019.sav>, in this folder.
# The file is the public 2019 national Youth Risk Behavior Survey (US Centers for Disease Control and Prevention, public
# domain). Only aggregates are written. QN variables are 1 = yes, 2 = no, missing otherwise.
suppressPackageStartupMessages(library(survey))
source("json17.R")
meta <- versions()
path <- commandArgs(trailingOnly = TRUE)
if (length(path) != 1) stop("Give the path of yrbs2019.sav.")
indicators <- c("QN19", "QN20", "QN21", "QN22", "QN23", "QN24")
data <- as.data.frame(lapply(haven::read_sav(path)[c("stratum", "psu", "weight", "Q2", "Q3", "raceeth", indicators)], as.numeric))
meta$haven <- as.character(packageVersion("haven"))
meta$rows <- nrow(data)

data$sex <- c("female", "male")[data$Q2]
data$grade <- c("9", "10", "11", "12", NA)[data$Q3] # ungraded is no grade
# 1 American Indian, 2 Asian, 3 Black, 4 Pacific Islander, 5 White, 6 Hispanic, 7 multiple Hispanic, 8 multiple, not Hispanic.
data$race <- c("other", "other", "black", "other", "white", "hispanic", "hispanic", "other")[data$raceeth]
data$raceeth <- as.character(data$raceeth)
for (v in indicators) data[[v]] <- as.numeric(data[[v]] == 1)
design <- svydesign(id = ~psu, strata = ~stratum, weights = ~weight, nest = TRUE, data = data)

cases <- list()
add <- function(...) cases[[length(cases) + 1]] <<- list(...)

# The share answering yes, among those who answered. R's "beta" takes for n the rows of the design, so it is given the rows
# that answered; with na.rm = TRUE it would count the others too (beta_na_rm).
share <- function(v, by, level) {
  whole <- if (by == "all") design else design[design$variables[[by]] %in% level, ]
  d <- whole[!is.na(whole$variables[[v]]), ]
  f <- reformulate(v)
  m <- svymean(f, d, deff = "replace") # the weights add up to the sample, so only this design effect makes sense
  interval <- function(method, within = d, ...) I(unname(attr(svyciprop(f, within, method = method, ...), "ci")))
  add(indicator = v, by = by, level = level, n = nrow(d), weighted_n = sum(weights(d)), est = unname(coef(m)),
      se = unname(c(SE(m))), df = degf(d), deff_wr = unname(c(deff(m))),
      xlogit = interval("xlogit"), beta = interval("beta"), beta_na_rm = interval("beta", whole, na.rm = TRUE), mean = interval("mean"))
}
levels_of <- list(all = "all", sex = c("female", "male"), race = c("white", "black", "hispanic", "other"),
                  raceeth = as.character(1:8), grade = c("9", "10", "11", "12"))
for (v in indicators) for (by in names(levels_of)) for (level in levels_of[[by]]) share(v, by, level)

# Girls less boys; the degrees of freedom are those of all who answered and whose sex is known.
differences <- lapply(indicators, function(v) {
  d <- design[!is.na(data[[v]]) & !is.na(data$sex), ]
  by <- svyby(reformulate(v), ~sex, d, svymean, covmat = TRUE)
  x <- svycontrast(by, c(female = 1, male = -1))
  est <- unname(coef(x))
  se <- unname(c(SE(x)))
  df <- degf(d)
  list(indicator = v, contrast = "female - male", n = nrow(d), est = est, se = se, df = df,
       t_interval = I(est + c(-1, 1) * qt(0.975, df) * se), vcov = unname(vcov(by)))
})

meta$cases <- length(cases)
design_note <- list(call = deparse1(design$call), degf = degf(design), strata = length(unique(data$stratum)),
                    psus = nrow(unique(data[c("stratum", "psu")])))
write_reference("yrbs.json", meta, design = design_note, differences = differences, cases = cases)
for (case in Filter(function(c) c$by == "all", cases)) {
  cat(sprintf("%s %.3f (%.3f-%.3f)\n", case$indicator, 100 * case$est, 100 * case$xlogit[1], 100 * case$xlogit[2]))
}
for (x in differences) cat(sprintf("%s girls - boys %.3f (se %.3f, df %d)\n", x$indicator, 100 * x$est, 100 * x$se, x$df))
cat(length(cases), "shares\n")
