"""What somebody asks for on the page of experiments: checked to the last run before there is any."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from vsmlab.apps.catalogue import find
from vsmlab.apps.form_fields import WrongFieldsError, number_given, sentence
from vsmlab.apps.lab import Lab
from vsmlab.apps.sweeping.values import read_values
from vsmlab.engines import compiled
from vsmlab.engines.choosing import AT_FIRST, AT_ONCE, expected_messages
from vsmlab.errors import InputError, ModelError
from vsmlab.lab.build import build
from vsmlab.lab.experiments.knocking import MEASURES, knockouts_of
from vsmlab.lab.experiments.local import processors
from vsmlab.lab.experiments.plan import Plan, check_measures, known_measures, names_of
from vsmlab.lab.experiments.points import design
from vsmlab.lab.loader import Loaded, load, vary
from vsmlab.lab.overlay import Override, apply_override

KINDS: Final = ("sweep", "knockout")
SLOTS: Final = ("1", "2")
MOST_POINTS: Final = 400
MOST_RUNS: Final = 20_000
MOST_SEEDS: Final = 1000
SEEDS: Final = 10
MOST_SETTINGS: Final = 2000
"""Numbers of a scenario that are offered; any other is still varied by its path."""
USUAL: Final = (*MEASURES, "utilisation", "performance")
"""Measures of the root that have a box to tick; the first three are ticked."""
SHOWN_AT_FIRST: Final = MEASURES
_NEVER: Final = frozenset({"version", "seed", "horizon", "warmup"})
_MOST_TRIED: Final = 60
"""Values that are tried while somebody types."""
_OVERHEAD: Final = 0.05
_STARTING: Final = 2.0
"""Seconds until a worker's worker is there."""
_COMPILING: Final = 20.0
"""Seconds for compiling the laws: docs/decisions/0020."""
_A_MESSAGE: Final = {"compiled": 1.5e-6, "simpy": 12e-6}
"""Seconds for a message that is expected."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A number of a scenario that can be varied.

    Attributes:
        path: Where it is.
        now: What it is.
        said: Whether the scenario says it; else it is a default.
    """

    path: str
    now: float
    said: bool


@lru_cache(maxsize=64)
def _loaded(source: str, stamp: tuple[int, int]) -> Loaded:
    return load(source)


def loaded_of(lab: Lab, source: str) -> Loaded:
    """The scenario of the gallery that is meant.

    Raises:
        InputError: If it is not in the gallery, or cannot be read.
    """
    entry = find(lab.here, source)
    if entry.wrong:
        raise InputError("", "scenario", "cannot be run", given=entry.name, right=entry.wrong)
    path = Path(entry.source)
    try:
        stamp = (0, 0) if entry.shipped else (path.stat().st_mtime_ns, path.stat().st_size)
    except OSError as exc:
        raise InputError("", "scenario", f"cannot be read ({exc.strerror})", given=entry.name) from exc
    return _loaded(entry.source, stamp)


def settings_of(loaded: Loaded) -> list[Setting]:
    """The first numbers of a scenario that can be varied: those that it says, then the defaults."""
    found: dict[str, Setting] = {}
    for values, said in ((loaded.raw, True), (loaded.scenario.model_dump(mode="json"), False)):
        for path, now in _numbers(values):
            if path not in found and path not in _NEVER and _can_be_set(loaded, path, now):
                found[path] = Setting(path, now, said)
                if len(found) >= MOST_SETTINGS:
                    return list(found.values())
    return list(found.values())


def _numbers(value: object, at: str = "") -> Iterator[tuple[str, float]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _numbers(inner, f"{at}.{name}" if at else str(name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _numbers(inner, f"{at}.{number}")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield at, value


def _can_be_set(loaded: Loaded, path: str, now: float) -> bool:
    parts = tuple(path.split("."))
    if "=" in path or not path.isprintable() or any(not part or part != part.strip() for part in parts):
        return False  # --set does not read it
    try:
        apply_override(_copied_on_the_way(loaded.raw, parts), Override(parts, now))
    except InputError:
        return False
    return True


def _copied_on_the_way(raw: Mapping[str, object], parts: tuple[str, ...]) -> dict[str, object]:
    """A copy of what an override may change: the mappings and lists on its way, and nothing beside it."""
    found: dict[str, object] = dict(raw)
    here: Any = found
    for part in parts[:-1]:
        key: Any = part
        if isinstance(here, list):
            if not (part.isascii() and part.isdecimal() and int(part) < len(here)):
                break
            key = int(part)
        elif part not in here:
            break
        inner = here[key]
        if not isinstance(inner, dict | list):
            break
        copied = inner.copy()
        here[key] = copied
        here = copied
    return found


def measures_of(loaded: Loaded) -> list[str]:
    """Dotted paths of the measures that a run of it can have, those of the root first."""
    root = f"units.{loaded.scenario.organisation.name}."
    names = names_of(known_measures(loaded))
    return [name for name in names if name.startswith(root)] + [n for n in names if not n.startswith(root)]


def check(lab: Lab, given: Mapping[str, str]) -> Plan:
    """The experiment that a form asks for, each point of it built.

    Raises:
        WrongFieldsError: With a sentence for each field that is wrong; nothing was begun.
    """
    try:
        loaded = loaded_of(lab, given.get("scenario", ""))
    except InputError as exc:
        raise WrongFieldsError({"scenario": sentence(exc)}) from exc
    wrong: dict[str, str] = {}
    seeds = _seeds(given.get("replications", ""), wrong)
    here = _until(loaded, given.get("until", ""), wrong)
    measures = _measures(here, given, wrong)
    kind = "knockout" if given.get("kind") == "knockout" else "sweep"
    over = _over(here, given, wrong) if kind == "sweep" else {}
    if not wrong and math.prod(len(values) for values in over.values()) > MOST_POINTS:
        wrong["values-2" if len(over) > 1 else "values-1"] = f"Too many points; at most {MOST_POINTS}."
    if wrong:
        raise WrongFieldsError(wrong)
    try:
        asked = knockouts_of(here) if kind == "knockout" else design(over=over)
    except InputError as exc:
        raise WrongFieldsError({"kind" if kind == "knockout" else "values-1": sentence(exc)}) from exc
    if len(asked.points) * seeds > MOST_RUNS:
        raise WrongFieldsError(
            {"replications": f"Too many runs: {len(asked.points) * seeds:,}; at most {MOST_RUNS:,}."}
        )
    try:
        return Plan(kind, here, asked, seeds, tuple(measures))
    except ModelError as exc:
        at = "kind" if kind == "knockout" else f"values-{_blamed(over, str(exc))}"
        raise WrongFieldsError({at: sentence(exc) if isinstance(exc, InputError) else str(exc)}) from exc


def _blamed(over: Mapping[str, object], text: str) -> str:
    found = [slot for slot, path in zip(SLOTS, over, strict=False) if path in text]
    return found[0] if found else "1"


def _seeds(text: str, wrong: dict[str, str]) -> int:
    text = text.strip() or str(SEEDS)
    if not (text.isascii() and text.isdecimal() and len(text) < 9 and 1 <= int(text) <= MOST_SEEDS):
        wrong["replications"] = f"Not a number of seeds: {text[:40]}; 1 to {MOST_SEEDS:,}."
        return 1
    return int(text)


def _until(loaded: Loaded, text: str, wrong: dict[str, str]) -> Loaded:
    if not text.strip():
        return loaded
    try:
        seconds = float(number_given("Horizon", text.strip(), whole=False))
        if not 0.0 < seconds < 1e12:
            raise InputError("", "", "not a horizon")
        return vary(loaded, overrides=[f"horizon={seconds!r}"])
    except InputError as exc:
        if exc.place == "warmup":
            wrong["until"] = f"Nothing would be left to measure: it must be above the warm-up, {exc.given} s."
        else:
            wrong["until"] = f"Not a horizon: {text.strip()[:40]}; seconds above 0."
    return loaded


def wrong_so_far(
    loaded: Loaded, kind: str, given: Mapping[str, str], settings: Sequence[Setting] | None = None
) -> dict[str, str]:
    """What is wrong with what is typed, by field, while more may come: no empty field, no path that is begun.

    Args:
        loaded: The scenario.
        kind: "sweep" or "knockout".
        given: What is typed.
        settings: What `settings_of` gave for it, if that is known.
    """
    wrong: dict[str, str] = {}
    if given.get("replications", "").strip():
        _seeds(given["replications"], wrong)
    here = _until(loaded, given.get("until", ""), wrong)
    if settings is None:
        settings = settings_of(loaded)
    known = {one.path: one.now for one in settings} if kind == "sweep" else {}
    for slot in SLOTS if kind == "sweep" else ():
        path, text = given.get(f"field-{slot}", "").strip(), given.get(f"values-{slot}", "")
        if not text.strip():
            continue
        try:
            values = read_values(text, known.get(path))
        except InputError as exc:
            wrong[f"values-{slot}"] = sentence(exc)
            continue
        if path in known or not any(one.startswith(path) for one in known):
            _try(here, path, values[:_MOST_TRIED], slot, path in known, wrong)
    return wrong


def _measures(loaded: Loaded, given: Mapping[str, str], wrong: dict[str, str]) -> list[str]:
    root = loaded.scenario.organisation.name
    found = [f"units.{root}.{name}" for name in USUAL if given.get(f"m-{name}")]
    others = [part.strip() for part in given.get("measures", "")[:4000].split(",")]
    found = list(dict.fromkeys([*found, *(part for part in others if part)]))
    if not found:
        wrong["measures"] = "No measure is named; tick one, or write its dotted path."
    try:
        check_measures(loaded, found)
    except InputError as exc:
        wrong["measures"] = sentence(exc)
    return found


def _over(loaded: Loaded, given: Mapping[str, str], wrong: dict[str, str]) -> dict[str, list[object]]:
    """The values of each setting, each tried by itself."""
    known = {one.path: one.now for one in settings_of(loaded)}
    found: dict[str, list[object]] = {}
    for slot in SLOTS:
        path, text = given.get(f"field-{slot}", "").strip(), given.get(f"values-{slot}", "")
        if not path:
            if slot == SLOTS[0]:
                wrong["field-1"] = "Nothing is varied; choose a number of the scenario."
            elif text.strip():
                wrong["field-2"] = "Values of what? Choose a number of the scenario, or leave both empty."
            continue
        if path in found:
            wrong[f"field-{slot}"] = "It is there already; give all its values at once."
            continue
        if path in ("seed", "engine") or len(path) > 300 or "=" in path:
            right = "seeds are common to all points" if path == "seed" else "choose a number of the scenario"
            wrong[f"field-{slot}"] = f"This is not varied; {right}."
            continue
        try:
            values = read_values(text, known.get(path))
        except InputError as exc:
            wrong[f"values-{slot}"] = sentence(exc)
            continue
        found[path] = values
        _try(loaded, path, values, slot, path in known, wrong)
    return found


def _try(
    loaded: Loaded, path: str, values: list[object], slot: str, known: bool, wrong: dict[str, str]
) -> None:
    for number, value in enumerate(values):
        try:
            told = design(over={path: [value]})
            vary(loaded, overrides=told.overrides(0))
        except InputError as exc:
            there = known or number > 0  # the first value went through: it is not the path
            wrong[f"values-{slot}" if there else f"field-{slot}"] = sentence(exc)
            return


# How long it will take


@dataclass(frozen=True, slots=True)
class Guess:
    """About how long an experiment takes on this machine.

    Attributes:
        seconds: All of it.
        compiling: Seconds of these for compiling the laws first, which is done once; 0 where they are compiled.
    """

    seconds: float
    compiling: float = 0.0


def time_for(loaded: Loaded, points: int, seeds: int, known: float | None = None) -> Guess:
    """About how long an experiment will take, before anything is checked.

    Args:
        loaded: The scenario as it is at every point.
        points: How many points.
        seeds: Runs at each.
        known: Seconds of work that a second of model time took in earlier experiments with the scenario.
    """
    horizon, runs = loaded.scenario.horizon, points * seeds
    messages = expected_messages(build(loaded), horizon)
    ready = compiled.is_compiled()
    fast = compiled.available() and loaded.scenario.engine != "simpy"
    fast = fast and runs * messages >= (AT_ONCE if ready else AT_FIRST)
    compiling = _COMPILING if fast and not ready else 0.0
    if known is not None:
        each = known * horizon
    else:
        each = _OVERHEAD + messages * _A_MESSAGE["compiled" if fast else "simpy"]
    return Guess(_STARTING + compiling + runs * each / workers_for(), compiling)


def workers_for() -> int:
    """Processes of one experiment: one processor is left to the pages."""
    return max(1, processors() - 1)


def order_of(plan: Plan, sweeps: Path) -> dict[str, Any]:
    """What the worker is told."""
    loaded = plan.loaded
    return {
        "experiment": plan.kind,
        "title": f"{'Knock-outs of' if plan.kind == 'knockout' else 'Sweep of'} {loaded.scenario.name}",
        "plain": loaded.raw,
        "source": loaded.source,
        "base": str(loaded.base),
        "files": {stream: str(path) for stream, path in loaded.files.items()},
        "design": plan.design.kind,
        "settings": list(plan.design.settings),
        "points": [list(values) for values in plan.design.points],
        "labels": list(plan.design.labels),
        "replications": plan.replications,
        "measures": None if plan.measures is None else list(plan.measures),
        "settle": plan.settle,
        "journals": plan.journals,
        "folder": str((sweeps / plan.name).absolute()),
        "workers": workers_for(),
    }
