# Numbers for the recall test by R's own functions. Makes recall.json:
#   cd tests/reference/findings && Rscript recall.R          (R 4.2.2, jsonlite 1.8.4; R is not needed to run the tests)
# Nothing here uses the closed forms under test.
source("../survey/json17.R")
plans <- list()
for (a in c(0.1, 0.3, 0.45)) for (b in c(0.5, 0.6, 0.9)) for (power in c(0.8, 0.9)) for (level in c(0.95, 0.99)) {
  n <- power.prop.test(p1 = a, p2 = b, power = power, sig.level = 1 - level, tol = 1e-12)$n
  plans[[length(plans) + 1]] <- list(a = a, b = b, power = power, level = level, n = n)
}
detectable <- list()
for (a in c(0.1, 0.3, 0.45)) for (n in c(25, 60, 250)) {
  b <- power.prop.test(p1 = a, n = n, power = 0.8, tol = 1e-12)$p2
  detectable[[length(detectable) + 1]] <- list(a = a, n = n, b = b)
}
# Differences of two shares: Newcombe's method 10 from prop.test's score limits of each share.
differences <- list()
for (x in list(c(56, 70, 48, 80), c(9, 10, 3, 10), c(6, 7, 2, 7), c(41, 60, 28, 60), c(5, 56, 0, 29), c(10, 10, 0, 20), c(12, 40, 12, 40))) {
  for (level in c(0.9, 0.95)) {
    p1 <- x[1] / x[2]
    p2 <- x[3] / x[4]
    one <- prop.test(x[1], x[2], conf.level = level, correct = FALSE)$conf.int
    two <- prop.test(x[3], x[4], conf.level = level, correct = FALSE)$conf.int
    low <- p1 - p2 - sqrt((p1 - one[1])^2 + (two[2] - p2)^2)
    high <- p1 - p2 + sqrt((one[2] - p1)^2 + (p2 - two[1])^2)
    differences[[length(differences) + 1]] <- list(counts = x, level = level, low = low, high = high)
  }
}
# Sessions: a generalised version of the two-sample t: between-session sums of residuals in each arm; t with sessions less two.
set.seed(20261127)
sizes <- c(9, 12, 7, 11, 10, 8, 13, 9, 12, 10)
arm <- rep(c("A", "B"), each = 5)
rows <- do.call(rbind, lapply(seq_along(sizes), function(k) {
  chance <- plogis(ifelse(arm[k] == "B", 0.6, -0.4) + rnorm(1, 0, 0.5))
  data.frame(session = k, arm = arm[k], y = rbinom(sizes[k], 1, chance))
}))
fit <- lm(y ~ arm, data = rows)
scores <- rowsum(model.matrix(fit) * resid(fit), rows$session)
bread <- solve(crossprod(model.matrix(fit)))
of_arm <- function(which) {
  part <- scores[arm == which, , drop = FALSE]
  crossprod(sweep(part, 2, colMeans(part))) * nrow(part) / (nrow(part) - 1)
}
v <- (bread %*% (of_arm("A") + of_arm("B")) %*% bread)[2, 2]
d <- unname(coef(fit)[2])
t <- qt(0.975, length(sizes) - 2)
clustered <- list(
  session = rows$session, arm = rows$arm, y = rows$y, difference = d, se = sqrt(v),
  low = d - t * sqrt(v), high = d + t * sqrt(v), p = 2 * pt(-abs(d) / sqrt(v), length(sizes) - 2)
)
meta <- list(R = R.version.string, script = "recall.R")
write_reference("recall.json", meta, cases = plans, detectable = detectable, differences = differences, clustered = clustered)
