"""M/M/c: Poisson arrivals, exponential service, one queue first in first out, several servers."""

from __future__ import annotations

from vsmlab.mechanisms.queueing import erlang_c

ARRIVALS, SERVICE, SERVERS = 2.4, 1.0, 3
"""Arrivals and services of one server a second; servers."""


def mean_wait() -> float:
    """What Erlang C says of the mean wait in seconds."""
    return erlang_c(SERVERS, ARRIVALS / SERVICE) / (SERVERS * SERVICE - ARRIVALS)
