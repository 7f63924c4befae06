"""Scenarios, runs, measures and reports: what a person works with."""
