"""The scenario as a whole: its frame, policy, knock-outs and what the run must show."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from vsmlab.lab.scenario.acts import Act
from vsmlab.lab.scenario.base import FromList, Line, Model, Name, Path_, Text, one_of, refusal
from vsmlab.lab.scenario.coordination import ChannelKind, Channels
from vsmlab.lab.scenario.demand import Environment
from vsmlab.lab.scenario.organisation import SYSTEMS, Node, Organisation

Coordinate = Annotated[float, Field(ge=-1_000_000, le=1_000_000)]
PlaceKey = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*(\.[a-z0-9][a-z0-9_-]*)*$", max_length=200)]
"""A path, or an entry of a list such as `environment.disturbances.0`."""


class PolicyAgents(Model):
    """The agents that the organisation may have."""

    total: int | None = Field(
        default=None, ge=0, description="Agents of the whole organisation when the run begins."
    )
    least: int | None = Field(
        default=None, ge=0, description="Fewest agents; the root may lay off where it is given."
    )
    most: int | None = Field(
        default=None, ge=0, description="Most agents; the root may hire where it is given."
    )
    hire_takes: float = Field(
        default=60.0, ge=0, description="Seconds from a decision to hire or lay off until it has come about."
    )

    @model_validator(mode="after")
    def _ordered(self) -> PolicyAgents:
        given = [(name, getattr(self, name)) for name in ("least", "total", "most")]
        known = [(name, value) for name, value in given if value is not None]
        for (lower, low), (upper, high) in pairwise(known):
            if low > high:
                right = "least <= total <= most is needed"
                raise refusal(f"{lower} {low} is above {upper} {high}", right=right)
        return self

    @property
    def may_change(self) -> bool:
        """Whether the root may hire and lay off."""
        return self.least is not None or self.most is not None


class PolicySpawn(Model):
    """Limits on systems that are made at run time."""

    max_depth: int = Field(
        default=4, ge=0, le=64, description="Deepest level of a child, the root being 0: deeper is refused."
    )


class Policy(Model):
    """What holds for the whole organisation."""

    agents: PolicyAgents | None = Field(default=None, description="Limits on agents.")
    spawn: PolicySpawn = Field(default=PolicySpawn(), description="Limits on children made at run time.")


class Knockout(Model):
    """A System or a channel that is taken away: it receives and answers nothing."""

    system: Path_ | None = Field(
        default=None, description="Path of a receiver, or a bare role such as system2 for every one."
    )
    channel: ChannelKind | None = Field(default=None, description="Kind of the channel that is cut.")
    of: Path_ | None = Field(default=None, description="Path of the sender; every sender if unsaid.")

    @model_validator(mode="before")
    @classmethod
    def _from_path(cls, value: Any) -> Any:  # noqa: ANN401 - whatever the file says
        return {"system": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _exactly_one(self) -> Knockout:
        one_of(self, ("system", "channel"), "a knock-out")
        if self.of is not None and self.channel is None:
            raise refusal("`of` without a channel", right="`of` names the sender of a channel", at=("of",))
        return self


class Expect(Model):
    """One thing that the run must show."""

    measure: str = Field(
        pattern=r"^[a-z][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)+$",
        max_length=4096,
        description="Dotted path into measures.json, such as units.desk.mean_wait_s.",
    )
    min: float | None = Field(default=None, description="Smallest value that passes, in the measure's unit.")
    max: float | None = Field(default=None, description="Largest value that passes, in the measure's unit.")
    near: float | None = Field(
        default=None, description="Value that it should be near, in the measure's unit."
    )
    within: float | None = Field(default=None, ge=0, description="Largest distance from `near` that passes.")
    why: Text = Field(default="", description="Why this is expected.")

    @model_validator(mode="after")
    def _one_form(self) -> Expect:
        bounds = self.min is not None or self.max is not None
        if bounds == (self.near is not None or self.within is not None):
            wrong = "both bounds and a nearness" if bounds else "nothing is expected"
            raise refusal(wrong, right="give min, max or both, or else near and within")
        if not bounds and (self.near is None or self.within is None):
            raise refusal("half of near and within", right="near and within belong together")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise refusal(f"min {self.min:g} is above max {self.max:g}", right="min <= max is needed")
        return self


class Picture(Model):
    """How a drawing of the scenario looks: it means nothing, and changes nothing of a run."""

    places: dict[PlaceKey, Annotated[tuple[Coordinate, Coordinate], FromList]] = Field(
        default_factory=dict,
        max_length=20_000,
        description="Where what is drawn stands, by path: across and down, in points. Unknown paths are ignored.",
    )


class Scenario(Model):
    """An organisation in its environment, and a run of it. Times are in seconds."""

    version: Literal[1] = Field(description="Version of the scenario's form: 1.")
    name: Name = Field(description="Name of the scenario.")
    title: Line = Field(description="One line that says what it is.")
    shows: Text = Field(default="", description="What there is to see.")
    lesson: Text = Field(default="", description="What it teaches.")
    horizon: float = Field(gt=0, description="End of the run in seconds, exclusive.")
    warmup: float = Field(
        default=0.0, ge=0, description="Seconds before anything is measured, below horizon."
    )
    engine: Literal["auto", "simpy", "compiled"] = Field(
        default="auto",
        description="What runs it: auto takes the one that is done sooner. The journal is the same.",
    )
    seed: int = Field(default=0, ge=0, le=2**63 - 1, description="Seed of every draw.")
    environment: Environment = Field(description="What lies outside the organisation.")
    organisation: Organisation = Field(description="The root of the organisation.")
    channels: Channels = Field(default_factory=dict, description="Channels by kind, everywhere.")
    policy: Policy = Field(default=Policy(), description="What holds for the whole organisation.")
    knockout: Annotated[tuple[Knockout, ...], FromList] = Field(
        default=(), max_length=1000, description="Systems and channels that are taken away."
    )
    operator: Annotated[tuple[Act, ...], FromList] = Field(
        default=(),
        max_length=100_000,
        description="What a person did to it while it ran, in the order in which they did it.",
    )
    expect: Annotated[tuple[Expect, ...], FromList] = Field(
        default=(), max_length=1000, description="What the run must show."
    )
    picture: Picture = Field(default=Picture(), description="How a drawing of it looks; the run is the same.")

    @model_validator(mode="before")
    @classmethod
    def _of_this_version(cls, value: Any) -> Any:  # noqa: ANN401 - whatever the file says
        if isinstance(value, dict) and "version" in value:
            version = value["version"]
            if isinstance(version, bool) or version != 1:
                right = "this vsmlab reads version: 1"
                raise refusal("unknown version", right=right, at=("version",), given=repr(version))
        return value

    @model_validator(mode="after")
    def _measures_something(self) -> Scenario:
        if self.warmup >= self.horizon:
            right = f"warmup must be below horizon ({self.horizon:g} s)"
            raise refusal("nothing is left to measure", right=right, at=("warmup",), given=f"{self.warmup:g}")
        return self

    def nodes(self) -> Iterator[tuple[str, Node]]:
        """Every node with its path, parents before children, in the order of the file."""
        for names, node in self.organisation.subtree():
            yield ".".join((self.organisation.name, *names)), node

    def foreseeable(self) -> set[str]:
        """The nodes into whose subtree a stream comes straight from the environment that is no trace."""
        found: set[str] = set()
        for stream in self.environment.demand.values():
            for route in stream.to if stream.trace is None else ():
                path = route.unit
                while path and path not in found:
                    found.add(path)
                    path = path.rpartition(".")[0]
        return found

    def receivers(self) -> Iterator[str]:
        """The path of every receiver but the streams: each node, the Systems that it has, what disturbs."""
        for path, node in self.nodes():
            yield path
            for system in ("management", *SYSTEMS):
                if getattr(node, system) is not None:
                    yield f"{path}.{system}"
        for path, _ in self.environment.disturbing():
            yield path
