"""The organisation: a tree of nodes, each an elementary operation or a viable system over its children."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from vsmlab.lab.scenario.base import RESERVED_NAMES, FromList, Model, Name, Path_, ReceiverName, refusal
from vsmlab.lab.scenario.coordination import Channels, Desk, System2, System3, TokenBucket, present
from vsmlab.lab.scenario.quantities import Distribution, When

ELEMENTARY_FIELDS = (
    "agents",
    "speed",
    "queue",
    "work",
    "next",
    "max_visits",
    "limit",
    "autonomy",
    "management",
    "report",
)
"""What only an elementary operation has."""

VIABLE_FIELDS = ("operations", "desk", "system2", "system3")
"""What only a viable system has."""

REMOVABLE_FIELDS = ("management", "system2", "system3")
"""What the file may switch `off`."""


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


class Node(Model):
    """An elementary operation (it has ``agents``) or a viable system (it has ``operations``)."""

    channels: Channels = Field(
        default_factory=dict, description="Channels of this node's receivers, by kind, where they differ."
    )

    agents: int = Field(
        default=0, ge=0, le=1_000_000, description="Agents that serve in parallel (elementary)."
    )
    speed: float = Field(default=1.0, gt=0, description="Work that one agent does in a second (elementary).")
    queue: Queue = Field(default=Queue(), description="The queue before the agents (elementary).")
    work: Distribution | None = Field(
        default=None, description="Seconds of one agent of speed 1, in place of the stream's (elementary)."
    )
    next: Annotated[tuple[Next, ...], FromList] = Field(
        default=(), max_length=1000, description="Where served tasks go on to; the rest leaves (elementary)."
    )
    max_visits: int | None = Field(
        default=None,
        ge=1,
        description="Operations that a task may have visited in all when it goes on from here (elementary).",
    )
    limit: TokenBucket | None = Field(default=None, description="Limit on starts of service (elementary).")
    autonomy: Autonomy = Field(default=Autonomy(), description="What it may decide by itself (elementary).")
    management: Management | None = Field(
        default=Management(), description="Local management, or off (elementary)."
    )
    report: Report = Field(default=Report(), description="Reports to its management (elementary).")

    operations: dict[ReceiverName, Node] = Field(
        default_factory=dict, description="Systems 1 of this viable system, by name (viable)."
    )
    desk: Desk = Field(default=Desk(), description="How tasks are shared among the operations (viable).")
    system2: System2 | None = Field(default=None, description="Coordination, on unless `off` (viable).")
    system3: System3 | None = Field(default=None, description="Control, on unless `off` (viable).")

    @model_validator(mode="before")
    @classmethod
    def _with_its_systems(cls, value: Any) -> Any:  # noqa: ANN401 - whatever the file says
        if not isinstance(value, dict):
            return value
        value = {
            field: present(part, field) if field in REMOVABLE_FIELDS else part
            for field, part in value.items()
        }
        if "operations" in value:
            value.setdefault("system2", {})
            value.setdefault("system3", {})
            value.setdefault("management", None)
        return value

    @model_validator(mode="after")
    def _one_kind(self) -> Node:
        given = self.model_fields_set
        if not given & {"agents", "operations"}:
            right = "give agents (an elementary operation) or operations (a viable system)"
            raise refusal("neither an operation nor a viable system", right=right, at=("agents",))
        if "operations" not in given:
            wrong, kind = [field for field in VIABLE_FIELDS if field in given], "a viable system"
        else:
            wrong = [field for field in ELEMENTARY_FIELDS if field in given and field != "management"]
            wrong += ["management"] if self.management is not None else []
            kind = "an elementary operation"
            if not self.operations:
                raise refusal("no operation", right="a viable system has at least one", at=("operations",))
        if wrong:
            right = "a node has either agents and what serves, or operations and what holds them together"
            raise refusal(f"only {kind} has {wrong[0]!r}", right=right, at=(wrong[0],))
        return self

    @model_validator(mode="after")
    def _next_adds_up(self) -> Node:
        conditions = sum(entry.when is not None for entry in self.next)
        if 0 < conditions < len(self.next):
            raise refusal(
                "probabilities and conditions mixed", right="use one of them in a list", at=("next",)
            )
        total = sum(entry.probability or 0.0 for entry in self.next)
        if total > 1.0 + 1e-12:
            right = "they sum to at most 1, the rest leaves"
            raise refusal(
                "the probabilities sum to more than 1", right=right, at=("next",), given=f"{total:g}"
            )
        return self

    @model_serializer(mode="wrap")
    def _own_kind(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        dumped: dict[str, Any] = handler(self)
        for field in ELEMENTARY_FIELDS if self.viable else VIABLE_FIELDS:
            dumped.pop(field, None)
        for field in ("system2", "system3") if self.viable else ("management",):
            if getattr(self, field) is None:
                dumped[field] = "off"
        return dumped

    @property
    def viable(self) -> bool:
        """True for a viable system, False for an elementary operation."""
        return bool(self.operations)

    @property
    def all_agents(self) -> int:
        """Agents of the whole subtree."""
        return self.agents + sum(child.all_agents for child in self.operations.values())


class Organisation(Node):
    """The root of the organisation: a node with a name."""

    name: Name = Field(description="Name of the root, the first part of every path.")

    @model_validator(mode="after")
    def _free_name(self) -> Organisation:
        # `desk` is a role and not part of a path, so a lone operation may be called so
        if self.name in RESERVED_NAMES - {"desk"}:
            wrong = f"{self.name!r} is a reserved name"
            raise refusal(wrong, right="choose another name", at=("name",))
        return self
