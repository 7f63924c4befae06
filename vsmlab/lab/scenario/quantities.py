"""Amounts that a scenario gives: constants, distributions, linear functions of columns, ranges."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any

from pydantic import Field, model_serializer, model_validator

from vsmlab.lab.scenario.base import Column, FromList, Model, one_of, refusal


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


class Exponential(Model):
    """An exponential amount."""

    mean: float = Field(gt=0, description="Mean, in the unit of the amount.")


class Spread(Model):
    """A gamma or lognormal amount, by its mean and its squared coefficient of variation."""

    mean: float = Field(gt=0, description="Mean, in the unit of the amount.")
    cv2: float = Field(gt=0, description="Squared coefficient of variation: variance over mean squared.")


class Uniform(Model):
    """An amount that is equally likely anywhere between two bounds."""

    min: float = Field(ge=0, description="Smallest amount.")
    max: float = Field(ge=0, description="Largest amount.")

    @model_validator(mode="after")
    def _ordered(self) -> Uniform:
        if self.min > self.max:
            raise refusal(f"min {self.min:g} is above max {self.max:g}", right="min <= max is needed")
        return self


class Empirical(Model):
    """An amount given by n quantiles: number j (from 0) stands at level (j + 1/2)/n.

    It is linear between two levels and constant beyond the first and the last, so its mean is theirs.
    """

    quantiles: Annotated[tuple[Annotated[float, Field(ge=0)], ...], FromList] = Field(
        min_length=2, max_length=10_000, description="Non-decreasing quantiles."
    )

    @model_validator(mode="after")
    def _ordered(self) -> Empirical:
        if any(later < earlier for earlier, later in pairwise(self.quantiles)):
            raise refusal("quantiles fall", right="give them in non-decreasing order", at=("quantiles",))
        return self


DISTRIBUTIONS = ("constant", "exponential", "gamma", "lognormal", "uniform", "empirical")


class Distribution(Model):
    """A non-negative random amount: a number, or exactly one of the kinds below."""

    constant: float | None = Field(default=None, ge=0, description="Always this amount.")
    exponential: Exponential | None = Field(default=None, description="Exponential, by its mean.")
    gamma: Spread | None = Field(default=None, description="Gamma, by mean and cv2.")
    lognormal: Spread | None = Field(default=None, description="Lognormal, by mean and cv2.")
    uniform: Uniform | None = Field(default=None, description="Uniform between min and max.")
    empirical: Empirical | None = Field(default=None, description="Empirical, by quantiles.")

    @model_validator(mode="before")
    @classmethod
    def _from_number(cls, value: Any) -> Any:  # noqa: ANN401 - whatever the file says
        return {"constant": value} if _is_number(value) else value

    @model_validator(mode="after")
    def _exactly_one(self) -> Distribution:
        one_of(self, self.kinds(), "a distribution")
        return self

    @classmethod
    def kinds(cls) -> tuple[str, ...]:
        """The fields of which exactly one is set."""
        return DISTRIBUTIONS

    @property
    def kind(self) -> str:
        """The one field that is set, such as ``"exponential"``."""
        return next(name for name in self.kinds() if getattr(self, name) is not None)

    @property
    def largest(self) -> float:
        """The least upper bound of the amount; infinity where there is none."""
        if self.constant is not None:
            return self.constant
        if self.uniform is not None:
            return self.uniform.max
        if self.empirical is not None:
            return self.empirical.quantiles[-1]
        return float("inf")


class Linear(Model):
    """A linear function of the columns of a task: ``{constant: c, column: coefficient, ...}`` in the file."""

    constant: float = Field(default=0.0, ge=0, description="What is added to every task.")
    columns: dict[Column, Annotated[float, Field(ge=0)]] = Field(
        default_factory=dict, description="Coefficient of each column."
    )

    @model_validator(mode="before")
    @classmethod
    def _from_flat(cls, value: Any) -> Any:  # noqa: ANN401 - whatever the file says
        if not isinstance(value, dict) or isinstance(value.get("columns"), dict):
            return value
        rest = {name: part for name, part in value.items() if name != "constant"}
        return {**({"constant": value["constant"]} if "constant" in value else {}), "columns": rest}

    @model_serializer
    def _flat(self) -> dict[str, float]:
        return {"constant": self.constant, **self.columns}


class Work(Distribution):
    """The work that a task needs, in seconds of one agent of speed 1: a distribution or a linear function."""

    linear: Linear | None = Field(default=None, description="Seconds as a linear function of columns.")

    @classmethod
    def kinds(cls) -> tuple[str, ...]:
        """The fields of which exactly one is set."""
        return (*DISTRIBUTIONS, "linear")


class Cost(Model):
    """What a task costs, in US dollars: a number, or a linear function of columns."""

    constant: float | None = Field(default=None, ge=0, description="US dollars a task.")
    linear: Linear | None = Field(default=None, description="US dollars as a linear function of columns.")

    @model_validator(mode="before")
    @classmethod
    def _from_number(cls, value: Any) -> Any:  # noqa: ANN401 - whatever the file says
        return {"constant": value} if _is_number(value) else value

    @model_validator(mode="after")
    def _exactly_one(self) -> Cost:
        one_of(self, ("constant", "linear"), "a cost")
        return self


class Range(Model):
    """Values from ``min`` to ``max``, both inclusive; a missing bound does not bind."""

    min: float | None = Field(default=None, description="Smallest value, inclusive.")
    max: float | None = Field(default=None, description="Largest value, inclusive.")

    @model_validator(mode="after")
    def _bounded(self) -> Range:
        if self.min is None and self.max is None:
            raise refusal("a range without bounds", right="give min, max or both")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise refusal(f"min {self.min:g} is above max {self.max:g}", right="min <= max is needed")
        return self


When = dict[Column, Range]
"""A condition: every column named lies in its range."""
