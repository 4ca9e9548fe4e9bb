# Tables and tests of them on the example data of R survey, which are not ours to distribute: Rscript api_designs.R <an empty folder>.
# Writes the data, replicate weights and results into the folder; tests/tables/test_outside_api_designs.py runs it and reads them.
suppressPackageStartupMessages(library(survey))
arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]
source(arguments[2]) # json17.R
meta <- versions()
data(api)
data(nhanes)
out <- function(x, name) write.csv(x, file.path(folder, paste0(name, ".csv")), row.names = FALSE, na = "")
for (name in c("apisrs", "apistrat", "apiclus1", "apiclus2")) out(subset(get(name), select = -c(name, sname, dname, cname, flag)), name)
nhanes$race <- factor(nhanes$race)
out(nhanes, "nhanes")

clus1 <- svydesign(id = ~dnum, weights = ~pw, data = apiclus1, fpc = ~fpc)
strat <- svydesign(id = ~1, strata = ~stype, weights = ~pw, data = apistrat, fpc = ~fpc)
clus2 <- svydesign(id = ~ dnum + snum, fpc = ~ fpc1 + fpc2, data = apiclus2)
nh <- svydesign(id = ~SDMVPSU, strata = ~SDMVSTRA, weights = ~WTMEC2YR, nest = TRUE, data = nhanes)
types <- data.frame(stype = c("E", "H", "M"), Freq = c(4421, 755, 1018))
wide <- data.frame(sch.wide = c("No", "Yes"), Freq = c(1072, 5122))
sums <- c(`(Intercept)` = 6194, stypeH = 755, stypeM = 1018)
more <- c(sums, api99 = 3914069)
tight <- list(maxit = 200, epsilon = 1e-12, verbose = FALSE)

linear <- list(
  srs = svydesign(id = ~1, weights = ~pw, fpc = ~fpc, data = apisrs),
  srs_wr = svydesign(id = ~1, weights = ~pw, data = apisrs),
  strat = strat,
  strat_wr = svydesign(id = ~1, strata = ~stype, weights = ~pw, data = apistrat),
  clus1 = clus1,
  clus1_wr = svydesign(id = ~dnum, weights = ~pw, data = apiclus1),
  clus2 = clus2,
  clus2_wr = svydesign(id = ~ dnum + snum, weights = ~pw, data = apiclus2),
  clus2_first = svydesign(id = ~dnum, fpc = ~fpc1, weights = ~pw, data = apiclus2)
)
jack <- as.svrepdesign(clus1)
set.seed(20240501)
replicated <- list(
  jk1 = jack, jk1_mse = as.svrepdesign(clus1, mse = TRUE), jkn = as.svrepdesign(strat), jk_clus2 = as.svrepdesign(clus2),
  boot = as.svrepdesign(clus1, type = "bootstrap", replicates = 60), boot_strat = as.svrepdesign(strat, type = "bootstrap", replicates = 60),
  rao_wu = as.svrepdesign(strat, type = "subbootstrap", replicates = 60), stages = as.svrepdesign(clus2, type = "mrbbootstrap", replicates = 60)
)
units <- tapply(nhanes$SDMVPSU, nhanes$SDMVSTRA, function(x) length(unique(x)))
pairs <- subset(nh, SDMVSTRA %in% names(units)[units == 2]) # half samples take two units of every stratum
halved <- list(nh_brr = as.svrepdesign(pairs, type = "BRR"), nh_fay = as.svrepdesign(pairs, type = "Fay", fay.rho = 0.3))
out(pairs$variables, "pairs")
weighted <- list(
  ps = postStratify(clus1, ~stype, types), rake = rake(clus1, list(~stype, ~sch.wide), list(types, wide), control = tight),
  greg = calibrate(clus1, ~ stype + api99, more), raking = calibrate(clus1, ~ stype + api99, more, calfun = "raking", epsilon = 1e-12, maxit = 200),
  logit = calibrate(clus1, ~ stype + api99, more, calfun = "logit", bounds = c(0.5, 2), epsilon = 1e-12, maxit = 200),
  ps_srs = postStratify(linear$srs, ~stype, types), ps_clus2 = postStratify(clus2, ~stype, types),
  # After unequal weights rake() takes residuals from unweighted means of its margins; those of calibrate() are weighted.
  rake_strat = calibrate(strat, ~ stype + sch.wide, c(sums, sch.wideYes = 5122), calfun = "raking", epsilon = 1e-12, maxit = 200),
  greg_clus2 = calibrate(clus2, ~stype, sums),
  ps_jk = postStratify(jack, ~stype, types), rake_jk = rake(jack, list(~stype, ~sch.wide), list(types, wide), control = tight),
  greg_jk = calibrate(jack, ~ stype + api99, more)
)
weighted$trim <- trimWeights(weighted$greg, lower = 20, upper = 45)

cases <- list()
# What R itself cannot do of a design is left out, and told.
put <- function(design, what, result) {
  result <- tryCatch(suppressWarnings(result), error = function(e) cat("R could not", design, what, conditionMessage(e), "\n"))
  if (!is.null(result)) cases[[length(cases) + 1]] <<- list(design = design, what = what, result = result)
}
test_of <- function(t) list(
  statistic = I(unname(c(t$statistic))), parameter = I(as.numeric(unname(unlist(t$parameter)))), p = as.numeric(unname(t$p.value)),
  est = I(as.numeric(unname(t$estimate))), conf = I(as.numeric(t$conf.int))
)
number_of <- function(s) list(est = I(unname(coef(s))), se = I(unname(c(SE(s)))))

# Without the package CompQuadForm R has no "lincom".
chisq <- function(name, d, label, formula, statistics = c("F", "Chisq", "Wald", "adjWald", "saddlepoint")) {
  for (s in statistics) put(name, paste("chisq", label, s), test_of(eval(bquote(svychisq(.(formula), d, statistic = .(s))))))
}
ttests <- function(name, d) {
  put(name, "ttest by", test_of(svyttest(api00 ~ sch.wide, d)))
  put(name, "ttest one", test_of(svyttest(I(api00 - api99) ~ 0, d)))
}
ranks <- function(name, d) for (test in c("wilcoxon", "vanderWaerden", "median", "KruskalWallis")) {
  put(name, paste("rank sch.wide", test), test_of(svyranktest(api00 ~ sch.wide, d, test = test)))
  # Of more groups R 4.1.1 has no test with replicates.
  if (!inherits(d, "svyrep.design")) put(name, paste("rank stype", test), test_of(svyranktest(api00 ~ stype, d, test = test)))
}
agreement <- function(name, d) {
  put(name, "kappa", number_of(svykappa(~ comp.imp + sch.wide, d)))
  put(name, "alpha", list(alpha = as.numeric(svycralpha(~ ell + meals + mobility + not.hsg, subset(d, !is.na(not.hsg))))))
}
fit <- function(name, d) put(name, "goodness", test_of(svygofchisq(~stype, p = c(4421, 755, 1018) / 6194, design = d)))
tables <- function(name, d) {
  put(name, "table", list(table = unname(unclass(as.matrix(svytable(~ sch.wide + stype, d))))))
  put(name, "loglin", {
    a <- svyloglin(~ sch.wide + stype, d)
    t <- anova(a, update(a, ~ .^2))
    list(dev = t$dev$dev, dev_p = I(t$dev$p[2:4]), score = t$score$chisq, score_p = I(t$score$p[2:4]))
  })
  put(name, "regression linear", list(se = I(unname(SE(svyglm(api00 ~ ell + meals + mobility, d))))))
  put(name, "regression logit", list(se = I(unname(SE(
    svyglm(I(sch.wide == "Yes") ~ ell + meals + mobility, d, family = quasibinomial(), control = list(epsilon = 1e-15, maxit = 100))
  )))))
}
contrasts_of <- function(name, d) {
  put(name, "contrast linear", number_of(svycontrast(svymean(~ api00 + api99, d), c(1, -1))))
  # svyby() of R 4.1.1 has no covariance between domains after calibration.
  if (inherits(d, "svyrep.design") || is.null(d$postStrata)) put(name, "contrast by", number_of(svycontrast(svyby(~api00, ~stype, d, svymean, covmat = TRUE), list(a = c(1, -1, 0), b = c(1, 0, -1)))))
}

for (name in names(linear)) {
  d <- linear[[name]]
  # In simple random samples d v is a whole number, of which R's saddlepoint takes one when it is a rounding error below.
  statistics <- c("F", "Chisq", "Wald", "adjWald", if (!startsWith(name, "srs")) "saddlepoint")
  chisq(name, d, "stype", ~ sch.wide + stype, statistics)
  chisq(name, d, "comp.imp", ~ sch.wide + comp.imp, statistics)
  chisq(name, d, "awards", ~ stype + awards, statistics)
  for (part in list(tables, fit, ttests, ranks, agreement, contrasts_of)) part(name, d)
  # A domain; sampling units without a school of it do not count.
  e <- subset(d, stype != "H" & api99 > 450)
  name <- paste0(name, " domain")
  chisq(name, e, "comp.imp", ~ sch.wide + comp.imp, statistics)
  for (part in list(ttests, agreement)) part(name, e)
  put(name, "rank sch.wide wilcoxon", test_of(svyranktest(api00 ~ sch.wide, e, test = "wilcoxon")))
}
for (name in c(names(replicated), names(weighted))) {
  d <- c(replicated, weighted)[[name]]
  rep <- inherits(d, "svyrep.design")
  chisq(name, d, "stype", ~ sch.wide + stype, c("F", "Chisq", "Wald", "adjWald", if (!rep) "saddlepoint"))
  chisq(name, d, "comp.imp", ~ sch.wide + comp.imp, c("F", "Chisq", "Wald", "adjWald"))
  for (part in list(fit, ttests, ranks, agreement, contrasts_of)) part(name, d)
}
for (name in names(halved)) {
  chisq(name, halved[[name]], "chol", ~ race + HI_CHOL, c("F", "Chisq", "Wald", "adjWald"))
  chisq(paste(name, "domain"), subset(halved[[name]], RIAGENDR == 1), "chol", ~ race + HI_CHOL, c("F", "Chisq", "Wald", "adjWald"))
}
chisq("nh domain", subset(nh, RIAGENDR == 1), "chol", ~ race + HI_CHOL)

scales <- list()
for (name in c(names(replicated), names(halved))) {
  d <- c(replicated, halved)[[name]]
  made <- cbind(weights(d, "sampling"), weights(d, "analysis"))
  colnames(made) <- paste0("rep_", seq_len(ncol(made)) - 1)
  out(made, paste0("weights_", name))
  scales[[name]] <- list(scale = d$scale, rscales = I(d$rscales), mse = isTRUE(d$mse), degf = degf(d))
}
write_reference(file.path(folder, "results.json"), meta, scales = scales, cases = cases)
