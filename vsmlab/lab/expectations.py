"""What a scenario expects of a run, and whether the run shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from vsmlab.lab.scenario import Expect


@dataclass(frozen=True, slots=True)
class Verdict:
    """One expectation and what became of it.

    Args:
        measure: Dotted path into the measures.
        wanted: What was expected, in words.
        value: What the run shows; None if it was not estimable.
        passed: Whether it is as expected. What is not estimable does not pass.
        why: The scenario's reason.
        reason: Why there is no value; empty if there is one.
    """

    measure: str
    wanted: str
    value: float | None
    passed: bool
    why: str
    reason: str = ""

    def plain(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


def look_up(measures: Mapping[str, Any], measure: str) -> tuple[float | None, str]:
    """A measure by its dotted path: its value, or why there is none. Unit paths contain dots themselves."""

    def walk(part: Any, names: list[str]) -> Any:  # noqa: ANN401 - nested plain values
        if not names:
            return part
        if not isinstance(part, Mapping):
            return KeyError
        for length in range(len(names), 0, -1):
            key = ".".join(names[:length])
            if key in part:
                return walk(part[key], names[length:])
        return KeyError

    found = walk(measures, measure.split("."))
    if found is None:
        return None, str(measures.get("not_estimable", {}).get(measure, "not estimable"))
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None, "there is no such measure" if found is KeyError else "not a number"
    return float(found), ""


def judge(expected: Sequence[Expect], measures: Mapping[str, Any]) -> list[Verdict]:
    """A verdict on each expectation, in order."""
    verdicts = []
    for entry in expected:
        value, reason = look_up(measures, entry.measure)
        if entry.near is not None and entry.within is not None:
            wanted = f"within {entry.within:g} of {entry.near:g}"
            passed = value is not None and abs(value - entry.near) <= entry.within
        else:
            bounds = [f"at least {entry.min:g}"] if entry.min is not None else []
            bounds += [f"at most {entry.max:g}"] if entry.max is not None else []
            wanted = " and ".join(bounds)
            passed = value is not None and (entry.min is None or value >= entry.min)
            passed = passed and (entry.max is None or (value is not None and value <= entry.max))
        verdicts.append(Verdict(entry.measure, wanted, value, passed, entry.why, reason))
    return verdicts
