"""Asking the library: what fits a question is found as in any search, laid before a model, and cited in its answer."""
