"""What a person does to a run while it runs: breaks and mends, asks for more or less, knocks out, turns dials."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from vsmlab.lab.scenario.base import Model, Path_, ReceiverName
from vsmlab.lab.scenario.coordination import ChannelKind
from vsmlab.lab.scenario.disturbances import ALLOWED as MAY_BREAK
from vsmlab.lab.scenario.disturbances import NEEDED as BREAKS
from vsmlab.lab.scenario.disturbances import only_its_own, possible_factor

ActKind = Literal[
    "crash", "hang", "slow", "stale", "bias", "cut", "delay", "loss", "demand", "knockout", "set"
]  # fmt: skip

ALWAYS = ("kind", "time")
AMOUNTS = ("factor", "adds", "probability")
"""What an act that mends does not say: everything is well again."""
NEEDED = MappingProxyType({**BREAKS, "knockout": ("system",), "set": ("dial", "who", "value")})
"""What an act of each kind must say, besides its time."""
ALLOWED = MappingProxyType(
    {
        **{kind: (*MAY_BREAK.get(kind, ()), "mends") for kind in BREAKS if kind != "demand"},
        "set": ("channel",),
    }
)
"""What it may say further: that it mends, except what is for good or has a number to go back to."""


class Act(Model):
    """One intervention of the operator. It is done at its time, and stays until another undoes it."""

    time: float = Field(ge=0, description="Seconds of the run at which it is done.")
    kind: ActKind = Field(
        description=(
            "What a disturbance of this name does (crash, hang, slow, stale, bias, cut, delay, loss), from now on; "
            "demand (a stream has so many times its tasks, 1 is as before), knockout (a System answers nothing any "
            "more, for good), set (a dial)."
        )
    )
    mends: bool = Field(
        default=False, description="Undo it: what broke is mended (not demand, knockout, set)."
    )
    unit: Path_ | None = Field(
        default=None, description="Path of the operation; of the viable system for loss."
    )
    answers: bool = Field(default=True, description="Whether it still reports and answers heartbeats (hang).")
    factor: float | None = Field(
        default=None, ge=0, description="What speed (slow), reports (bias) or demand are multiplied by."
    )
    probability: float = Field(
        default=1.0, gt=0, le=1, description="Probability that one report is biased (bias)."
    )
    channel: ChannelKind | None = Field(
        default=None, description="Kind of the channel (cut, delay, set of a channel's dial)."
    )
    of: Path_ | None = Field(
        default=None, description="Path of the channel's sender; every sender if unsaid (cut, delay)."
    )
    adds: float | None = Field(default=None, gt=0, description="Seconds added to every message (delay).")
    stream: ReceiverName | None = Field(default=None, description="Name of the demand stream (demand).")
    system: Path_ | None = Field(
        default=None, description="Path of the System that is taken away, such as fleet.system3 (knockout)."
    )
    dial: str | None = Field(
        default=None,
        pattern=r"^[a-z][a-z0-9_]*$",
        max_length=64,
        description="Name of the dial (set); docs/anatomy.md has them by role.",
    )
    who: Path_ | None = Field(default=None, description="Path of the receiver whose dial it is (set).")
    value: float | None = Field(default=None, description="What the dial is set to, in its unit (set).")

    @model_validator(mode="after")
    def _of_its_kind(self) -> Act:
        needed, allowed = NEEDED[self.kind], ALLOWED.get(self.kind, ())
        what = f"an act of kind {self.kind}"
        if self.mends and "mends" in allowed:
            needed = tuple(name for name in needed if name not in AMOUNTS)
            allowed = tuple(name for name in allowed if name not in AMOUNTS)
            what = f"{what} that mends"
        only_its_own(self, ALWAYS, needed, allowed, what)
        possible_factor(self.kind, self.factor)
        return self

    @model_serializer(mode="wrap")
    def _own_kind(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        dumped: dict[str, Any] = handler(self)
        own = {*ALWAYS, *NEEDED[self.kind], *ALLOWED.get(self.kind, ())}
        return {name: value for name, value in dumped.items() if name in own and value is not None}
