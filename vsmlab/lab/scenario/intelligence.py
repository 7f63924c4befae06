"""What looks beyond the day's work: System 3* (audit), System 4 (intelligence) and System 5 (policy)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from vsmlab.lab.scenario.base import Model, refusal
from vsmlab.lab.scenario.quantities import Distribution, Exponential

MAX_LEADS = 1_000


class Lies(Model):
    """The test for lies that come now and then: a sequential probability ratio test."""

    honest: float = Field(
        default=0.05, gt=0, lt=1, description="Probability that an honest report looks wrong."
    )
    lying: float = Field(
        default=0.2, gt=0, lt=1, description="Probability that a report of one who lies looks wrong."
    )
    alpha: float = Field(
        default=0.05, gt=0, lt=1, description="Probability of taking an honest operation for a liar."
    )
    beta: float = Field(default=0.1, gt=0, lt=1, description="Probability of taking a liar for honest.")

    @model_validator(mode="after")
    def _tells_apart(self) -> Lies:
        if self.honest >= self.lying:
            wrong = f"honest {self.honest:g} is not below lying {self.lying:g}"
            raise refusal(wrong, right="one who lies looks wrong more often than one who is honest")
        if self.alpha + self.beta >= 1:
            wrong = f"alpha {self.alpha:g} and beta {self.beta:g} leave nothing to decide"
            raise refusal(wrong, right="alpha + beta < 1 is needed")
        return self


class Audit(Model):
    """System 3*: it looks at operations without warning, and compares what they report with what is."""

    every: Distribution = Field(
        default=Distribution(exponential=Exponential(mean=120.0)),
        description="Seconds between two inspections of the whole system; exponential cannot be foreseen.",
    )
    takes: float = Field(default=30.0, gt=0, description="Seconds that one inspection lasts.")
    sample: float = Field(
        default=0.25, gt=0, le=1, description="Share of the tasks that an inspection notices."
    )
    reference: float = Field(
        default=0.5, ge=0, description="Allowance of the CUSUM, in standard deviations of an honest claim."
    )
    threshold: float = Field(
        default=4.0, gt=0, description="Where the CUSUM is sure, in standard deviations of an honest claim."
    )
    lies: Lies = Field(default=Lies(), description="The test for lies that come now and then.")

    @model_validator(mode="after")
    def _takes_time(self) -> Audit:
        if self.every.largest <= 0:
            right = "the time between inspections must be above 0"
            raise refusal("inspections without end", right=right, at=("every",))
        return self


class SeasonalForecast(Model):
    """A season that System 4 learns: one index for each part of it."""

    period: float = Field(gt=0, description="Seconds of one season.")
    bins: int = Field(default=12, ge=2, le=1_000, description="Parts of the season, each with its index.")
    gamma: float = Field(
        default=0.2, gt=0, le=1, description="Part of an error that goes into the season's index."
    )


class Leading(Model):
    """A leading indicator: what the environment shows of demand before it is there."""

    lead: float = Field(gt=0, description="Seconds that it runs ahead of demand.")
    every: float = Field(default=30.0, gt=0, description="Seconds between two showings.")
    noise: float = Field(
        default=0.0, ge=0, description="Standard deviation of its error, as a share of what it shows."
    )

    @model_validator(mode="after")
    def _remembered(self) -> Leading:
        if self.lead / self.every > MAX_LEADS:
            wrong = f"lead {self.lead:g} is more than {MAX_LEADS:,} times every {self.every:g}"
            raise refusal(wrong, right="System 4 remembers what was shown: show less often")
        return self


class System4(Model):
    """Intelligence: it watches the environment, forecasts demand, and proposes what to be ready for."""

    period: float = Field(default=60.0, gt=0, description="Seconds between two forecasts.")
    looks_ahead: float = Field(default=300.0, gt=0, description="Seconds that a forecast looks ahead.")
    method: Literal["holt", "dlm"] = Field(
        default="dlm",
        description="Law of the forecast: Holt's, or a dynamic linear model of unknown variance.",
    )
    alpha: float = Field(
        default=0.3, gt=0, le=1, description="Part of an error that goes into the level (holt)."
    )
    beta: float = Field(
        default=0.1, ge=0, le=1, description="Part of an error that goes into the growth (holt)."
    )
    damping: float = Field(
        default=1.0, gt=0, le=1, description="What is left of the growth one showing further ahead."
    )
    discount_level: float = Field(
        default=0.9, ge=0.01, le=1, description="Share of the knowledge of the level that is kept (dlm)."
    )
    discount_growth: float = Field(
        default=0.95, ge=0.01, le=1, description="Share of the knowledge of the growth that is kept (dlm)."
    )
    season: SeasonalForecast | None = Field(default=None, description="A season that it learns.")
    cover: float = Field(
        default=1.0, ge=0, description="Standard deviations of the forecast that its proposals cover."
    )
    indicators_every: float = Field(
        default=30.0, gt=0, description="Seconds between two showings of the work demanded lately."
    )
    leading: Leading | None = Field(default=None, description="A leading indicator that it is shown.")
    probe_beyond: float = Field(
        default=3.0,
        ge=0,
        description="Standard deviations of an error beyond which it looks again half a showing later; 0 is never.",
    )


class System5(Model):
    """Policy: it weighs System 3 against System 4, decides on proposals, and hears what hurts."""

    period: float = Field(default=150.0, gt=0, description="Seconds between two looks at 3 and 4.")
    tolerance: float = Field(
        default=1.0, ge=0, description="Agents by which the wishes of 3 and 4 may differ."
    )
    patience: float = Field(
        default=0.0, ge=0, description="Seconds that a greater difference may last before it weighs."
    )
    outside: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="Weight of System 4 (outside and then) when it weighs; 3 the rest.",
    )
    climbs_after: float = Field(
        default=30.0, ge=0, description="Seconds to mend pain here before it goes to the System 5 above."
    )
    emergency: float = Field(default=60.0, ge=0, description="Seconds that an emergency lasts.")
