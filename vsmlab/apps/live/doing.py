"""What an operator can do to what is chosen, each as one act of the scenario and one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vsmlab.lab.report.numerals import number
from vsmlab.lab.report.system import CHANNEL_NAMES
from vsmlab.lab.scenario import Act
from vsmlab.lab.sessions import OperationReading, StreamReading


@dataclass(frozen=True, slots=True)
class Deed:
    """One button.

    Args:
        label: What it says.
        act: The act, without its time.
        says: The sentence that is told when it is done.
        wrong: Whether it breaks something.
    """

    label: str
    act: Mapping[str, Any]
    says: str
    wrong: bool = False


def to_operation(path: str, one: OperationReading) -> list[Deed]:
    """Break an elementary operation, and mend what is broken."""
    deeds = [
        Deed("Crash", {"kind": "crash", "unit": path}, f"{path} crashes.", True),
        Deed(
            "Hang, still answering", {"kind": "hang", "unit": path}, f"{path} hangs, and still answers.", True
        ),
        Deed(
            "Hang silently",
            {"kind": "hang", "unit": path, "answers": False},
            f"{path} hangs, and is silent.",
            True,
        ),
        Deed(
            "Slow to a quarter",
            {"kind": "slow", "unit": path, "factor": 0.25},
            f"{path} works at a quarter.",
            True,
        ),
        Deed("Stale reports", {"kind": "stale", "unit": path}, f"{path} reports what was.", True),
        Deed(
            "Claim twice",
            {"kind": "bias", "unit": path, "factor": 2.0},
            f"{path} claims twice what there is.",
            True,
        ),
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


def to_channel(kind: str, of: str | None, *, cut: bool) -> list[Deed]:
    """Cut or delay a kind of channel, of one sender or of all."""
    whose = {} if of is None else {"of": of}
    name = CHANNEL_NAMES[kind][0] + ("" if of is None else f" of {of}")
    act = {"channel": kind, **whose}
    if cut:
        first = Deed(
            f"Mend {CHANNEL_NAMES[kind][0]}",
            {"kind": "cut", "mends": True, **act},
            f"{name} is joined again.",
        )
    else:
        first = Deed(f"Cut {CHANNEL_NAMES[kind][0]}", {"kind": "cut", **act}, f"{name} is cut.", True)
    return [
        first,
        Deed("Delay by 10 s", {"kind": "delay", "adds": 10.0, **act}, f"{name} takes 10 s more.", True),
        Deed("Mend the delay", {"kind": "delay", "mends": True, **act}, f"{name} takes as long as before."),
    ]


def to_stream(name: str, one: StreamReading) -> list[Deed]:
    """Ask for more or less of a stream, or for as much as the scenario says."""
    act = {"kind": "demand", "stream": name}
    now = one.asked
    deeds = [
        Deed(
            "Double",
            {**act, "factor": min(100.0, now * 2)},
            f"{name}: {number(now * 2)} times the demand.",
            True,
        ),
        Deed(
            "Halve",
            {**act, "factor": max(0.001, now / 2)},
            f"{name}: {number(now / 2)} times the demand.",
            True,
        ),
        Deed("Silence", {**act, "factor": 0.0}, f"{name}: no demand.", True),
    ]
    if now != 1.0:
        deeds.insert(
            0, Deed("As the scenario says", {**act, "factor": 1.0}, f"{name}: demand as the scenario says.")
        )
    return deeds


def to_system(path: str, state: str) -> list[Deed]:
    """Take a System away."""
    if state != "on":
        return []
    return [Deed("Knock out", {"kind": "knockout", "system": path}, f"{path} is knocked out.", True)]


def in_words(act: Act) -> str:
    """What was done, as a list has it.

    >>> in_words(Act(time=3.0, kind="slow", unit="desk", factor=0.5))
    'slow desk, factor 0.5'
    """
    what = act.unit or act.system or act.stream or act.who or act.channel or ""
    parts = [f"mend {act.kind} {what}" if act.mends else f"{act.kind} {what}"]
    if act.kind == "set":
        where = f" on {act.channel}" if act.channel else ""
        parts = [f"set {act.dial}{where} of {act.who} to {number(act.value or 0.0)}"]
    if act.kind in ("cut", "delay") and act.of is not None:
        parts.append(f"of {act.of}")
    if act.factor is not None:
        parts.append(f"factor {number(act.factor)}")
    if act.adds is not None and not act.mends:
        parts.append(f"adds {number(act.adds)} s")
    if act.kind == "hang" and not act.answers:
        parts.append("silently")
    return ", ".join(parts)
