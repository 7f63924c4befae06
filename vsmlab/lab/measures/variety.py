"""Principles and axioms of each viable system, and its worst violation in one sentence."""

from __future__ import annotations

from typing import Any, Final

from .axioms import axiom_1, axiom_2, axiom_3
from .cohesion import cohesion
from .levels import Levels
from .principles import Finding, principle_1, principle_2, principle_3, principle_4
from .traffic import MOST_KEYS

ORDER: Final = ("principle_2", "principle_1", "principle_4", "principle_3", "axiom_1", "axiom_2", "axiom_3")
"""Which of two equally severe violations is named: what is likely a cause comes before its effects."""
CROWDED: Final = f"more than {MOST_KEYS:,} different things were said in different windows"


def variety_measures(
    levels: Levels, units: dict[str, dict[str, Any]], why: dict[str, str]
) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, Any]]]:
    """``variety`` and ``cohesion`` of ``measures.json``, by the path of each viable system.

    Args:
        levels: The traffic.
        units: Measures of the units.
        why: Collects why something could not be estimated.
    """
    variety: dict[str, dict[str, Any]] = {}
    held: dict[str, dict[str, Any]] = {}
    for here, (path, _, _, _, viable, _) in enumerate(levels.places):
        if not viable or path not in levels.nodes:
            continue
        findings = {
            "principle_1": principle_1(levels, here, units),
            "principle_2": principle_2(levels, here),
            "principle_3": principle_3(levels, here),
            "principle_4": principle_4(levels, here),
        }
        if levels.traffic.crowded:
            nothing = Finding(None, None, says="Too much was said.", reason=CROWDED)
            findings |= dict.fromkeys(("axiom_1", "axiom_2", "axiom_3"), nothing)
            why[f"cohesion.{path}"] = CROWDED
        else:
            findings |= {
                "axiom_1": axiom_1(levels, here),
                "axiom_2": axiom_2(levels, here),
                "axiom_3": axiom_3(levels, here),
            }
            held[path] = cohesion(levels, here, why)
        for name, finding in findings.items():
            if finding.reason:
                end = "value" if finding.value is None else "interval"
                why[f"variety.{path}.{name}.{end}"] = finding.reason
        variety[path] = {name: finding.plain() for name, finding in findings.items()}
        variety[path]["worst"] = worst_of(findings)
    return variety, held


def worst_of(findings: dict[str, Finding]) -> str:
    """The worst violation of a principle in one sentence; without one, the axiom that is furthest from balance."""
    violated = [name for name in ORDER if findings[name].holds is False]
    principles = [name for name in violated if name.startswith("principle")]
    judged = all(findings[name].holds for name in ORDER if name.startswith("principle"))
    good = "No principle is violated" if judged else "No principle is known to be violated"
    if not violated:
        return f"{good}, and no axiom is known to be out of balance."
    name = max(principles or violated, key=lambda one: findings[one].severity)
    says = f"{name.replace('_', ' ').capitalize()}: {findings[name].says}"
    return (
        says
        if principles
        else f"No principle is violated. Furthest from balance is {says[0].lower()}{says[1:]}"
    )
