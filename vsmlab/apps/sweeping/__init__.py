"""Experiments in the browser: what to vary is asked and checked, carried out by a worker, shown, and found again."""
