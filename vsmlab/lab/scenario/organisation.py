"""The organisation: a tree of nodes, each an elementary operation or a viable system over its children."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from vsmlab.lab.scenario.base import RESERVED_NAMES, FromList, Model, Name, ReceiverName, refusal
from vsmlab.lab.scenario.coordination import Channels, Desk, System2, System3, TokenBucket, present
from vsmlab.lab.scenario.essential import Essentials
from vsmlab.lab.scenario.intelligence import Audit, System4, System5
from vsmlab.lab.scenario.operation import Autonomy, Management, Next, Queue, Report
from vsmlab.lab.scenario.quantities import Distribution

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

SYSTEMS = ("system2", "system3", "audit", "system4", "system5")
"""The Systems of a viable system, each a receiver of its own."""

VIABLE_FIELDS = ("operations", "desk", *SYSTEMS, "spawn")
"""What only a viable system has."""

REMOVABLE_FIELDS = ("management", *SYSTEMS)
"""What the file may switch `off`."""


class Spawn(Model):
    """Children that a viable system may have at run time: complete viable systems, made and ended as needed."""

    child: Node = Field(description="What a child is: a viable system, whose tasks do not go on elsewhere.")
    name: ReceiverName = Field(
        default="child", description="Children are called by this name, -1, -2 and on."
    )
    at_most: int = Field(default=3, ge=1, le=100, description="Most children at one time.")
    above: float = Field(
        default=0.8, gt=0, description="Utilisation expected above which a child is proposed."
    )
    below: float = Field(
        default=0.5, ge=0, description="Utilisation expected below which a child's end is proposed."
    )
    dwell: float = Field(
        default=120.0,
        ge=0,
        description="Seconds above before a child is proposed; five times as long below before its end is.",
    )

    @model_validator(mode="after")
    def _makes_viable_systems(self) -> Spawn:
        if self.below >= self.above:
            wrong = f"below {self.below:g} is not below above {self.above:g}"
            raise refusal(wrong, right="below < above is needed, or children would come and go")
        if not self.child.viable:
            right = "a child has operations, and its own Systems 2 to 5"
            raise refusal("a child that is no viable system", right=right, at=("child",))
        for names, node in self.child.subtree():
            if node.next:
                right = "tasks of a child leave when they are served"
                at = ("child", *(part for name in names for part in ("operations", name)), "next")
                raise refusal("a way on out of a child", right=right, at=at)
        return self


class Node(Model):
    """An elementary operation (it has ``agents``) or a viable system (it has ``operations``)."""

    channels: Channels = Field(
        default_factory=dict, description="Channels of this node's receivers, by kind, where they differ."
    )

    essential: Essentials = Field(
        default_factory=dict,
        description=(
            "Essential variables: mean_wait_s, p95_wait_s, mean_queue (tasks waiting), utilisation, shed_share, "
            "failed_share. A system's hold for all of its operations that do not say theirs."
        ),
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
    audit: Audit | None = Field(default=None, description="System 3*, on unless `off` (viable).")
    system4: System4 | None = Field(default=None, description="Intelligence, on unless `off` (viable).")
    system5: System5 | None = Field(default=None, description="Policy, on unless `off` (viable).")
    spawn: Spawn | None = Field(default=None, description="Children that it may have at run time (viable).")

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
            for system in SYSTEMS:
                value.setdefault(system, {})
            value.setdefault("management", None)
        elif value.get("essential"):
            value.setdefault("management", {})  # it judges them, in a lone operation too
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
        dumped["agents"] = self.agents  # even where it has its default: it makes this an operation
        for field in ELEMENTARY_FIELDS if self.viable else VIABLE_FIELDS:
            dumped.pop(field, None)
        for field in SYSTEMS if self.viable else ("management",):
            if getattr(self, field) is None:
                dumped[field] = "off"
        return dumped

    def subtree(self) -> Iterator[tuple[tuple[str, ...], Node]]:
        """This node and every one below with its names from here down, parents first, in the order of the file.

        Children that may be spawned are not part of it.
        """
        waiting: list[tuple[tuple[str, ...], Node]] = [((), self)]
        while waiting:
            names, node = waiting.pop()
            yield names, node
            waiting.extend(((*names, name), child) for name, child in reversed(node.operations.items()))

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

    management: Management | None = Field(
        default=None,
        description="Local management of a lone operation: off unless it is named, or has essential variables.",
    )

    @model_validator(mode="after")
    def _free_name(self) -> Organisation:
        # `desk` is a role and not part of a path, so a lone operation may be called so
        if self.name in RESERVED_NAMES - {"desk"}:
            wrong = f"{self.name!r} is a reserved name"
            raise refusal(wrong, right="choose another name", at=("name",))
        return self


Spawn.model_rebuild()
