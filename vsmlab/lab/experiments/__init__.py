"""Experiments: many runs of one scenario, compared fairly, kept in one table."""
