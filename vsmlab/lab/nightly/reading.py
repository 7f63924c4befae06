"""From a nightly file to jobs that can be executed: everything that can be wrong is said before anything runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from vsmlab.errors import InputError
from vsmlab.lab.loader import load
from vsmlab.lab.nightly.document import Band, Job, Nightly
from vsmlab.lab.nightly.parameters import checked, parameters_of, read_notebook
from vsmlab.lab.refusals import shown
from vsmlab.lab.tables import did_you_mean
from vsmlab.lab.yaml_reader import read_yaml

_BEGINS = "a file of jobs is a mapping with version: 1, a name and jobs"
_WRONG = MappingProxyType(
    {
        "missing": ("missing", "it is needed"),
        "int_type": ("not a whole number", "a whole number is needed"),
        "int_from_float": ("not a whole number", "a whole number is needed"),
        "float_type": ("not a number", "a number is needed"),
        "finite_number": ("not a finite number", "a finite number is needed"),
        "bool_type": ("not true or false", "true or false is needed"),
        "string_type": ("not text", "text is needed"),
        "model_type": ("not a mapping", "a mapping is needed"),
        "dict_type": ("not a mapping", "a mapping is needed"),
        "tuple_type": ("not a list", "a list is needed"),
    }
)
_BOUNDS = MappingProxyType(
    {
        "gt": "above",
        "ge": "at least",
        "lt": "below",
        "le": "at most",
        "min_length": "at least",
        "max_length": "at most",
    }
)


@dataclass(frozen=True, slots=True)
class Planned:
    """A job with what it resolves to.

    Attributes:
        name: What the file calls it.
        job: What the file says of it.
        file: The notebook; None for a scenario.
        parameters: For the notebook, of the types that it has.
        scenario: What ``vsmlab.run`` is given: a shipped name or a path; empty for a notebook.
        overrides: For the scenario, seed and horizon among them.
        base: What ``vary`` counts from.
        timeout: Seconds.
    """

    name: str
    job: Job
    file: Path | None
    parameters: Mapping[str, Any]
    scenario: str
    overrides: tuple[str, ...]
    base: int
    timeout: float

    def nth(self, done: int) -> tuple[dict[str, Any], tuple[str, ...]]:
        """Parameters and overrides of an execution that so many went before."""
        if self.job.vary is None:
            return dict(self.parameters), self.overrides
        if self.file is None:
            return {}, (*self.overrides, f"seed={self.base + done}")
        return dict(self.parameters) | {self.job.vary: self.base + done}, ()


def read_nightly(file: Path) -> tuple[Nightly, tuple[Planned, ...]]:
    """Read and check a nightly file, the notebooks and scenarios that it names among it.

    Raises:
        InputError: With one thing that is wrong, where, what was given and what would be right.
    """
    raw = read_yaml(file, what="file of jobs", begins=_BEGINS)
    if "organisation" in raw and "jobs" not in raw:
        right = f"vsmlab run {file} runs it; {_BEGINS}"
        raise InputError(str(file), "", "not a file of jobs", given="a scenario", right=right)
    try:
        nightly = Nightly.model_validate(raw)
    except ValidationError as exc:
        raise _refuse(exc, str(file)) from exc
    base = file.resolve().parent
    return nightly, tuple(_planned(name, job, nightly, base, str(file)) for name, job in nightly.jobs.items())


def _planned(name: str, job: Job, nightly: Nightly, base: Path, source: str) -> Planned:
    place, timeout = f"jobs.{name}", job.timeout or nightly.timeout
    if job.notebook is not None:
        if find_spec("papermill") is None or find_spec("nbconvert") is None:
            right = "install it: make setup in a checkout, else pip install 'vsmlab[nightly]'"
            raise InputError(source, f"{place}.notebook", "the extra `nightly` is not installed", right=right)
        file = (base / job.notebook).resolve()
        if not file.is_file():
            right = "a path from the folder of this file"
            raise InputError(
                source, f"{place}.notebook", "there is no such file", given=job.notebook, right=right
            )
        known = parameters_of(read_notebook(file, source, f"{place}.notebook"))
        given = dict(job.parameters)
        start = 0
        if job.vary is not None:
            first = given[job.vary] if job.vary in given else known.get(job.vary)
            if job.vary not in known or isinstance(first, bool) or not isinstance(first, int):
                right = "name a parameter of the notebook that is a whole number"
                raise InputError(
                    source, f"{place}.vary", "nothing that can be counted", given=job.vary, right=right
                )
            start = first
        return Planned(
            name, job, file, checked(given, known, source, f"{place}.parameters"), "", (), start, timeout
        )
    assert job.scenario is not None
    there = base / job.scenario
    scenario = str(there) if there.is_file() else job.scenario
    changes = list(job.overrides)
    changes += [f"seed={job.seed}"] if job.seed is not None else []
    changes += [f"horizon={job.until!r}"] if job.until is not None else []
    try:
        loaded = load(scenario, overrides=changes)
    except InputError as exc:
        raise InputError(source, f"{place}.scenario", "it cannot be run", right=str(exc)) from exc
    return Planned(name, job, None, {}, scenario, tuple(changes), loaded.scenario.seed, timeout)


def _refuse(found: ValidationError, source: str) -> InputError:
    """The one thing to say: a misspelling first, else the deepest."""
    errors = found.errors(include_url=False)
    first = min(errors, key=lambda error: (error["type"] != "extra_forbidden", -len(error["loc"])))
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    place, wrong, given, right = _said(first)
    return InputError(source, place, wrong, given=given, right=f"{right}{more}".strip())


def _said(error: ErrorDetails) -> tuple[str, str, str | None, str]:
    loc = [str(part) for part in error["loc"] if part != "[key]"]
    context: Mapping[str, Any] = error.get("ctx", {})
    if error["type"] == "scenario":
        given = context["given"]
        return ".".join([*loc, *context["at"]]), context["wrong"], given, context["right"]
    place, given = ".".join(loc), None if error["type"] == "missing" else shown(error["input"])
    if error["type"] == "extra_forbidden":
        known = list(_model_at(loc[:-1]).model_fields)
        return (
            place,
            "unknown field",
            shown(loc[-1]),
            f"{did_you_mean(loc[-1], known)}known: {', '.join(known)}",
        )
    if error["type"] in _WRONG:
        wrong, right = _WRONG[error["type"]]
        return place, wrong, given, right
    if error["type"] == "string_pattern_mismatch":
        jobs = loc[:1] in (["jobs"], ["name"]) and len(loc) <= 2
        right = (
            "small letters, digits and hyphens, beginning with a letter" if jobs else "names joined by dots"
        )
        return place, "not a name", given, right
    for bound, words in _BOUNDS.items():
        if bound in context:
            long = " long" if bound.endswith("length") else ""
            return place, "out of range", given, f"it must be {words} {context[bound]:g}{long}"
    return place, str(error["msg"]).removeprefix("Value error, ").lower(), given, ""


def _model_at(loc: Sequence[str]) -> type[BaseModel]:
    """The model at a place of the file."""
    models: dict[int, type[BaseModel]] = {0: Nightly, 2: Job}
    return models.get(len(loc), Band)


def chosen(planned: Sequence[Planned], names: Sequence[str], source: str) -> tuple[Planned, ...]:
    """The jobs of these names; all of them where none is named.

    Raises:
        InputError: If there is no such job.
    """
    known = [one.name for one in planned]
    for name in names:
        if name not in known:
            right = f"jobs: {', '.join(known)}"
            raise InputError(source, "jobs", "there is no such job", given=repr(name), right=right)
    return tuple(one for one in planned if not names or one.name in names)
