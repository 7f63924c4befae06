"""What an operator can do to what is chosen, each as one act of the scenario and one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from vsmlab.lab.report.numerals import number
from vsmlab.lab.report.system import CHANNEL_NAMES
from vsmlab.lab.sessions import ChannelReading, OperationReading, StreamReading

MOST_DEMAND: Final = 100.0
LEAST_DEMAND: Final = 0.001
ADDS: Final = 10.0
"""Seconds that a channel is delayed by."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One button.

    Args:
        label: What it says.
        act: The act, without its time.
        says: The sentence that is told when it is done.
        wrong: Whether it breaks something.
        already: Why it would change nothing, as a sentence; empty if it would.
    """

    label: str
    act: Mapping[str, Any]
    says: str
    wrong: bool = False
    already: str = ""


def to_operation(path: str, one: OperationReading) -> list[Deed]:
    """Break an elementary operation, and mend what is broken."""

    def breaks(label: str, says: str, word: str, **act: object) -> Deed:
        already = f"{path} is {word} already." if word in one.health else ""
        return Deed(label, {**act, "unit": path}, f"{path} {says}.", True, already)

    silent = "silent" if {"hung", "silent"} <= set(one.health) else "hung and silent"
    deeds = [
        breaks("Crash", "crashes", "crashed", kind="crash"),
        breaks("Hang, still answering", "hangs, and still answers", "hung", kind="hang"),
        breaks("Hang silently", "hangs, and is silent", silent, kind="hang", answers=False),
        breaks("Slow to a quarter", "works at a quarter", "slow", kind="slow", factor=0.25),
        breaks("Stale reports", "reports what was", "stale", kind="stale"),
        breaks("Claim twice", "claims twice what there is", "biased", kind="bias", factor=2.0),
    ]
    mended = {"crashed": "crash", "slow": "slow", "stale": "stale", "biased": "bias"}
    mends = [
        Deed(f"Mend: {word}", {"kind": kind, "unit": path, "mends": True}, f"{path}: {word} is mended.")
        for word, kind in mended.items()
        if word in one.health
    ]
    if "hung" in one.health:
        silently = {"answers": False} if "silent" in one.health else {}
        mends.append(
            Deed(
                "Mend: hung",
                {"kind": "hang", "unit": path, "mends": True, **silently},
                f"{path}: hung is mended.",
            )
        )
    return mends + deeds


def to_channel(kind: str, use: ChannelReading, *, cut: bool) -> list[Deed]:
    """Cut, delay or mend a kind of channel, for all its senders.

    Args:
        kind: The kind.
        use: How it stands.
        cut: Whether it is cut at the level that is shown.
    """
    name = CHANNEL_NAMES[kind][0]
    act = {"channel": kind}
    first = (
        Deed(f"Mend {name}", {"kind": "cut", "mends": True, **act}, f"{name} is joined again.")
        if cut
        else Deed(f"Cut {name}", {"kind": "cut", **act}, f"{name} is cut.", True)
    )
    slow, well = f"{name} is delayed already: mend that first.", f"{name} is not delayed."
    return [
        first,
        Deed(
            f"Delay by {ADDS:g} s",
            {"kind": "delay", "adds": ADDS, **act},
            f"{name} takes {ADDS:g} s more.",
            True,
            slow if use.late else "",
        ),
        Deed(
            "Mend the delay",
            {"kind": "delay", "mends": True, **act},
            f"{name} takes as long as before.",
            already="" if use.late else well,
        ),
    ]


def to_stream(name: str, one: StreamReading) -> list[Deed]:
    """Ask for more or less of a stream than now, or for as much as the scenario says."""
    now = one.asked

    def asks(label: str, factor: float, already: str = "", *, wrong: bool = True) -> Deed:
        say = {0.0: "no demand", 1.0: "the demand that the scenario says"}
        says = say.get(factor, f"{number(factor)} times the demand that the scenario says")
        act = {"kind": "demand", "stream": name, "factor": factor}
        same = f"{name}: {says}, as it is already." if factor == now and not already else already
        return Deed(label, act, f"{name}: {says}.", wrong, same)

    none = f"{name} has no demand that could be doubled or halved." if now == 0.0 else ""
    most = f"{name} has {number(MOST_DEMAND)} times its demand: more cannot be asked for."
    back = [] if now == 1.0 else [asks("As the scenario says", 1.0, wrong=False)]
    return [
        *back,
        asks("Double", min(MOST_DEMAND, now * 2), none or (most if now >= MOST_DEMAND else "")),
        asks("Halve", max(LEAST_DEMAND, now / 2) if now else 0.0, none),
        asks("Silence", 0.0),
    ]


def to_system(path: str, state: str) -> list[Deed]:
    """Take a System away."""
    if state not in ("on", "off"):
        return []
    already = "" if state == "on" else f"{path} is knocked out already, for good: only Back undoes it."
    return [Deed("Knock out", {"kind": "knockout", "system": path}, f"{path} is knocked out.", True, already)]
