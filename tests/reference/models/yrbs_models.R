# R survey 4.1.1 for the model of example 02. First leave the example's columns as CSV, with empty cells where answers are missing:
#   made["frame"][["sex", "grade", "race", "QN24", "weight", "stratum", "psu"]].to_csv("yrbs.csv", index=False)
# then: Rscript yrbs_models.R yrbs.csv. The numbers stand in tests/test_real_survey.py.
suppressMessages(library(survey))
d <- read.csv(commandArgs(TRUE)[1], stringsAsFactors = TRUE, na.strings = c("", "NA"))
d$grade <- factor(d$grade)
design <- svydesign(id = ~psu, strata = ~stratum, weights = ~weight, nest = TRUE, data = d)
fit <- svyglm(QN24 ~ sex + grade + race, design, family = quasibinomial(), control = glm.control(epsilon = 1e-15, maxit = 100))
print(unname(coef(fit)), digits = 16)
print(unname(SE(fit)), digits = 16)
print(fit$df.residual)
test <- svychisq(~sex + QN24, design)
print(test$statistic, digits = 16)
print(test$parameter, digits = 16)
