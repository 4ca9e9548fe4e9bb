# Reference numbers for tables and tests of them: Rscript tables.R, in this folder. The data are those of ../survey, from its make_data.py.
suppressPackageStartupMessages(library(survey))
source("../survey/json17.R")
meta <- versions()
two <- read.csv("../survey/twostage.csv", na.strings = "")
two$k <- factor(two$k, c("never", "sometimes", "often"))
two$h <- as.integer(two$y > 45)
two$z <- two$y + two$n_class
two$fb <- factor(two$b)
two$fh <- factor(two$h)
mainland <- subset(two, stratum != "island") # the certainty school has no variance with replacement

designs <- list(
  two_stage = svydesign(id = ~school + pupil, strata = ~stratum, fpc = ~n_schools + n_school, data = two),
  three_stage = svydesign(id = ~school + class + pupil, strata = ~stratum, fpc = ~n_schools + n_classes + n_class, data = two),
  with_replacement = svydesign(id = ~school + class, strata = ~stratum, weights = ~weight, data = mainland)
)
designs$jackknife <- as.svrepdesign(designs$with_replacement, type = "JKn")

test_of <- function(t) list(statistic = unname(t$statistic), parameter = unname(t$parameter), p = unname(t$p.value))
number_of <- function(s) list(est = unname(coef(s)), se = unname(c(SE(s))))
cases <- list()
# What R itself cannot do of replicates is left out.
put <- function(design, what, result) {
  result <- tryCatch(result, error = function(e) cat(design, what, conditionMessage(e), "\n"))
  if (!is.null(result)) cases[[length(cases) + 1]] <<- list(design = design, what = what, result = result)
}

for (name in names(designs)) {
  d <- designs[[name]]
  for (statistic in c("F", "Chisq", "Wald", "adjWald")) {
    put(name, paste0("chisq.gk.", statistic), test_of(svychisq(~ g + k, d, statistic = statistic)))
    put(name, paste0("chisq.bg.", statistic), test_of(svychisq(~ b + g, d, statistic = statistic)))
  }
  put(name, "table.gk", list(table = unname(unclass(as.matrix(svytable(~ g + k, d))))))
  # Names in the order of the alphabet: R mixes up the expected shares of others.
  put(name, "gof.g", {
    t <- suppressWarnings(svygofchisq(~g, p = c(3, 4, 3) / 10, design = d))
    c(test_of(t))
  })
  put(name, "ttest.by", test_of(svyttest(y ~ b, d)))
  put(name, "ttest.one", test_of(svyttest(I(y - 40) ~ 0, d)))
  put(name, "ttest.paired", test_of(svyttest(I(y - x) ~ 0, subset(d, !is.na(x)))))
  for (test in c("wilcoxon", "vanderWaerden", "median", "KruskalWallis")) {
    put(name, paste0("rank.b.", test), test_of(svyranktest(y ~ b, d, test = test)))
    put(name, paste0("rank.g.", test), test_of(svyranktest(y ~ g, d, test = test)))
  }
  put(name, "kappa.bh", number_of(svykappa(~ fb + fh, d)))
  put(name, "alpha", list(alpha = unname(c(svycralpha(~ y + x + z, subset(d, !is.na(x)))))))
}
for (name in names(designs)[1:3]) put(name, "loglin.bg", {
  d <- designs[[name]]
  a <- svyloglin(~ b + g, d)
  t <- anova(a, update(a, ~ .^2))
  list(dev = t$dev$dev, dev_p = t$dev$p[2:4], score = t$score$chisq, score_p = t$score$p[2:4])
})
write_reference("tables.json", meta, cases = cases)
