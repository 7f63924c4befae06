"""What the environment asks: streams of tasks, their arrivals, work, cost, rank, way and failures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Annotated, Any

from pydantic import Field, model_validator

from vsmlab.lab.scenario.base import Column, FromList, Model, Path_, ReceiverName, one_of, refusal
from vsmlab.lab.scenario.disturbances import Disturbance
from vsmlab.lab.scenario.quantities import Cost, Distribution, When, Work

Rates = Annotated[tuple[Annotated[float, Field(ge=0)], ...], FromList]


class Poisson(Model):
    """Arrivals with independent exponential gaps."""

    rate: float = Field(gt=0, description="Arrivals a second.")


class Markov(Model):
    """A Markov-modulated Poisson process: states follow each other in a circle."""

    rates: Rates = Field(min_length=1, max_length=1000, description="Arrivals a second in each state.")
    leave: Annotated[tuple[Annotated[float, Field(gt=0)], ...], FromList] = Field(
        min_length=1, max_length=1000, description="Rate of leaving each state for the next, a second."
    )

    @model_validator(mode="after")
    def _matching(self) -> Markov:
        if len(self.rates) != len(self.leave):
            wrong = f"{len(self.rates)} rates but {len(self.leave)} rates of leaving"
            raise refusal(wrong, right="give one of each for every state")
        if not any(self.rates):
            raise refusal("no state has arrivals", right="at least one rate must be above 0", at=("rates",))
        return self


class LinearRate(Model):
    """A rate that is linear between given times and constant after the last."""

    times: Rates = Field(min_length=1, max_length=100_000, description="Seconds, increasing, the first is 0.")
    rates: Rates = Field(min_length=1, max_length=100_000, description="Arrivals a second at those times.")

    @model_validator(mode="after")
    def _matching(self) -> LinearRate:
        if len(self.times) != len(self.rates):
            wrong = f"{len(self.times)} times but {len(self.rates)} rates"
            raise refusal(wrong, right="give one rate for every time")
        if self.times[0] != 0 or any(later <= earlier for earlier, later in pairwise(self.times)):
            raise refusal("times out of order", right="times start at 0 and increase", at=("times",))
        if not any(self.rates):
            raise refusal("a rate that is always 0", right="at least one rate must be above 0", at=("rates",))
        return self


class Arrivals(Model):
    """When tasks arrive: exactly one of these processes."""

    poisson: Poisson | None = Field(default=None, description="Independent exponential gaps.")
    renewal: Distribution | None = Field(default=None, description="Independent gaps, in seconds.")
    markov: Markov | None = Field(default=None, description="Markov-modulated Poisson process.")
    linear: LinearRate | None = Field(default=None, description="Piecewise linear rate.")

    @model_validator(mode="after")
    def _exactly_one(self) -> Arrivals:
        one_of(self, ("poisson", "renewal", "markov", "linear"), "an arrival process")
        if self.renewal is not None and self.renewal.largest <= 0:
            raise refusal(
                "gaps of 0 seconds", right="the gap between arrivals must be above 0", at=("renewal",)
            )
        return self

    @property
    def kind(self) -> str:
        """The one process that is set, such as ``"poisson"``."""
        names = ("poisson", "renewal", "markov", "linear")
        return next(name for name in names if getattr(self, name) is not None)


class Trace(Model):
    """Arrivals as they were recorded, in a CSV or Parquet file."""

    file: str = Field(min_length=1, max_length=4096, description="Path, relative to the scenario file.")
    time: str = Field(min_length=1, max_length=200, description="The file's column of arrival times.")
    starts: float = Field(
        default=0.0,
        ge=0,
        description="Seconds of the run at which the file's first task arrives, whatever its time.",
    )
    columns: dict[Column, Annotated[str, Field(min_length=1, max_length=200)]] = Field(
        default_factory=dict, description="Our name of each column that is used: the file's name of it."
    )


class Route(Model):
    """One way that tasks may go: the first entry whose condition holds is taken."""

    unit: Path_ = Field(description="Path of the operation or viable system that receives the task.")
    when: When | None = Field(default=None, min_length=1, description="Ranges of columns known on arrival.")


class RankRule(Model):
    """One rank that tasks may have: the first entry whose condition holds is taken."""

    rank: int = Field(ge=0, le=9, description="Urgency: 0 is served first, 9 last.")
    when: When | None = Field(default=None, min_length=1, description="Ranges of columns known on arrival.")


class Failure(Model):
    """How tasks fail and how long they are waited for."""

    probability: float = Field(default=0.0, ge=0, le=1, description="Probability that one attempt fails.")
    attempts: int = Field(
        default=1, ge=1, le=1000, description="Attempts before the task has failed for good."
    )
    backoff: Distribution = Field(
        default=Distribution(constant=0.0), description="Seconds between a failed attempt and the next."
    )
    deadline: float | None = Field(
        default=None, gt=0, description="Seconds from arrival after which a task is abandoned, served or not."
    )
    patience: Distribution | None = Field(
        default=None, description="Seconds that a task waits for service before it is abandoned."
    )


class Season(Model):
    """A season of demand: a sine wave around what the stream has without it."""

    period: float = Field(gt=0, description="Seconds of one season.")
    amplitude: float = Field(ge=0, le=1, description="How far it rises and falls, as a share.")
    phase: float = Field(
        default=0.0,
        ge=0,
        lt=1,
        description="Share of the period at which the run begins; 0 rises from the mean.",
    )


def _last_without_condition(entries: Sequence[Route | RankRule], field: str) -> None:
    for index, entry in enumerate(entries):
        last = index == len(entries) - 1
        if last and entry.when is not None:
            right = "the last entry has no `when`, so that every task matches one"
            raise refusal("the last entry has a condition", right=right, at=(field, str(index)))
        if not last and entry.when is None:
            right = "only the last entry has no `when`: those after it would never match"
            raise refusal("an entry without condition before the last", right=right, at=(field, str(index)))


class Stream(Model):
    """A stream of tasks from the environment."""

    arrivals: Arrivals | None = Field(default=None, description="An arrival process.")
    profile: str | None = Field(
        default=None,
        min_length=1,
        max_length=4096,
        description="Windowed profile (Parquet): path of the file.",
    )
    trace: Trace | None = Field(default=None, description="A recorded trace.")
    columns: dict[Column, Annotated[str, Field(min_length=1, max_length=200)]] | None = Field(
        default=None,
        description="Columns of a trace given in the shell: `time` and each column that is used.",
    )
    work: Work | None = Field(
        default=None, description="Seconds of one agent; may be left out where every operation says its own."
    )
    cost_usd: Cost = Field(
        default=Cost(constant=0.0), description="US dollars that each service of a task costs."
    )
    rank: Annotated[tuple[RankRule, ...], FromList] = Field(
        default=(RankRule(rank=0),), min_length=1, max_length=1000, description="A number from 0, or rules."
    )
    to: Annotated[tuple[Route, ...], FromList] = Field(
        min_length=1, max_length=1000, description="Path of the receiver, or a list with conditions."
    )
    failure: Failure = Field(default=Failure(), description="How tasks fail.")
    season: Season | None = Field(default=None, description="A season by which there is more or less of it.")
    balks: bool = Field(
        default=False, description="A task joins with probability 1/(n+1) where n tasks are present."
    )

    @model_validator(mode="before")
    @classmethod
    def _spelled_out(cls, value: Any) -> Any:  # noqa: ANN401 - whatever the file says
        if not isinstance(value, dict):
            return value
        value = dict(value)
        if isinstance(value.get("to"), str):
            value["to"] = [{"unit": value["to"]}]
        if isinstance(value.get("rank"), int) and not isinstance(value["rank"], bool):
            value["rank"] = [{"rank": value["rank"]}]
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Stream:
        one_of(self, ("arrivals", "profile", "trace"), "a source of arrivals")
        _last_without_condition(self.to, "to")
        _last_without_condition(self.rank, "rank")
        return self

    @property
    def source(self) -> str:
        """Where arrivals come from: ``"arrivals"``, ``"profile"`` or ``"trace"``."""
        return "arrivals" if self.arrivals is not None else "profile" if self.profile is not None else "trace"


class Environment(Model):
    """What lies outside the organisation."""

    demand: dict[ReceiverName, Stream] = Field(
        min_length=1, max_length=1000, description="Streams of tasks by name."
    )
    disturbances: Annotated[tuple[Disturbance, ...], FromList] = Field(
        default=(), max_length=1000, description="What breaks, or how demand changes."
    )

    def disturbing(self) -> Iterator[tuple[str, int]]:
        """Path and index of every disturbance that is a receiver; changes of demand are part of their stream.

        They are called by their kind and counted from 1, such as ``environment.crash-1``.
        """
        numbers: Counter[str] = Counter()
        for index, disturbance in enumerate(self.disturbances):
            numbers[disturbance.kind] += 1
            if disturbance.kind != "demand":
                yield f"environment.{disturbance.kind}-{numbers[disturbance.kind]}", index
