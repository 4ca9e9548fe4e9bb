suppressMessages(library(MASS)); options(digits=17)
i <- 0:159; x <- i %% 7; g <- i %% 2; w <- 1 + i %% 4
y <- (((i*i*3 + 5*x) %% 11) * (i %% 3)) %/% 2 + (i %% 5 == 0) * x
m <- glm.nb(y ~ x + g, weights=w, control=glm.control(epsilon=1e-15, maxit=500))
print(coef(m)); print(m$theta); print(m$SE.theta); print(sum(y))
