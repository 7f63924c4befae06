"""Where to begin: the shipped scenarios, the simplest first, each with what it adds to those before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Step:
    """A shipped scenario on the way through all of them.

    Attributes:
        name: Its name.
        adds: What is new in it, in a few words.
        words: What else people look for when they mean it.
    """

    name: str
    adds: str
    words: str = ""


BEGIN_HERE: Final = (
    Step("mm3", "one queue", "queueing theory oracle validation overload capacity load pool"),
    Step("oscillating-siblings", "System 2 damps", "oscillation load balancing thundering herd overload coordination"),
    Step("rate-limit", "System 2 divides", "API quota throttling token bucket overload coordination"),
    Step("bargain", "System 3 grants agents", "control allocation resources rush peak overload accountability"),
    Step("hand-offs", "work in steps", "workflow retry rework abandonment timeout priority budget pipeline overload"),
    Step("gaming-units", "System 3* looks for itself", "audit lying cheating fraud misreporting control trust"),
    Step("zombies", "agents that fail", "failure crash outage heartbeat fault tolerance recovery stuck"),
    Step("demand-slope", "System 4 looks ahead", "forecast prediction season hiring scaling autoscaling intelligence"),
    Step("three-four-imbalance", "System 5 weighs", "policy stability feedback delay oscillation hiring autoscaling"),
    Step("algedonic-escalation", "alarms", "pain alert escalation incident emergency hospital overload surge"),
    Step("spawning", "children", "recursion growth scaling autoscaling peak overload create retire subsystem"),
    Step("llm-fleet-quiet", "three recursions", "LLM inference serving requests trace autonomy"),
    Step("llm-fleet-flat", "the same, flat", "LLM inference serving requests trace span of control pool comparison"),
    Step("llm-fleet", "all of it on a bad day", "LLM inference serving surge overload outage knock-out everything"),
)  # fmt: skip
"""Every shipped scenario, in the order in which they are best met."""


def step_of(name: str) -> tuple[int, Step] | None:
    """The number of a shipped scenario on the way, from 1, and what it adds; None for any other."""
    return next(((at, step) for at, step in enumerate(BEGIN_HERE, start=1) if step.name == name), None)
