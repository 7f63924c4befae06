"""What a nightly file may say: jobs, what is kept of each, and the bands in which that must lie."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue, model_validator

from vsmlab.lab.scenario.base import FromList, Line, Model, Name, one_of, refusal

Measure = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+$", max_length=400)]
"""A dotted path into the measures of a run, or into what a notebook keeps."""
Overrides = Annotated[tuple[Line, ...], FromList, Field(max_length=1000)]
Measures = Annotated[tuple[Measure, ...], FromList, Field(max_length=200)]


class Band(Model):
    """Where a measure must lie: between fixed limits, or near what it was in the executions before."""

    min: float | None = Field(None, description="Smallest value that is right.")
    max: float | None = Field(None, description="Largest value that is right.")
    deviations: float | None = Field(
        None,
        gt=0.0,
        description="So many standard deviations around the mean of the last executions are right.",
    )
    last: int = Field(14, ge=3, le=1000, description="How many executions before this one are looked at.")
    since: str | None = Field(
        None,
        pattern=r"^\d{4}-\d{2}-\d{2}$",
        description="Executions before that day (UTC) are not looked at: what is otherwise since then is accepted.",
    )

    @model_validator(mode="after")
    def _says_something(self) -> Band:
        if self.min is None and self.max is None and self.deviations is None:
            raise refusal("a band without limits", right="give min, max or deviations")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise refusal("min is above max", right="min at most max", given=f"{self.min:g} and {self.max:g}")
        return self


class Job(Model):
    """One notebook or one scenario, and what is looked at in it."""

    notebook: str | None = Field(
        None, min_length=1, max_length=4096, description="Path, from the file's folder."
    )
    parameters: dict[str, JsonValue] = Field(
        default_factory=dict, description="Values for names of the notebook's cell tagged `parameters`."
    )
    scenario: str | None = Field(
        None, min_length=1, max_length=4096, description="A shipped name, or a path from the file's folder."
    )
    overrides: Overrides = Field((), description="`a.b.c=VALUE` each, for a scenario.")
    seed: int | None = Field(None, ge=0, lt=2**63, description="In place of the scenario's.")
    until: float | None = Field(None, gt=0.0, lt=1e12, description="Horizon of a scenario in seconds.")
    expect: bool = Field(True, description="The scenario's own expectations must hold too.")
    vary: str | None = Field(
        None,
        max_length=200,
        description="A whole number (`seed`, or a parameter) that grows by one each time.",
    )
    measures: Measures = Field((), description="What is kept of each execution, besides what has a band.")
    bands: dict[Measure, Band] = Field(default_factory=dict, description="Bands by measure.")
    timeout: float | None = Field(
        None, gt=0.0, le=604_800.0, description="Seconds until it is stopped; the file's timeout if unsaid."
    )
    pdf: bool = Field(True, description="Print the page to PDF where there is a Chromium.")

    @model_validator(mode="after")
    def _is_one_thing(self) -> Job:
        kind = one_of(self, ("notebook", "scenario"), "what to execute")
        others = ("overrides", "seed", "until") if kind == "notebook" else ("parameters",)
        for name in others:
            if getattr(self, name) not in (None, (), {}):
                right = (
                    "a notebook has parameters"
                    if kind == "notebook"
                    else "a scenario has seed, until, overrides"
                )
                raise refusal(f"a {kind} has no {name}", right=right, at=[name])
        if kind == "scenario" and self.vary not in (None, "seed"):
            raise refusal(
                "only the seed of a scenario can vary", right="vary: seed", at=["vary"], given=self.vary
            )
        return self

    @property
    def kind(self) -> Literal["notebook", "scenario"]:
        """What it executes."""
        return "scenario" if self.notebook is None else "notebook"

    @property
    def kept(self) -> tuple[str, ...]:
        """Every measure that is kept, each once, in order."""
        return tuple(dict.fromkeys([*self.measures, *self.bands]))


class Nightly(Model):
    """A file of jobs."""

    version: Literal[1] = Field(description="Version of this format: 1.")
    name: Name = Field(description="What the file is called.")
    title: Line = Field("", description="What the page is called; the name if unsaid.")
    reports: str | None = Field(
        None,
        min_length=1,
        max_length=4096,
        description="Folder for everything that is written; reports/nightly/NAME if unsaid.",
    )
    timeout: float = Field(3600.0, gt=0.0, le=604_800.0, description="Seconds until a job is stopped.")
    folders: int | None = Field(
        None, ge=1, description="How many folders of executions are left of each job; all if unsaid."
    )
    jobs: dict[Name, Job] = Field(min_length=1, max_length=500, description="Jobs by name, in order.")
