suppressMessages(library(survey)); data(api); options(digits=17)
mp <- function(d, eps) {
  model <- svyglm(api00 ~ stype, d)
  adj <- model.matrix(~ell+meals, model.frame(d)); w <- weights(d)
  cen <- function(m) sweep(m,2,colSums(m*w)/sum(w))
  adj <- cen(adj); mm0 <- cen(model.matrix(model)[,-1])
  q <- qr(cbind(mm0,adj)); adj <- adj[, (q$pivot[-(1:2)]-2)[1:(q$rank-2)], drop=FALSE]
  mm <- do.call(cbind, lapply(1:2, function(i) adj*mm0[,i]))
  pop <- rep(0, ncol(mm))
  g <- grake(mm, w, calfun=cal.raking, bounds=list(lower=0,upper=Inf), population=pop, epsilon=eps, maxit=200, verbose=FALSE)
  d2 <- d; d2$prob <- d2$prob/g
  m2 <- svyglm(api00~stype, d2); p <- predict(m2, newdata=data.frame(stype=factor(c("E","H","M"))), vcov=TRUE)
  list(est=coef(p), v=vcov(p), gap=max(abs(colSums(mm*w*g))), p=colnames(adj))
}
for (nm in c("strat","clus1")) { d <- if(nm=="strat") svydesign(id=~1,strata=~stype,weights=~pw,data=apistrat,fpc=~fpc) else svydesign(id=~dnum,weights=~pw,data=apiclus1,fpc=~fpc)
 for (e in c(1e-4,1e-12)) {cat(nm,e,"\n"); r<-mp(d,e); print(r$est); print(r$v); print(r$gap); print(r$p)}}
