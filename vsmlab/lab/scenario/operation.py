"""An elementary operation: its queue, where its tasks go on to, its autonomy, management and reports."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from vsmlab.lab.scenario.base import Model, Path_, refusal
from vsmlab.lab.scenario.quantities import When


class Queue(Model):
    """The queue before an operation's agents."""

    discipline: Literal["fifo", "lifo", "random", "edf"] = Field(
        default="fifo",
        description="Within a rank: fifo, lifo, random, or edf (earliest deadline first).",
    )
    limit: int | None = Field(default=None, ge=0, description="Most tasks waiting; those beyond are shed.")
    preemptive: bool = Field(default=False, description="A task of a more urgent rank interrupts service.")


class Next(Model):
    """Where a served task may go on to: by chance, or by the first condition that holds."""

    unit: Path_ = Field(description="A sibling's name, or a path.")
    probability: float | None = Field(default=None, ge=0, le=1, description="Probability; the rest leaves.")
    when: When | None = Field(default=None, min_length=1, description="Ranges of columns of the task.")

    @model_validator(mode="after")
    def _exactly_one(self) -> Next:
        if (self.probability is None) == (self.when is None):
            wrong = "both a probability and a condition" if self.when is not None else "no way to choose"
            raise refusal(wrong, right="give exactly one of probability, when")
        return self


class Offload(Model):
    """Local autonomy that sends waiting tasks to the least loaded sibling, as far as is known of it."""

    gain: float = Field(
        gt=0, description="Part of the difference to the least loaded sibling sent in one period."
    )
    period: float = Field(default=5.0, gt=0, description="Seconds between two looks at the queue.")
    above: float = Field(default=0.0, ge=0, description="Difference in tasks that is let pass.")


class InPain(Model):
    """What an operation does while one of its essential variables is outside its limits."""

    max_wait: float = Field(
        ge=0, description="Seconds: a task whose expected wait is longer is refused (shed)."
    )


class Autonomy(Model):
    """What an operation may decide by itself."""

    max_wait: float | None = Field(
        default=None, ge=0, description="Seconds: a task whose expected wait is longer is refused (shed)."
    )
    defer: float | None = Field(
        default=None,
        gt=0,
        description="Seconds: a task whose expected wait is longer than max_wait comes back then, once.",
    )
    offload: Offload | None = Field(default=None, description="Sending waiting tasks to a sibling.")
    budget: bool = Field(default=False, description="Refuse tasks that the granted budget does not cover.")
    in_pain: InPain | None = Field(default=None, description="What it does while it is in pain.")


class Management(Model):
    """The local management of an operation: what it sends to Systems 2 and 3."""

    account_every: float = Field(default=30.0, gt=0, description="Seconds between accounts to System 3.")
    memory: float = Field(default=60.0, gt=0, description="Seconds after which an older report has faded.")
    heartbeat_every: float = Field(default=5.0, gt=0, description="Seconds between heartbeats to System 2.")


class Report(Model):
    """How an operation reports to its management."""

    every: float = Field(default=1.0, gt=0, description="Seconds between two reports.")
    phase: float | None = Field(
        default=None, ge=0, description="Seconds to the first report; by the path's hash if unsaid."
    )

    @model_validator(mode="after")
    def _within(self) -> Report:
        if self.phase is not None and self.phase >= self.every:
            raise refusal(
                f"phase {self.phase:g} is not below every {self.every:g}", right="0 <= phase < every"
            )
        return self
