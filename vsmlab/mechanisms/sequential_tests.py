"""Tests that decide while the data come in: CUSUM, Wald's ratio test, and how often an inspector should look."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from vsmlab.mechanisms.normal import normal_probability
from vsmlab.mechanisms.numbers import logarithm
from vsmlab.mechanisms.subset import law


@law
def cusum_step(level: float, deviation: float, reference: float) -> float:
    """The one-sided CUSUM after one more deviation: ``S = max(0, S + z - k)``.

    It adds up what exceeds half of the shift to be found, and never owes anything for good times.

    Reference:
        Page (1954), Continuous inspection schemes; source not checked.

    >>> cusum_step(1.0, 2.0, 0.5), cusum_step(1.0, -2.0, 0.5)
    (2.5, 0.0)
    """
    return max(0.0, level + deviation - reference)


@law
def sprt_step(level: float, wrong: bool, wrong_step: float, right_step: float) -> float:
    """The log likelihood ratio after one more observation, wrong or right, by steps reckoned beforehand.

    Reference:
        Wald (1945), Sequential tests of statistical hypotheses; source not checked.
    """
    if wrong:
        return level + wrong_step
    return level + right_step


def sprt_steps(honest: float, lying: float) -> tuple[float, float]:
    """What one observation adds to the log likelihood ratio: when it is wrong, and when it is right.

    Args:
        honest: Probability that an observation is wrong where all is well, in ``(0, 1)``.
        lying: The same where it is not, above ``honest`` and below 1.

    Raises:
        ValueError: If it is not ``0 < honest < lying < 1``.

    >>> [round(step, 6) for step in sprt_steps(0.05, 0.2)]
    [1.386294, -0.17185]
    """
    if not 0.0 < honest < lying < 1.0:
        raise ValueError(f"honest {honest}, lying {lying}: should be 0 < honest < lying < 1")
    return logarithm(lying / honest), logarithm((1.0 - lying) / (1.0 - honest))


def sprt_limits(alpha: float, beta: float) -> tuple[float, float]:
    """Levels of the log likelihood ratio at which Wald's test is sure: of the fault, and of its absence.

    Args:
        alpha: Probability wanted of a false alarm, in ``(0, 1)``.
        beta: Probability wanted of a miss, below ``1 - alpha``.

    Raises:
        ValueError: If the two do not leave room for a decision.

    >>> [round(limit, 5) for limit in sprt_limits(0.05, 0.1)]
    [2.89037, -2.25129]
    """
    if not (alpha > 0.0 and beta > 0.0 and alpha + beta < 1.0):
        raise ValueError(f"alpha {alpha}, beta {beta}: both above 0, together below 1")
    return logarithm((1.0 - beta) / alpha), logarithm(beta / (1.0 - alpha))


def wald_bounds(alpha: float, beta: float) -> tuple[float, float]:
    """The most that false alarms and misses can really be, for any observations: Wald's inequalities.

    >>> [round(bound, 6) for bound in wald_bounds(0.05, 0.1)]
    [0.055556, 0.105263]
    """
    sprt_limits(alpha, beta)
    return alpha / (1.0 - beta), beta / (1.0 - alpha)


def wald_mean_number(honest: float, lying: float, alpha: float, beta: float, really: float) -> float:
    """Wald's approximation of the observations needed, where one is wrong with probability ``really``.

    It neglects that the limits are overshot, and so is 10 to 20 per cent low where steps are large.

    Args:
        really: ``honest`` or ``lying``: there the two error probabilities say how often each limit is met.
        honest, lying: As for :func:`sprt_steps`.
        alpha, beta: As for :func:`sprt_limits`.

    Raises:
        ValueError: If ``really`` is neither of the two.

    >>> [round(wald_mean_number(0.05, 0.2, 0.05, 0.1, p), 2) for p in (0.05, 0.2)]
    [21.23, 17.0]
    """
    if really not in (honest, lying):
        raise ValueError(f"really {really}: should be {honest} or {lying}")
    wrong, right = sprt_steps(honest, lying)
    up, down = sprt_limits(alpha, beta)
    alarms = alpha if really == honest else 1.0 - beta
    return (alarms * up + (1.0 - alarms) * down) / (really * wrong + (1.0 - really) * right)


def sprt_exactly(
    honest: float, lying: float, alpha: float, beta: float, really: float
) -> tuple[float, float]:
    """Probability that the test ends with an alarm, and the mean number of observations it takes.

    Exact but for mass below 1e-14: the number wrong among ``n`` is a Markov chain that ends at the limits.

    Args:
        honest, lying: As for :func:`sprt_steps`.
        alpha, beta: As for :func:`sprt_limits`.
        really: Probability that an observation is wrong, in ``[0, 1]``.

    >>> alarm, number = sprt_exactly(0.05, 0.2, 0.05, 0.1, 0.05)
    >>> round(alarm, 4), round(number, 2)
    (0.0308, 23.6)
    """
    wrong, right = sprt_steps(honest, lying)
    up, down = sprt_limits(alpha, beta)
    going = np.array([1.0])
    alarm, number, n = 0.0, 0.0, 0
    while going.sum() > 1e-14:
        number += float(going.sum())
        n += 1
        going = np.append(going * (1.0 - really), 0.0) + np.append(0.0, going * really)
        faults = np.arange(n + 1)
        level = faults * wrong + (n - faults) * right
        alarm += float(going[level >= up].sum())
        going[(level >= up) | (level <= down)] = 0.0
    return alarm, number


def cusum_run_length(shift: float, reference: float, threshold: float, *, states: int = 200) -> float:
    """Mean number of standard normal deviations until a one-sided CUSUM from 0 exceeds its threshold.

    Args:
        shift: Mean of the deviations, in standard deviations; 0 gives the run length between false alarms.
        reference: ``k``, taken off every deviation.
        threshold: ``h``, above 0.
        states: Of the Markov chain; the error falls with their square, and its leading term is taken off.

    Raises:
        ValueError: If the threshold or the number of states is too small.

    Reference:
        Brook and Evans (1972), Biometrika 59:539-549; as told by others, source not checked.

    >>> round(cusum_run_length(0.0, 0.5, 4.0), 2), round(cusum_run_length(1.0, 0.5, 4.0), 3)
    (335.37, 8.383)
    """
    if not threshold > 0.0 or states < 2:
        raise ValueError(f"threshold {threshold} above 0, states {states} at least 2")
    coarse = _chain_length(shift, reference, threshold, states)
    fine = _chain_length(shift, reference, threshold, 2 * states)
    return fine + (fine - coarse) / 3.0


def _chain_length(shift: float, reference: float, threshold: float, states: int) -> float:
    """Mean steps from 0 to absorption of the chain that stands for the CUSUM: ``(I - R) L = 1``."""
    width = threshold / (states - 0.5)
    places = np.arange(1 - states, states) * width + reference - shift
    upper = np.array([normal_probability(float(z) + width / 2.0) for z in places])
    lower = np.array([normal_probability(float(z) - width / 2.0) for z in places])
    row, column = np.indices((states, states))
    step = column - row + states - 1
    moves = upper[step] - lower[step]
    moves[:, 0] = upper[step[:, 0]]
    return float(np.linalg.solve(np.eye(states) - moves, np.ones(states))[0])


def cusum_run_length_siegmund(shift: float, reference: float, threshold: float) -> float:
    """Siegmund's approximation: a Brownian motion whose threshold is 1.166 further away.

    Reference:
        Siegmund (1985), Sequential Analysis; source not checked.

    >>> round(cusum_run_length_siegmund(0.0, 0.5, 4.0), 1), round(cusum_run_length_siegmund(1.0, 0.5, 4.0), 2)
    (338.1, 8.34)
    """
    drift = shift - reference
    far = threshold + 1.166
    if drift == 0.0:
        return far * far
    return (math.exp(-2.0 * drift * far) + 2.0 * drift * far - 1.0) / (2.0 * drift * drift)


def found_by(rate: float, finds: float, time: float) -> float:
    """Probability that a standing fault has been found, where audits come as a Poisson process.

    Args:
        rate: Audits a second, at least 0.
        finds: Probability that one audit finds the fault, in ``[0, 1]``.
        time: Seconds since the fault began, at least 0.

    Raises:
        ValueError: If an argument is outside its range.

    >>> round(found_by(0.1, 0.8, 10.0), 6)
    0.550671
    """
    if not (rate >= 0.0 and 0.0 <= finds <= 1.0 and time >= 0.0):
        raise ValueError(f"rate {rate} and time {time} at least 0, finds {finds} in [0, 1]")
    return -math.expm1(-rate * finds * time)


def mean_delay(rate: float, finds: float) -> float:
    """Mean seconds until audits at this rate find a standing fault: ``1 / (rate * finds)``.

    >>> round(mean_delay(0.1, 0.8), 12)
    12.5
    """
    if not (rate > 0.0 and 0.0 < finds <= 1.0):
        raise ValueError(f"rate {rate} above 0, finds {finds} in (0, 1]")
    return 1.0 / (rate * finds)


def sample_finds(units: int, bad: int, sample: int) -> float:
    """Probability that a sample without replacement holds at least one of the bad units (hypergeometric).

    Raises:
        ValueError: If more are bad, or sampled, than there are.

    >>> round(sample_finds(20, 3, 5), 6)
    0.600877
    """
    if not (0 <= bad <= units and 0 <= sample <= units):
        raise ValueError(f"{bad} bad and {sample} sampled of {units}: both between 0 and {units}")
    return 1.0 - math.comb(units - bad, sample) / math.comb(units, sample)


@dataclass(frozen=True, slots=True)
class InspectionGame:
    """One who may cheat and one who may look, each with what it stands to win or lose.

    Attributes:
        gain: Of cheating unseen.
        penalty: Of being caught, beside the gain that is lost: a cheat who is caught gets ``-penalty``.
        cost: Of one audit.
        loss: To the inspector of a cheat that is not seen; a cheat that is seen costs it the audit alone.

    Reference:
        Avenhaus, von Stengel and Zamir (2002), Inspection games; the simplest 2 x 2 game, source not checked.

    >>> game = InspectionGame(gain=2.0, penalty=6.0, cost=1.0, loss=5.0)
    >>> game.audit_probability, game.cheating_probability
    (0.25, 0.2)
    """

    gain: float
    penalty: float
    cost: float
    loss: float

    def __post_init__(self) -> None:
        """Refuse a game in which nobody has anything to decide."""
        if not (self.gain > 0.0 and self.penalty > 0.0 and 0.0 < self.cost < self.loss):
            raise ValueError(f"{self}: gain and penalty above 0, and 0 < cost < loss")

    @property
    def audit_probability(self) -> float:
        """How often the inspector looks in equilibrium: then cheating is worth nothing."""
        return self.gain / (self.gain + self.penalty)

    @property
    def cheating_probability(self) -> float:
        """How often the other cheats in equilibrium: then an audit is worth what it costs."""
        return self.cost / self.loss
