# The chain of bench_diagnose.py with R's survey package: population, systematic draw by size, non-response, misreporting, weights,
# design, shares with intervals for all and by sex, the difference, and the primary rule of suppression; one simulation after the other.
#
# Rscript diagnose_peer.R time  areas visits opened response p rho girls_times response_times sensitivity specificity sims seed
# Rscript diagnose_peer.R fixed file.csv
# The last line is JSON.
suppressPackageStartupMessages(library(survey))

ELIGIBLE <- c(0.6, 0.3, 0.1)  # one, two, three eligible children: as in methods/household_one_child
TIMES <- 8
STRATA <- 2

draw_areas <- function(count, spread = 0.5, grown = 0.2) {
  counts <- pmax(diff(as.integer(round(seq(0, count, length.out = STRATA + 1)))), 2L)
  stratum <- rep(seq_len(STRATA), counts)
  drawn <- do.call(rbind, lapply(counts, function(n) {
    size <- exp(spread * rnorm(TIMES * n))
    chances <- pmin(n * size / sum(size), 0.999)
    chances <- chances * n / sum(chances)
    picked <- pmin(findInterval(runif(1) + seq_len(n) - 1, cumsum(chances)) + 1L, length(chances))
    cbind(chances[picked], size[picked])
  }))
  list(stratum = stratum, chance = drawn[, 1], size = drawn[, 2], grown = exp(grown * rnorm(nrow(drawn))))
}

# Beta variables of a given intraclass correlation for girls and boys, made of the same three gamma variables.
local_shares <- function(girls, boys, rho, k) {
  if (rho <= 0) return(list(girls = rep(girls, k), boys = rep(boys, k)))
  both <- (1 - min(rho, 0.95)) / min(rho, 0.95)
  more <- max(girls, boys) * both
  fewer <- min(girls, boys) * both
  yes <- rgamma(k, fewer)
  no <- rgamma(k, both - more)
  between <- if (more > fewer) rgamma(k, more - fewer) else 0
  every <- yes + between + no
  high <- (yes + between) / every
  low <- yes / every
  if (girls >= boys) list(girls = high, boys = low) else list(girls = low, boys = high)
}

simulate <- function(a) {
  areas <- draw_areas(a$areas)
  k <- length(areas$chance)
  boys <- a$p / (0.5 * a$girls_times + 0.5)
  of <- local_shares(boys * a$girls_times, boys, a$rho, k)
  area <- rep(seq_len(k), rbinom(k, a$visits, a$opened))
  n <- length(area)
  children <- sample.int(3L, n, replace = TRUE, prob = ELIGIBLE)
  sex <- as.integer(runif(n) < 0.5)
  true <- as.integer(runif(n) < ifelse(sex == 1L, of$girls[area], of$boys[area]))
  others <- a$response / (a$p * a$response_times + 1 - a$p)
  answered <- runif(n) < pmin(ifelse(true == 1L, others * a$response_times, others), 1)
  weight <- (areas$size * areas$grown / areas$chance)[area] * children
  by_area <- function(w, of) { out <- numeric(k); s <- rowsum(w, of); out[as.integer(rownames(s))] <- s; out }
  factor <- by_area(weight, area) / by_area(weight[answered], area[answered])
  said <- true
  if (a$sensitivity != 1 || a$specificity != 1)
    said <- as.integer(runif(n) < ifelse(true == 1L, a$sensitivity, 1 - a$specificity))
  data.frame(
    y = said[answered], sex = sex[answered], weight = (weight * factor[area])[answered],
    stratum = areas$stratum[area[answered]], psu = area[answered]
  )
}

analyse <- function(d) {
  des <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, data = d, nest = TRUE)
  all <- svyciprop(~y, des, method = "beta")
  sexes <- svyby(~y, ~sex, des, svyciprop, vartype = c("se", "ci"), method = "beta")
  both <- svyby(~y, ~sex, des, svymean, covmat = TRUE)
  gap <- svycontrast(both, c(-1, 1))
  reach <- qt(0.975, degf(des)) * as.numeric(SE(gap))
  list(
    estimate = as.numeric(all), se = as.numeric(sqrt(attr(all, "var"))), limits = as.numeric(attr(all, "ci")),
    sexes = sexes, gap = as.numeric(coef(gap)), gap_se = as.numeric(SE(gap)), found = abs(as.numeric(coef(gap))) > reach
  )
}

small <- function(d) {
  few <- function(y, psu) {
    n <- length(y)
    cases <- sum(y)
    n < 10 || cases < 10 || n - cases < 10 || length(unique(psu)) < 3
  }
  c(few(d$y, d$psu), vapply(split(d, d$sex), function(one) few(one$y, one$psu), TRUE))
}

number <- function(x) sprintf("%.17g", x)
pair <- function(name, x) sprintf("\"%s\": [%s]", name, paste(number(x), collapse = ", "))

arguments <- commandArgs(trailingOnly = TRUE)
if (arguments[1] == "fixed") {
  d <- read.csv(arguments[2])
  got <- analyse(d)
  s <- got$sexes[order(got$sexes$sex), ]
  cat("{", paste(
    pair("estimate", c(got$estimate, s$y)), pair("se", c(got$se, s[["se.as.numeric(y)"]])),
    pair("low", c(got$limits[1], s$ci_l)), pair("high", c(got$limits[2], s$ci_u)),
    pair("gap", c(got$gap, got$gap_se)), sep = ", "
  ), "}\n", sep = "")
} else {
  values <- as.numeric(arguments[-1])
  names(values) <- c(
    "areas", "visits", "opened", "response", "p", "rho", "girls_times", "response_times", "sensitivity", "specificity", "sims", "seed"
  )
  a <- as.list(values)
  set.seed(a$seed)
  invisible(analyse(simulate(a)))  # what R compiles on first use is not counted
  points <- covered <- found <- hidden <- answers <- numeric(a$sims)
  began <- proc.time()
  for (i in seq_len(a$sims)) {
    d <- simulate(a)
    got <- analyse(d)
    points[i] <- got$estimate
    covered[i] <- got$limits[1] <= a$p && a$p <= got$limits[2]
    found[i] <- got$found
    hidden[i] <- mean(small(d))
    answers[i] <- nrow(d)
  }
  took <- proc.time() - began
  cat("{", paste(
    pair("seconds", c(took[["elapsed"]], took[["user.self"]] + took[["sys.self"]]) / a$sims), pair("mean", mean(points)), pair("sd", sd(points)), pair("coverage", mean(covered)),
    pair("found", mean(found)), pair("hidden", mean(hidden)), pair("answers", mean(answers)),
    sprintf("\"version\": \"R %s, survey %s\"", getRversion(), packageVersion("survey")), sep = ", "
  ), "}\n", sep = "")
}
