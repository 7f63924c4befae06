"""What the world does to the organisation: who breaks, when or how often, and for how long."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType
from typing import Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from vsmlab.lab.scenario.base import Model, Path_, ReceiverName, one_of, refusal
from vsmlab.lab.scenario.coordination import ChannelKind
from vsmlab.lab.scenario.quantities import Distribution

DisturbanceKind = Literal["crash", "hang", "slow", "stale", "bias", "cut", "delay", "loss", "demand"]

ALWAYS = ("kind", "time", "every", "lasts")
NEEDED = MappingProxyType(
    {
        "crash": ("unit",),
        "hang": ("unit",),
        "slow": ("unit", "factor"),
        "stale": ("unit",),
        "bias": ("unit", "factor"),
        "cut": ("channel",),
        "delay": ("channel", "adds"),
        "loss": ("unit",),
        "demand": ("stream", "factor"),
    }
)
"""What a disturbance of each kind must say, besides its time."""

ALLOWED = MappingProxyType(
    {"hang": ("answers",), "bias": ("probability",), "cut": ("of",), "delay": ("of",), "demand": ("over",)}
)
"""What it may say further."""


def only_its_own(
    part: Model, always: Iterable[str], needed: Iterable[str], allowed: Iterable[str], what: str
) -> None:
    """Refuse what only another kind of a part has, and a part without what its kind needs.

    Args:
        part: What has been read.
        always: Fields that every kind may have.
        needed: Fields that this kind must have.
        allowed: Fields that it may have further.
        what: What it is, with its kind, as in "a disturbance of kind crash".
    """
    mine = {*always, *needed, *allowed}
    foreign = [name for name in part.model_fields_set if name not in mine]
    if foreign:
        right = f"{what} has {', '.join((*needed, *allowed))}"
        name = min(foreign)
        raise refusal(
            f"only another kind has {name!r}", right=right, at=(name,), given=getattr(part, "kind", None)
        )
    for name in needed:
        if getattr(part, name) is None:
            raise refusal("missing", right=f"{what} needs it", at=(name,))


def possible_factor(kind: str, factor: float | None) -> None:
    """Refuse a factor that something of this kind cannot have."""
    given = None if factor is None else f"{factor:g}"
    if kind == "slow" and factor is not None and not 0 < factor <= 1:
        right = "a factor above 0 and at most 1; one that does nothing at all hangs"
        raise refusal("out of range", right=right, at=("factor",), given=given)
    if kind == "bias" and factor == 0:
        raise refusal("out of range", right="a factor above 0", at=("factor",), given=given)


class Disturbance(Model):
    """Something that breaks, at a set time or again and again, and is mended after a while."""

    kind: DisturbanceKind = Field(
        description=(
            "crash (all it does ends), hang (it takes tasks and finishes none), slow, stale (it reports "
            "what it reported before), bias (it reports too much), cut or delay (a channel), loss (every "
            "operation of a system crashes), demand (there is more or less of it)."
        )
    )
    time: float | None = Field(default=None, ge=0, description="Seconds of the run at which it begins.")
    every: Distribution | None = Field(
        default=None,
        description="Seconds from its end, or the run's begin, to its next begin, in place of time.",
    )
    lasts: Distribution | None = Field(
        default=None, description="Seconds that it lasts; to the end of the run if unsaid."
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
    channel: ChannelKind | None = Field(default=None, description="Kind of the channel (cut, delay).")
    of: Path_ | None = Field(
        default=None, description="Path of the channel's sender; every sender if unsaid (cut, delay)."
    )
    adds: float | None = Field(default=None, gt=0, description="Seconds added to every message (delay).")
    stream: ReceiverName | None = Field(default=None, description="Name of the demand stream (demand).")
    over: float = Field(
        default=0.0, ge=0, description="Seconds in which the factor is reached; 0 is a step (demand)."
    )

    @model_validator(mode="after")
    def _of_its_kind(self) -> Disturbance:
        one_of(self, ("time", "every"), "when it begins")
        needed, allowed = NEEDED[self.kind], ALLOWED.get(self.kind, ())
        only_its_own(self, ALWAYS, needed, allowed, f"a disturbance of kind {self.kind}")
        return self

    @model_validator(mode="after")
    def _possible(self) -> Disturbance:
        possible_factor(self.kind, self.factor)
        if self.every is not None and self.every.largest <= 0:
            right = "the time between disturbances must be above 0"
            raise refusal("gaps of 0 seconds", right=right, at=("every",))
        if self.lasts is not None and self.lasts.largest <= 0:
            right = "a time above 0, or leave it out: then it stays"
            raise refusal("it lasts no time", right=right, at=("lasts",))
        return self

    @model_validator(mode="after")
    def _foreseeable_demand(self) -> Disturbance:
        """What a leading indicator shows must be known beforehand, so nothing of it is drawn."""
        if self.kind != "demand":
            return self
        if self.every is not None:
            right = "demand changes at a set time: give time"
            raise refusal("a change of demand that comes by chance", right=right, at=("every",))
        if self.lasts is not None and self.lasts.constant is None:
            right = "a change of demand lasts a set number of seconds"
            raise refusal("a change of demand that ends by chance", right=right, at=("lasts",))
        return self

    @model_serializer(mode="wrap")
    def _own_kind(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        dumped: dict[str, Any] = handler(self)
        own = {*ALWAYS, *NEEDED[self.kind], *ALLOWED.get(self.kind, ())}
        return {name: value for name, value in dumped.items() if name in own}
