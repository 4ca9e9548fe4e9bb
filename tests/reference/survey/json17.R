# JSON with 17 significant digits, enough to read every double back exactly; jsonlite stops at 15.
# NaN, Inf and NA become strings, NULL becomes null. A vector of length 1 is a bare value, a matrix a list of rows.
json17 <- function(x) {
  quoted <- function(s) vapply(s, function(v) as.character(jsonlite::toJSON(v, auto_unbox = TRUE)), "", USE.NAMES = FALSE)
  number <- function(v) ifelse(is.na(v) | is.infinite(v), sprintf('"%s"', as.character(v)), sprintf("%.17g", v))
  if (is.null(x)) return("null")
  if (is.list(x)) {
    parts <- vapply(x, json17, "")
    if (is.null(names(x))) return(paste0("[", paste(parts, collapse = ", "), "]"))
    return(paste0("{", paste0(quoted(names(x)), ": ", parts, collapse = ", "), "}"))
  }
  if (is.matrix(x)) {
    rows <- apply(x, 1, function(row) paste0("[", paste(number(row), collapse = ", "), "]"))
    return(paste0("[", paste(rows, collapse = ", "), "]"))
  }
  x <- if (is.factor(x)) as.character(x) else x
  parts <- if (is.logical(x)) ifelse(is.na(x), "null", tolower(x)) else if (is.numeric(x)) number(x) else quoted(x)
  if (length(parts) == 1 && !inherits(x, "AsIs")) parts else paste0("[", paste(parts, collapse = ", "), "]")
}

# One case a line, so that a change shows as a change of lines.
write_reference <- function(path, meta, ..., cases) {
  head <- c(meta = json17(meta), vapply(list(...), json17, ""))
  head <- paste0('"', names(head), '": ', head, collapse = ",\n")
  lines <- paste(vapply(cases, json17, ""), collapse = ",\n")
  writeLines(paste0("{", head, ',\n"cases": [\n', lines, "\n]}"), path)
}

versions <- function() {
  found <- list(R = R.version.string, survey = as.character(packageVersion("survey")))
  cat(found$R, "; survey", found$survey, "\n")
  found
}
