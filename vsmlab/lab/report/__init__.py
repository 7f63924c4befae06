"""The report of a run: diagrams, charts and tables in one self-contained page."""
