"""Essential variables: what must stay within limits for an operation to be well."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from vsmlab.lab.scenario.base import Model, refusal

EssentialName = Literal[
    "mean_wait_s", "p95_wait_s", "mean_queue", "utilisation", "shed_share", "failed_share"
]


class Limits(Model):
    """Limits of an essential variable, both inclusive; a missing one does not bind."""

    min: float | None = Field(default=None, ge=0, description="Smallest value, in the variable's unit.")
    max: float | None = Field(default=None, ge=0, description="Largest value, in the variable's unit.")

    @model_validator(mode="after")
    def _bounded(self) -> Limits:
        if self.min is None and self.max is None:
            raise refusal("limits without bounds", right="give min, max or both")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise refusal(f"min {self.min:g} is above max {self.max:g}", right="min <= max is needed")
        return self


class Essential(Limits):
    """An essential variable: outside its limits is pain, which its own operation is told first."""

    window: float = Field(default=60.0, gt=0, description="Seconds over which it is measured.")
    climbs_after: float = Field(
        default=30.0, ge=0, description="Seconds to mend pain here before it goes up to System 5."
    )
    good: Limits | None = Field(
        default=None, description="Limits within which it is pleasure; they lie within the others."
    )

    @model_validator(mode="after")
    def _good_is_not_pain(self) -> Essential:
        good = self.good
        if good is None:
            return self
        below = self.min is not None and (good.min is None or good.min < self.min)
        above = self.max is not None and (good.max is None or good.max > self.max)
        if below or above:
            right = "good lies within min and max, and is bounded where they are"
            raise refusal("good reaches into pain", right=right, at=("good",))
        return self


Essentials = dict[EssentialName, Essential]
