# Sample sizes and power by R's own functions, and by its root finder from the definition. Makes sizing.json:
#   cd tests/reference/sampling && Rscript sizing.R          (R 4.2.2, jsonlite 1.8.4; R is not needed to run the tests)
# Nothing here uses the closed forms under test.
source("../survey/json17.R")
root <- function(f, low, high) uniroot(f, c(low, high), tol = 1e-12, maxiter = 5000)$root
z <- qnorm(0.975)

# Half the width of an interval of a proportion when np of n are cases
exact <- function(p, n) (qbeta(0.975, n * p + 1, n - n * p) - qbeta(0.025, n * p, n - n * p + 1)) / 2
wilson <- function(p, n) z * sqrt(p * (1 - p) / n + z^2 / (4 * n^2)) / (1 + z^2 / n)
logodds <- function(p, n) {
  h <- z / sqrt(n * p * (1 - p))
  (plogis(qlogis(p) + h) - plogis(qlogis(p) - h)) / 2
}
cases <- list()
add <- function(verb, args, value) cases[[length(cases) + 1]] <<- list(verb = verb, args = args, value = value)
for (pair in list(c(0.02, 0.01), c(0.05, 0.02), c(0.1, 0.03), c(0.4, 0.05), c(0.9, 0.03))) {
  p <- pair[1]
  e <- pair[2]
  for (method in c("wilson", "clopper-pearson", "log-odds")) {
    width <- list(wilson = wilson, "clopper-pearson" = exact, "log-odds" = logodds)[[method]]
    add("n_for_proportion", list(p = p, moe = e, method = method), root(function(n) width(p, n) - e, 5, 1e5))
  }
}
# Wald, finite population and design effect: the n whose standard error is the one wanted
se <- function(p, n, deff, N) sqrt(deff * (1 / n - 1 / N) * p * (1 - p) * N / (N - 1))
for (deff in c(1, 1.7)) for (N in c(500, 20000)) {
  add("n_for_proportion", list(p = 0.1, moe = 0.03, deff = deff, population = N), root(function(n) z * se(0.1, n, deff, N) - 0.03, 1, N))
  add("n_for_proportion", list(p = 0.1, rse = 0.15, deff = deff, population = N), root(function(n) se(0.1, n, deff, N) / 0.1 - 0.15, 1, N))
}
for (pair in list(c(0.05, 0.08), c(0.3, 0.4), c(0.02, 0.01))) {
  n <- power.prop.test(p1 = pair[1], p2 = pair[2], power = 0.8, tol = 1e-12)$n
  add("n_for_difference", list(p1 = pair[1], p2 = pair[2], method = "pooled"), n)
  power <- power.prop.test(p1 = pair[1], p2 = pair[2], n = 400, strict = TRUE)$power
  add("power_of_difference", list(p1 = pair[1], p2 = pair[2], n = 400, method = "pooled"), power)
}
for (d in c(0.1, 0.2, 0.5)) for (n in c(20, 300)) {
  add("power_of_mean_difference", list(difference = d, sd = 1, n = n), power.t.test(delta = d, n = n, strict = TRUE)$power)
  one <- power.t.test(delta = d, n = n, alternative = "one.sided")$power
  add("power_of_mean_difference", list(difference = d, sd = 1, n = n, alternative = "one-sided"), one)
}
for (k in c(1, 5, 30)) for (p in c(0.01, 0.05)) {
  n <- k
  while (1 - pbinom(k - 1, n, p) < 0.9) n <- n + 1
  add("n_for_cases", list(cases = k, p = p, chance = 0.9), n)
  add("chance_of_cases", list(cases = k, p = p, n = 700), 1 - pbinom(k - 1, 700, p))
}
add("bound_if_none", list(n = 120), binom.test(0, 120, alternative = "less", conf.level = 0.95)$conf.int[2])
# The cost of a survey at its lowest, over the take
cost <- function(b) ((450 / b + 35 + 4 / (0.28 * 0.95 * 0.85)) * (1 + (b - 1) * 0.03))
best <- root(function(b) (cost(b + 1e-4) - cost(b - 1e-4)) / 2e-4, 2, 200)
add("best_take", list(rho = 0.03), best)
meta <- list(R = R.version.string, script = "sizing.R")
write_reference("sizing.json", meta, cases = cases)
