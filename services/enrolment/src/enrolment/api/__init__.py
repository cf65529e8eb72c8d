"""HTTP doors: each turns input into one call of a use case."""
