"""How a viable system holds together: its desk, Systems 2 and 3, rate limits and channels."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import Field

from vsmlab.lab.scenario.base import Model, refusal
from vsmlab.lab.scenario.quantities import Distribution

ChannelKind = Literal[
    "env_op", "op_env", "op_mgmt", "mgmt_op", "bargain", "account", "intervene", "s2", "op_op", "s3star",
    "s3_s4", "s4_s3", "s4_env", "env_s4", "s34_s5", "s5_34", "algedonic",
]  # fmt: skip

CHANNEL_KINDS: tuple[str, ...] = get_args(ChannelKind)
"""Every kind of channel, in the order of Beer's diagram as `docs/anatomy.md` has it."""


class TokenBucket(Model):
    """A limit on a rate: never more than ``burst + rate * t`` in any window of ``t`` seconds."""

    rate: float = Field(gt=0, description="Tokens a second.")
    burst: float = Field(ge=1, description="Most tokens that can be saved up.")


class Desk(Model):
    """How a viable system shares tasks among its operations."""

    routing: Literal["shares", "round-robin", "least-reported"] = Field(
        default="shares",
        description="By the shares that System 3 announced, in turn, or to the least reported load.",
    )


class System2(Model):
    """Coordination: it damps oscillation between the operations of one system."""

    period: float = Field(default=5.0, gt=0, description="Seconds between two rounds of coordination.")
    gain: float = Field(default=0.4, ge=0, description="Part of a difference that one round takes away.")
    threshold: float = Field(default=1.0, ge=0, description="Tasks above a sibling's part that are let pass.")
    predict: bool = Field(default=True, description="Reckon with corrections that are still on their way.")
    stagger: bool = Field(
        default=True, description="Let operations act one after the other, not all at once."
    )
    settle: float | None = Field(
        default=None, ge=0, description="Seconds until a report shows a correction; the period where unsaid."
    )
    share: bool = Field(default=True, description="Move waiting tasks between siblings.")
    limit: TokenBucket | None = Field(default=None, description="Common limit on starts of service, divided.")
    suspect_after: float = Field(
        default=3.0, ge=0, description="Missing heartbeats after which it suspects one; 0 is never."
    )
    stuck_after: float = Field(
        default=30.0,
        ge=0,
        description="Seconds without a completed task, though loaded, after which it suspects one; 0 is never.",
    )


class System3(Model):
    """Control: the resource bargain with the operations, accounts, and intervention."""

    period: float = Field(default=30.0, gt=0, description="Seconds between two resource bargains.")
    rule: Literal["optimal", "proportional"] = Field(
        default="optimal", description="Optimal whole-number allocation, or proportional fairness."
    )
    pooled: bool = Field(
        default=False,
        description="The operations are interchangeable: divide the sum of what they say evenly.",
    )
    may_move: Literal["agents", "nothing"] = Field(default="agents", description="What System 3 may move.")
    move_takes: float = Field(
        default=5.0, ge=0, description="Seconds that an agent needs to change operation."
    )
    max_moves: int | None = Field(default=None, ge=0, description="Most agents moved in one bargain.")
    gain: float = Field(default=1.0, ge=0, description="Part of the wanted change made in one bargain.")
    drain: float | None = Field(
        default=None, gt=0, description="Seconds in which a backlog should be gone; the period where unsaid."
    )
    floor: int = Field(default=1, ge=0, description="Fewest agents left to an operation.")
    budget_usd_per_s: float | None = Field(default=None, ge=0, description="US dollars a second to divide.")
    account_period: float = Field(
        default=30.0, gt=0, description="Seconds between accounts to the System 3 above."
    )
    band: float = Field(
        default=0.5, ge=0, description="How far below its promise an account may stay, as a share of it."
    )
    after: int = Field(default=3, ge=1, description="Accounts outside the band before System 3 intervenes.")
    suspend: float = Field(default=60.0, ge=0, description="Seconds that an intervention lasts.")
    staffing: float = Field(
        default=0.8, gt=0, le=1, description="Utilisation of agents that its wish for agents aims at."
    )
    cover: float = Field(
        default=0.0, ge=0, description="Standard deviations of the outlook that it accounts for."
    )
    gain_now: float = Field(
        default=0.02, ge=0, description="Part of its own wish for agents that it follows in a second."
    )
    gain_then: float = Field(
        default=0.02, ge=0, description="Part of System 4's wish for agents that it follows in a second."
    )
    balance_period: float = Field(
        default=10.0, gt=0, description="Seconds between two commitments to hire or lay off."
    )
    probation: float = Field(
        default=120.0, ge=0, description="Seconds after which a suspected operation is tried again."
    )


class Channel(Model):
    """What a channel does to the messages on it."""

    delay: Distribution = Field(default=Distribution(constant=0.0), description="Seconds on the way.")
    loss: float = Field(default=0.0, ge=0, le=1, description="Probability that a message is lost.")
    capacity: float | None = Field(
        default=None, gt=0, description="Messages a second; without limit if unsaid."
    )
    queue_limit: int | None = Field(
        default=None, ge=0, description="Messages that wait for capacity; those beyond are lost."
    )
    quantise: float | None = Field(default=None, gt=0, description="Step to which values are rounded.")
    cut: bool = Field(default=False, description="A cut channel loses everything.")


Channels = dict[ChannelKind, Channel]


def present(value: object, field: str) -> object:
    """What a removable part means: `off` is None, `on` its defaults, a mapping itself; nothing is refused."""
    if value is None:
        raise refusal("nothing after the colon", right="`off` removes it, {} keeps its defaults", at=(field,))
    if value is True or value == "on":
        return {}
    return None if value is False or value == "off" else value
