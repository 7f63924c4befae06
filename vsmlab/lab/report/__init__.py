"""The report of a run: diagrams, charts and tables in one self-contained page."""

from vsmlab.lab.report.of_run import report_of, write_report

__all__ = ["report_of", "write_report"]
