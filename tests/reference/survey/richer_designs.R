# Reference numbers for multi-stage and unequal-probability designs: Rscript richer_designs.R, in this folder.
# Every variance is had twice where R allows it, from R's own function and from svytotal() of the linearised variable, and the
# script stops if they differ. Where R's function fails or is wrong (see README.md) the second is written, marked "linearised".
suppressPackageStartupMessages(library(survey))
source("json17.R")
meta <- versions()
cat("Poisson sampling:", exists("poisson_sampling"), "; ppsmat:", exists("ppsmat"), "; HR:", exists("HR"), "\n")

table_of <- function(name) read.csv(name, na.strings = "")
two <- table_of("twostage.csv")
two$k <- factor(two$k, c("never", "sometimes", "often"))
mainland <- subset(two, stratum != "island") # the certainty school has no variance with replacement
pps <- table_of("pps.csv")
pps$k <- factor(pps$k, levels(two$k))
poisson <- table_of("poisson.csv")
poisson$k <- factor(poisson$k, levels(two$k))
clustered <- table_of("clustered_pps.csv")
clustered$k <- factor(clustered$k, levels(two$k))
joint <- as.matrix(table_of("pps_joint.csv"))
dimnames(joint) <- NULL
joint_poisson <- outer(poisson$pi, poisson$pi)
diag(joint_poisson) <- poisson$pi
joint_psu <- as.matrix(table_of("clustered_pps_joint.csv"))
dimnames(joint_psu) <- NULL
psums <- data.frame(clustered$psum)
strata <- data.frame(clustered$h)
psus <- clustered[!duplicated(clustered$psu), ]
stopifnot(!is.unsorted(psus$psu), all.equal(diag(joint_psu), psus$pi1), all.equal(diag(joint), pps$pi))

# ppsmat() treats covariances below 1e-4 as 0 unless told otherwise; HR() and "overton" need numeric strata.
designs <- alist(
  two_stage = svydesign(id = ~school + pupil, strata = ~stratum, fpc = ~n_schools + n_school, data = two),
  two_stage_fraction = svydesign(id = ~school + pupil, strata = ~stratum, fpc = ~f1 + f2, data = two),
  two_stage_classes = svydesign(id = ~school + class, strata = ~stratum, fpc = ~n_schools + n_classes, weights = ~weight, data = two),
  strata_below = svydesign(id = ~school + pupil, strata = ~stratum + class, fpc = ~n_schools + n_class, data = two),
  three_stage = svydesign(id = ~school + class + pupil, strata = ~stratum, fpc = ~n_schools + n_classes + n_class, data = two),
  three_stage_weights = svydesign(id = ~school + class + pupil, strata = ~stratum, fpc = ~n_schools + n_classes + n_class, weights = ~weight2, data = two),
  one_stage = svydesign(id = ~school, strata = ~stratum, fpc = ~n_schools, weights = ~weight2, data = two),
  one_stage_fraction = svydesign(id = ~school, strata = ~stratum, fpc = ~f1, weights = ~weight2, data = two),
  with_replacement = svydesign(id = ~school + class, strata = ~stratum, weights = ~weight, data = mainland),
  nested = svydesign(id = ~school_no + class_no + pupil_no, strata = ~stratum, fpc = ~n_schools + n_classes + n_class, nest = TRUE, data = two),
  nested_with_replacement = svydesign(id = ~school_no, strata = ~stratum, weights = ~weight, nest = TRUE, data = mainland),
  unstratified = svydesign(id = ~school + class, weights = ~weight, data = two),
  pps_brewer = svydesign(id = ~1, fpc = ~pi, pps = "brewer", data = pps),
  pps_overton = svydesign(id = ~1, fpc = ~pi, pps = "overton", data = pps),
  pps_hr = svydesign(id = ~1, fpc = ~pi, pps = HR(), data = pps),
  pps_hr_psum = svydesign(id = ~1, fpc = ~pi, pps = HR(pps$psum[1]), data = pps),
  pps_ht = svydesign(id = ~1, fpc = ~pi, pps = ppsmat(joint, tolerance = 0), variance = "HT", data = pps),
  pps_yg = svydesign(id = ~1, fpc = ~pi, pps = ppsmat(joint, tolerance = 0), variance = "YG", data = pps),
  poisson = svydesign(id = ~1, fpc = ~pi, pps = poisson_sampling(poisson$pi), data = poisson),
  poisson_ht = svydesign(id = ~1, fpc = ~pi, pps = ppsmat(joint_poisson, tolerance = 0), variance = "HT", data = poisson),
  clustered_brewer = svydesign(id = ~psu, strata = ~h, fpc = ~pi1, pps = "brewer", data = clustered),
  clustered_brewer_weights = svydesign(id = ~psu, strata = ~h, fpc = ~pi1, weights = ~weight, pps = "brewer", data = clustered),
  clustered_brewer_two_stage = svydesign(id = ~psu + element, strata = ~h, fpc = ~pi1 + pi2, pps = "brewer", data = clustered),
  clustered_overton = svydesign(id = ~psu, strata = ~h, fpc = ~pi1, pps = "overton", data = clustered),
  clustered_hr = svydesign(id = ~psu, strata = ~h, fpc = ~pi1, pps = HR(), data = clustered),
  clustered_hr_psum = svydesign(id = ~psu, strata = ~h, fpc = ~pi1, pps = HR(psums, strata), data = clustered)
)
# R has no joint probabilities for clusters: the design of the PSUs, to which PSU totals are given.
by_psu <- list(clustered_ht = "HT", clustered_yg = "YG")

# The covariance of the weighted totals of the columns of z. `d` is a design, or list(rows =, psus =) from by_psu.
spread <- function(z, d) {
  if (inherits(d, "survey.design")) return(unname(vcov(svytotal(z, d))))
  w <- 1 / d$rows$pi1
  totals <- rowsum(z * w, d$rows$psu) # sorted by PSU, as the matrix is
  unname(vcov(svytotal(totals * psus$pi1, d$psus)))
}
weight_of <- function(d) if (inherits(d, "survey.design")) weights(d) else 1 / d$rows$pi1
data_of <- function(d) if (inherits(d, "survey.design")) d$variables else d$rows
degrees <- function(d, keep) {
  if (!inherits(d, "survey.design")) return(length(unique(d$rows$psu[keep])) - length(unique(d$rows$h[keep])))
  length(unique(d$cluster[keep, 1])) - length(unique(d$strata[keep, 1]))
}

# One column for a numeric variable, one 0/1 column a level for a factor.
columns <- function(data, v) {
  x <- data[[v]]
  if (!is.factor(x)) return(matrix(x, dimnames = list(NULL, v)))
  m <- outer(as.character(x), levels(x), "==") + 0
  colnames(m) <- paste0(v, levels(x))
  m
}
estimate <- function(labels, est, v, df, ...) {
  est <- as.vector(unclass(est))
  se <- unname(sqrt(diag(v)))
  t <- qt(0.975, df)
  list(names = I(labels), est = I(est), se = I(se), vcov = v, df = df,
       ci_lower = I(est - t * se), ci_upper = I(est + t * se), ...)
}
same <- function(ours, r) stopifnot(isTRUE(all.equal(as.vector(unclass(ours)), as.vector(unclass(r)), tolerance = 1e-9)))
quietly <- function(expr) tryCatch(suppressWarnings(expr), error = function(e) NULL)

cases <- list()
add <- function(design, kind, call, result, ...) {
  cases[[length(cases) + 1]] <<- c(list(design = design, kind = kind, call = call), list(...), list(result = result))
}
how <- function(direct) if (is.null(direct)) "linearised" else "R"

# Means and totals of the columns of x among rows where all are known and `keep` is true.
moments <- function(x, d, keep = TRUE) {
  ok <- complete.cases(x) & keep
  w <- weight_of(d) * ok
  x[!ok, ] <- 0
  n <- sum(ok)
  total <- colSums(x * w)
  mean <- total / sum(w)
  v_mean <- spread(sweep(x, 2, mean) * ok / sum(w), d)
  v_total <- spread(x, d)
  s2 <- n / (n - 1) * colSums(sweep(x, 2, mean)^2 * w) / sum(w)
  wr <- s2 / n
  wor <- wr * (1 - n / sum(w))
  list(n = n, w = sum(w), mean = mean, total = total, v_mean = v_mean, v_total = v_total, deff = list(
    mean = list(deff_wor = I(unname(diag(v_mean) / wor)), deff_wr = I(unname(diag(v_mean) / wr))),
    total = list(deff_wor = I(unname(diag(v_total) / wor / sum(w)^2)), deff_wr = I(unname(diag(v_total) / wr / sum(w)^2)))
  ))
}

means_and_totals <- function(name, d, vs) {
  data <- data_of(d)
  x <- do.call(cbind, lapply(vs, function(v) {
    m <- columns(data, v)
    m[is.na(data[[v]]), ] <- NA
    m
  }))
  m <- moments(x, d)
  f <- reformulate(vs)
  for (kind in c("mean", "total")) {
    verb <- if (kind == "mean") svymean else svytotal
    call <- sprintf("svy%s(~%s, d, na.rm = TRUE)", kind, paste(vs, collapse = " + "))
    direct <- if (is.list(d) && inherits(d, "survey.design")) quietly(verb(f, d, na.rm = TRUE))
    v <- m[[paste0("v_", kind)]]
    deffs <- m$deff[[kind]]
    if (!is.null(direct)) {
      same(c(m[[kind]], v), c(coef(direct), vcov(direct)))
      v <- unname(vcov(direct))
      if (!inherits(d, "pps")) { # for class "pps" R's deff of a total is wrong
        same(deffs$deff_wor, deff(verb(f, d, na.rm = TRUE, deff = TRUE)))
        same(deffs$deff_wr, deff(verb(f, d, na.rm = TRUE, deff = "replace")))
      }
    }
    est <- if (is.null(direct)) m[[kind]] else coef(direct)
    result <- estimate(colnames(x), est, v, degrees(d, TRUE), n = m$n, weighted_n = m$w)
    add(name, kind, call, c(result, deffs), how = how(direct))
  }
}

ratio <- function(name, d, top, bottom) {
  data <- data_of(d)
  ok <- complete.cases(data[c(top, bottom)])
  w <- weight_of(d) * ok
  a <- ifelse(ok, data[[top]], 0)
  b <- ifelse(ok, data[[bottom]], 0)
  r <- sum(a * w) / sum(b * w)
  v <- spread(cbind((a - r * b) / sum(b * w)), d)
  direct <- if (inherits(d, "survey.design")) quietly(svyratio(reformulate(top), reformulate(bottom), d, na.rm = TRUE))
  if (!is.null(direct)) same(c(r, v), c(coef(direct), vcov(direct)))
  call <- sprintf("svyratio(~%s, ~%s, d, na.rm = TRUE)", top, bottom)
  add(name, "ratio", call, estimate(paste0(top, "/", bottom), r, v, degrees(d, TRUE), n = sum(ok)), how = how(direct))
}

# Domain means and totals with the whole covariance across domains, then contrasts of the means.
domains <- function(name, d, v) {
  data <- data_of(d)
  levels <- sort(unique(data$g))
  known <- !is.na(data[[v]])
  parts <- lapply(levels, function(l) moments(columns(data, v), d, data$g == l))
  pick <- function(what) vapply(parts, function(p) unname(p[[what]]), 0)
  w <- weight_of(d)
  inside <- outer(data$g, levels, "==") * known
  value <- ifelse(known, data[[v]], 0)
  z <- inside * sweep(matrix(value, length(value), length(levels)), 2, pick("mean"))
  covariance <- list(mean = spread(sweep(z, 2, pick("w"), "/"), d), total = spread(inside * value, d))
  df_domain <- vapply(levels, function(l) degrees(d, data$g == l & known), 0)
  f <- reformulate(v)
  for (kind in c("mean", "total")) {
    verb <- if (kind == "mean") svymean else svytotal
    r <- if (inherits(d, "survey.design")) quietly(svyby(f, ~g, d, verb, na.rm = TRUE))
    if (!is.null(r)) same(c(pick(kind), sqrt(diag(covariance[[kind]]))), c(coef(r), SE(r)))
    # With missing values, or with pps, svyby(covmat = TRUE) fails; so the whole matrix is checked where there are none.
    whole <- if (inherits(d, "survey.design2") && all(known)) quietly(svyby(f, ~g, d, verb, covmat = TRUE))
    if (!is.null(whole)) same(c(covariance[[kind]]), c(vcov(whole)))
    result <- estimate(levels, pick(kind), covariance[[kind]], degrees(d, TRUE), df_domain = unname(df_domain), n = pick("n"))
    deffs <- lapply(c(wor = "deff_wor", wr = "deff_wr"), function(s) vapply(parts, function(p) p$deff[[kind]][[s]][1], 0))
    names(deffs) <- paste0("deff_", names(deffs))
    call <- sprintf("svyby(~%s, ~g, d, svy%s, covmat = TRUE, na.rm = TRUE)", v, kind)
    add(name, paste0("by_", kind), call, c(result, deffs), how = how(whole))
  }
  means <- structure(setNames(pick("mean"), levels), var = covariance$mean, statistic = "mean", class = "svystat")
  attr(means, "var") <- `dimnames<-`(covariance$mean, list(levels, levels))
  contrasts <- alist(
    "a - b" = c(a = 1, b = -1), "(a + b) / 2 - c" = c(a = 0.5, b = 0.5, c = -1), "a / b" = quote(a / b)
  )
  for (label in names(contrasts)) {
    x <- quietly(svycontrast(means, eval(contrasts[[label]])))
    if (is.null(x) || !is.finite(coef(x))) next # a domain with no case has no ratio
    call <- sprintf("svycontrast(svyby(~%s, ~g, d, svymean, covmat = TRUE), %s)", v, deparse1(contrasts[[label]]))
    add(name, "contrast", call, estimate(label, coef(x), unname(as.matrix(vcov(x))), degrees(d, TRUE)), how = how(whole))
  }
}

# Intervals of a proportion, in the whole sample and in domain a. R's "beta" takes for n the rows of the design, which for pps
# designs are those outside the domain too; here n is the number of persons in the domain.
proportion <- function(name, d) {
  data <- data_of(d)
  for (domain in c("all", "a")) {
    keep <- domain == "all" | data$g == domain
    m <- moments(columns(data, "b"), d, keep)
    p <- unname(m$mean)
    v <- m$v_mean[1]
    df <- degrees(d, keep)
    se_logit <- sqrt(v) / (p * (1 - p))
    xlogit <- plogis(qlogis(p) + c(-1, 1) * qt(0.975, df) * se_logit)
    n_eff <- p * (1 - p) / v * (qt(0.025, m$n - 1) / qt(0.025, df))^2
    beta <- c(qbeta(0.025, n_eff * p, n_eff * (1 - p) + 1), qbeta(0.975, n_eff * p + 1, n_eff * (1 - p)))
    inner <- if (!inherits(d, "survey.design")) NULL else if (domain == "all") d else quietly(subset(d, g == "a"))
    for (method in c("xlogit", "beta")) {
      ci <- get(method)
      direct <- if (!is.null(inner)) quietly(svyciprop(~b, inner, method = method))
      wrong_n <- method == "beta" && domain == "a" && !is.null(inner) && nrow(inner) != m$n
      if (!is.null(direct) && !wrong_n) same(c(p, ci), c(coef(direct), attr(direct, "ci")))
      call <- sprintf("svyciprop(~b, %s, method = \"%s\")", if (domain == "all") "d" else "subset(d, g == \"a\")", method)
      result <- list(est = p, se = sqrt(v), lower = ci[1], upper = ci[2], df = df, n = m$n)
      add(name, "ciprop", call, result, how = how(if (wrong_n) NULL else direct))
    }
  }
}

# R divides by n - 1 with n counting the rows where the variable is missing, if it is given na.rm = TRUE; with the design
# cut to the known rows it does not. The second is written.
variance <- function(name, d, v) {
  data <- data_of(d)
  ok <- !is.na(data[[v]])
  x <- ifelse(ok, data[[v]], 0)
  m <- moments(columns(data, v), d)
  w <- weight_of(d) * ok
  squares <- m$n / (m$n - 1) * (x - m$mean)^2
  est <- sum(squares * w) / sum(w)
  spread_of <- spread(cbind((squares - est) * ok / sum(w)), d)
  inner <- if (!inherits(d, "survey.design")) NULL else if (all(ok)) d else d[ok, ]
  direct <- if (!is.null(inner)) quietly(svyvar(reformulate(v), inner))
  if (!is.null(direct)) same(c(est, spread_of), c(coef(direct), vcov(direct)))
  call <- sprintf("svyvar(~%s, %s)", v, if (all(ok)) "d" else sprintf("subset(d, !is.na(%s))", v))
  add(name, "var", call, estimate(v, est, spread_of, degrees(d, TRUE), n = m$n), how = how(direct))
}

quantiles <- function(name, d, v) {
  if (!inherits(d, "survey.design")) return(invisible())
  at <- c(0.25, 0.5, 0.75)
  r <- svyquantile(reformulate(v), d, at, qrule = "math", interval.type = "mean", na.rm = TRUE)[[1]]
  call <- sprintf("svyquantile(~%s, d, c(0.25, 0.5, 0.75), qrule = \"math\", interval.type = \"mean\", na.rm = TRUE)", v)
  result <- list(quantile = at, est = unname(r[, 1]), lower = unname(r[, 2]), upper = unname(r[, 3]), se = unname(r[, 4]))
  add(name, "quantile", call, c(result, df = degf(d)), how = "R")
}

described <- list()
describe <- function(name, call, d, file, ...) {
  described[[name]] <<- list(call = call, data = file, ..., degf = degrees(d, TRUE), n = nrow(data_of(d)), psus = degrees(d, TRUE) +
    length(unique(if (inherits(d, "survey.design")) d$strata[, 1] else d$rows$h)), weighted_n = sum(weight_of(d)))
}
analyse <- function(name, d) {
  missing_x <- anyNA(data_of(d)$x)
  for (vs in c(list("y", "x", "b", "k", c("y", "b")), if (missing_x) list(c("y", "x", "b")))) means_and_totals(name, d, vs)
  ratio(name, d, "y", "x")
  ratio(name, d, "b", "y")
  for (v in c("y", "x", "b")) domains(name, d, v)
  proportion(name, d)
  for (v in c("y", "x")) variance(name, d, v)
  for (v in c("y", "x")) quantiles(name, d, v)
}

built <- list()
for (name in names(designs)) {
  call <- designs[[name]]
  built[[name]] <- eval(call)
  source_of <- deparse1(call$data)
  file <- c(two = "twostage", mainland = "twostage", pps = "pps", poisson = "poisson", clustered = "clustered_pps")[[source_of]]
  describe(name, deparse1(call), built[[name]], paste0(file, ".csv"), rows = if (source_of == "mainland") "stratum != 'island'" else "all")
  analyse(name, built[[name]])
}
for (name in names(by_psu)) {
  design <- svydesign(id = ~1, fpc = ~pi1, pps = ppsmat(joint_psu, tolerance = 0), variance = by_psu[[name]], data = psus)
  built[[name]] <- list(rows = clustered, psus = design)
  call <- sprintf("svydesign(id = ~1, fpc = ~pi1, pps = ppsmat(joint_psu, tolerance = 0), variance = \"%s\", data = psus) of PSU totals", by_psu[[name]])
  describe(name, call, built[[name]], "clustered_pps.csv", rows = "all")
  analyse(name, built[[name]])
}

# Lonely units. Only R's own functions here: the options act on the rows that are left, so linearising by hand is no check.
# "adjust" is the exception. Survey 4.1.1 takes the lonely unit's weighted total as it is, which suits means and ratios only; later
# versions (4.5) centre it at the mean of all units of the stage, sum(t) / sum(n_h). That is `recentred`: the variance under
# "remove" plus what moving the centre of the lonely strata adds. Below the first stage the mean is of one unit, and adds 0.
recentred <- function(x, d, in_domain) {
  old <- options(survey.lonely.psu = "remove", survey.adjust.domain.lonely = FALSE)
  on.exit(options(old))
  v <- unname(svyrecvar(x, d$cluster, d$strata, d$fpc))
  first <- !duplicated(d$cluster[, 1])
  h <- as.character(d$strata[first, 1])
  n <- d$fpc$sampsize[first, 1]
  f <- if (is.null(d$fpc$popsize)) rep(1, length(n)) else 1 - n / d$fpc$popsize[first, 1]
  totals <- rowsum(x, d$cluster[, 1], reorder = FALSE)
  centre <- colSums(x) / sum(n[!duplicated(h)])
  alone <- table(h)[h] == 1 & (n == 1 | in_domain) # one unit left of n; the others are zeros
  for (i in which(alone)) {
    moved <- totals[i, ] / n[i] - centre
    v <- v + f[i] * n[i] * (if (n[i] > 1) n[i] / (n[i] - 1) else 1) * tcrossprod(moved)
  }
  v
}
# What svymean, svytotal and svyratio hand to svyrecvar().
linearised <- function(kind, d) {
  w <- weights(d)
  x <- as.matrix(d$variables[c("y", "b")])
  if (kind == "total") return(x * w)
  if (kind == "mean") return(sweep(x, 2, colSums(x * w) / sum(w)) * w / sum(w))
  r <- sum(d$variables$y * w) / sum(d$variables$x * w)
  cbind((d$variables$y - r * d$variables$x) * w / sum(d$variables$x * w))
}
lonely <- table_of("lonely.csv")
paired <- subset(lonely, stratum != "s")
lonely_designs <- alist(
  lonely_first = svydesign(id = ~school, strata = ~stratum, fpc = ~n_schools, weights = ~weight, data = lonely),
  lonely_first_with_replacement = svydesign(id = ~school, strata = ~stratum, weights = ~weight, data = lonely),
  lonely_second = svydesign(id = ~school + class, strata = ~stratum, fpc = ~n_schools + n_classes, data = paired),
  lonely_both = svydesign(id = ~school + class, strata = ~stratum, fpc = ~n_schools + n_classes, data = lonely),
  domain_first = svydesign(id = ~school, strata = ~stratum, fpc = ~n_schools, weights = ~weight, data = paired),
  domain_first_with_replacement = svydesign(id = ~school, strata = ~stratum, weights = ~weight, data = paired),
  island_with_replacement = svydesign(id = ~school, strata = ~stratum, weights = ~weight, data = two)
)
attempt <- function(expr) {
  warned <- character()
  result <- tryCatch(withCallingHandlers(expr, warning = function(w) {
    warned <<- union(warned, conditionMessage(w))
    invokeRestart("muffleWarning")
  }), error = function(e) list(error = conditionMessage(e)))
  list(result = result, warnings = I(warned))
}
statistics <- alist(
  mean = svymean(~y + b, d), total = svytotal(~y + b, d), ratio = svyratio(~y, ~x, d),
  mean = svymean(~y + b, subset(d, dom == "yes")), total = svytotal(~y + b, subset(d, dom == "yes")),
  ratio = svyratio(~y, ~x, subset(d, dom == "yes"))
)
for (name in names(lonely_designs)) {
  call <- lonely_designs[[name]]
  d <- eval(call)
  source_of <- deparse1(call$data)
  rows <- c(two = "all", lonely = "all", paired = "stratum != 's'")[[source_of]]
  describe(name, deparse1(call), d, if (source_of == "two") "twostage.csv" else "lonely.csv", rows = rows)
  for (policy in c("fail", "remove", "certainty", "adjust", "average")) for (in_domain in c(FALSE, TRUE)) {
    options(survey.lonely.psu = policy, survey.adjust.domain.lonely = in_domain)
    for (i in seq_along(statistics)) {
      of_domain <- grepl("dom", deparse1(statistics[[i]]))
      if (source_of == "two" && (i > 2 || in_domain)) next # no missing values in y and b, and no thin domain
      if (!of_domain && in_domain) next # the option acts on domains only
      if (startsWith(name, "domain") && !(of_domain && (in_domain || policy == "fail"))) next # nothing lonely there
      used <- if (of_domain) subset(d, dom == "yes") else d
      tried <- attempt({
        r <- eval(statistics[[i]])
        v <- unname(as.matrix(vcov(r)))
        labels <- if (inherits(r, "svyratio")) "y/x" else names(coef(r))
        c(estimate(labels, coef(r), v, degf(used), n = nrow(used)), if (policy == "adjust") {
          list(recentred_vcov = recentred(linearised(names(statistics)[i], used), used, in_domain))
        })
      })
      add(name, names(statistics)[i], deparse1(statistics[[i]]), tried$result, how = "R",
          options = list(survey.lonely.psu = policy, survey.adjust.domain.lonely = in_domain), warnings = tried$warnings)
    }
  }
}
options(survey.lonely.psu = "fail", survey.adjust.domain.lonely = FALSE)

# Do the numbers make sense?
se <- function(name, kind = "mean") {
  found <- Filter(function(c) c$design == name && c$kind == kind && c$result$names[1] == "y", cases)
  found[[1]]$result$se[1]
}
for (kind in c("mean", "total")) {
  same(se("two_stage", kind), se("two_stage_fraction", kind))
  same(se("three_stage", kind), se("nested", kind))
  same(se("with_replacement", kind), se("nested_with_replacement", kind))
  same(se("poisson", kind), se("poisson_ht", kind))
  stopifnot(se("two_stage", kind) > se("one_stage", kind), se("clustered_brewer_two_stage", kind) > se("clustered_brewer_weights", kind))
}
cat(sprintf("%-30s %8.4f %12.3f\n", names(built), vapply(names(built), se, 0), vapply(names(built), se, 0, "total")), sep = "")
cat(length(cases), "cases:\n")
print(table(vapply(cases, `[[`, "", "kind")))
meta$cases <- length(cases)
write_reference("richer_designs.json", meta, designs = described, cases = cases)
