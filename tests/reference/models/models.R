# Reference numbers for regressions: Rscript models.R, in this folder. The data are those of ../survey, from its make_data.py.
suppressPackageStartupMessages(library(survey))
source("../survey/json17.R")
meta <- versions()
two <- read.csv("../survey/twostage.csv", na.strings = "")
two$group <- two$g # svyglm evaluates its call among the columns, where one named g would be taken for it
two$g <- NULL
two$k <- factor(two$k, c("never", "sometimes", "often"))
two$time <- round(two$y)
mainland <- subset(two, stratum != "island") # the certainty school has no variance with replacement
designs <- list(
  two_stage = svydesign(id = ~school + pupil, strata = ~stratum, fpc = ~n_schools + n_school, data = two),
  three_stage = svydesign(id = ~school + class + pupil, strata = ~stratum, fpc = ~n_schools + n_classes + n_class, data = two),
  with_replacement = svydesign(id = ~school + class, strata = ~stratum, weights = ~weight, data = mainland)
)
designs$jackknife <- as.svrepdesign(designs$with_replacement, type = "JKn")
exact <- glm.control(epsilon = 1e-15, maxit = 200)
tight <- coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 100)
cases <- list()
put <- function(design, what, result) cases[[length(cases) + 1]] <<- list(design = design, what = what, result = result)
numbers <- function(fit) list(est = unname(coef(fit)), se = unname(c(SE(fit))))
wald <- function(fit, index, ddf) { # regTermTest of survey 4.1.1 does not take svycoxph and svyolr
  f <- c(coef(fit)[index] %*% solve(vcov(fit)[index, index], coef(fit)[index])) / length(index)
  list(statistic = f, ddf = ddf, p = pf(f, length(index), ddf, lower.tail = FALSE))
}
models <- list(
  linear = list(y ~ x + group, gaussian()),
  linear_crossed = list(y ~ x * group, gaussian()),
  logit = list(b ~ x + group, quasibinomial()),
  probit = list(b ~ x + group, quasibinomial("probit")),
  cloglog = list(b ~ x + group, quasibinomial("cloglog")),
  poisson = list(b ~ x + group, quasipoisson()),
  poisson_offset = list(b ~ group + offset(log(x)), quasipoisson()),
  gamma = list(y ~ x + group, Gamma("log"))
)
hazards <- alist(cox = Surv(time, b) ~ x + k, cox_strata = Surv(time, b) ~ x + k + strata(group))
for (name in names(designs)) {
  d <- designs[[name]]
  for (model in names(models)) {
    fit <- svyglm(models[[model]][[1]], d, family = models[[model]][[2]], control = exact)
    put(name, model, c(numbers(fit), df = fit$df.residual))
  }
  put(name, "domain", numbers(svyglm(y ~ x, subset(d, group == "a"))))
  for (what in names(hazards)) {
    fit <- eval(bquote(svycoxph(.(hazards[[what]]), d, control = tight)))
    se <- SE(fit)
    if (name == "jackknife") { # svycoxph keeps the events of those left out among the ties, and stops early: each replicate by itself
      again <- apply(weights(d, "analysis"), 2, function(w) {
        rows <- cbind(d$variables, w = w)[w > 0, ]
        coef(eval(bquote(coxph(.(hazards[[what]]), rows, weights = w, control = tight))))
      })
      se <- sqrt(diag(svrVar(t(again), d$scale, d$rscales, mse = d$mse, coef = coef(fit))))
    }
    put(name, what, list(est = unname(coef(fit)), se = unname(c(se))))
    if (name != "jackknife") put(name, paste0(what, "_term"), wald(fit, grep("^k", names(coef(fit))), fit$degf.resid))
  }
  if (name == "jackknife") next
  fit <- svyglm(b ~ x + group, d, family = quasibinomial(), control = exact)
  for (method in c("Wald", "LRT", "WorkingWald")) {
    t <- regTermTest(fit, ~group, method = method)
    put(name, paste0("term.", method), list(statistic = unname(c(if (method == "Wald") t$Ftest else t$chisq)), ddf = t$ddf, p = unname(c(t$p))))
  }
  put(name, "aic", list(aic = unname(AIC(fit)["AIC"])))
  put(name, "bic", list(bic = unname(BIC(svyglm(b ~ x, d, family = quasibinomial(), control = exact, subset = !is.na(group)), maximal = fit)["BIC"])))
  fit <- svyglm(y ~ x + group, d)
  n <- length(fit$y)
  twice <- n * (log(mean(fit$prior.weights / mean(fit$prior.weights) * fit$residuals^2)) + 1 + log(2 * pi)) # -2 log-likelihood
  s2 <- weighted.mean(fit$residuals^2, fit$prior.weights)
  # of coefficients as extractAIC of versions after 4.1.1
  effects <- sum(diag(solve((fit$naive.cov * mean(fit$prior.weights) * s2)[-1, -1], vcov(fit)[-1, -1])))
  left <- update(subset(d, !is.na(y + x) & !is.na(group)), off = fit$residuals^2)
  off <- SE(svymean(~off, left))^2
  put(name, "aic_linear", list(aic = unname(c(twice + 2 * (effects + n * off / (2 * s2^2))))))
  away <- coef(fit)[3:4] %*% solve(vcov(fit)[3:4, 3:4], coef(fit)[3:4])
  put(name, "bic_linear", list(bic = c(away) + 2 * log(n) + twice + log(det(solve((fit$naive.cov * mean(fit$prior.weights) * s2)[3:4, 3:4], vcov(fit)[3:4, 3:4])))))
  fit <- svyglm(b ~ x + group, d, family = quasibinomial(), control = exact)
  put(name, "pseudo_r2", list(cox_snell = psrsq(fit, "Cox-Snell"), nagelkerke = psrsq(fit, "Nagelkerke")))
  fit <- svyolr(k ~ x + group, d, control = list(reltol = 1e-16, maxit = 1000))
  put(name, "ordinal", numbers(fit))
  put(name, "ordinal_term", wald(fit, grep("^group", names(coef(fit))), degf(subset(d, !is.na(x) & !is.na(group) & !is.na(k))) - length(fit$coefficients)))
}
write_reference("models.json", meta, cases = cases)
