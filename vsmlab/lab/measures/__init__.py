"""Measures: folds over the journal, from which everything in ``measures.json`` is computed."""
