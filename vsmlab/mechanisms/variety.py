"""Variety in bits: entropy and information from counts, Ashby's table game, a unit's triple vector."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from vsmlab.mechanisms.intervals import Estimate


def entropy_plugin(counts: Sequence[float]) -> float:
    """Entropy of the observed frequencies, in bits.

    As an estimate from a sample it is too low, by about ``(K - 1) / (2 N ln 2)``.

    Args:
        counts: Counts or probabilities, at least 0; they need not add up to 1.

    Raises:
        ValueError: If a count is negative or all are 0.

    >>> entropy_plugin([1, 1, 1, 1])
    2.0
    """
    total = math.fsum(counts)
    if not 0.0 < total < math.inf or min(counts) < 0.0:
        raise ValueError("counts must be at least 0, and not all 0")
    return max(0.0, math.fsum(-(c / total) * math.log2(c / total) for c in counts if c > 0.0))


def entropy_miller_madow(counts: Sequence[int]) -> float:
    """Plug-in entropy plus the first-order correction of its bias, in bits.

    Args:
        counts: Of each kind of message, at least 0.

    Raises:
        ValueError: If a count is negative or all are 0.

    Reference:
        Miller (1955), source not checked.
    """
    seen = sum(1 for count in counts if count > 0)
    return entropy_plugin(counts) + (seen - 1) / (2.0 * sum(counts) * math.log(2.0))


def entropy_chao_shen(counts: Sequence[int]) -> float:
    """Entropy corrected for kinds not seen, by the coverage of the sample, in bits.

    Args:
        counts: Of each kind of message, at least 0.

    Raises:
        ValueError: If a count is negative or all are 0.

    Reference:
        Chao and Shen (2003), source not checked.
    """
    if not counts or min(counts) < 0 or max(counts) == 0:
        raise ValueError("counts must be at least 0, and not all 0")
    total = sum(counts)
    once = min(sum(1 for count in counts if count == 1), total - 1)  # all seen once: coverage above 0
    coverage = 1.0 - once / total
    terms = []
    for count in counts:
        if count > 0:
            p = coverage * count / total
            if p < 1.0:
                terms.append(-p * math.log2(p) / -math.expm1(total * math.log1p(-p)))
    return math.fsum(terms)


def entropy(counts: Sequence[int], *, kinds: int | None = None) -> Estimate:
    """Entropy of messages in bits, by the estimator that fits the sample, or "not estimable".

    With K kinds and N messages: Miller-Madow from ``N >= 4 K``, Chao-Shen from ``N >= K``, below that
    nothing. The rule is our own, from simulated bias at K = 64. Compare only entropies of equal N.

    Args:
        counts: Of each kind of message, at least 0.
        kinds: How many kinds there can be, if known; else those that were seen count, and a sample in which
            no kind came twice is not estimable.

    Returns:
        An estimate without interval (for one, resample blocks of messages).

    Raises:
        ValueError: If a count is negative or fewer kinds are possible than were seen.

    >>> entropy([50, 50]).method, entropy([1, 1, 1]).reason
    ('entropy, Miller-Madow', '3 messages, all of different kinds: not estimable')
    """
    seen = sum(1 for count in counts if count > 0)
    total = sum(counts)
    possible = seen if kinds is None else kinds
    if any(count < 0 for count in counts) or possible < seen:
        raise ValueError(
            f"{seen} kinds seen of {possible} possible: needs counts >= 0 and no more seen than possible"
        )
    if total == 0:
        return Estimate(None, None, None, 0, "entropy", "no messages")
    if total < possible:
        reason = f"{total} messages of {possible} possible kinds: not estimable"
        return Estimate(None, None, None, total, "entropy", reason)
    if kinds is None and total == seen:
        reason = f"{total} messages, all of different kinds: not estimable"
        return Estimate(None, None, None, total, "entropy", reason)
    if total >= 4 * possible:
        return Estimate(entropy_miller_madow(counts), None, None, total, "entropy, Miller-Madow")
    return Estimate(entropy_chao_shen(counts), None, None, total, "entropy, Chao-Shen")


def mutual_information(table: Sequence[Sequence[float]]) -> float:
    """Information that one variable gives about another, in bits, from their joint counts or probabilities.

    As an estimate from a sample it is too high, by about ``(rows - 1) (columns - 1) / (2 N ln 2)``.

    Args:
        table: Rows are values of the one, columns of the other; at least 0, not all 0.

    Raises:
        ValueError: If the rows differ in length, an entry is negative or all are 0.

    >>> mutual_information([[1, 0], [0, 1]])
    1.0
    """
    columns = [math.fsum(column) for column in zip(*table, strict=True)]
    rows = [math.fsum(row) for row in table]
    cells = [cell for row in table for cell in row]
    return max(0.0, entropy_plugin(rows) + entropy_plugin(columns) - entropy_plugin(cells))


@dataclass(frozen=True, slots=True)
class TableGame:
    """What the best regulator achieves in Ashby's table game.

    Attributes:
        outcomes: How many outcomes remain.
        outcome_entropy: Bits.
        response_entropy: Bits, of the responses that it uses.
        bound: Bits, what requisite variety says cannot be undercut with these responses.
    """

    outcomes: int
    outcome_entropy: float
    response_entropy: float
    bound: float


def table_game(disturbances: int, responses: int) -> TableGame:
    """Ashby's game with the table ``outcome = (disturbance - response) mod disturbances``, played perfectly.

    Disturbances are equally likely; the regulator sees one and answers with 0 .. responses - 1. An outcome
    can be reached from at most as many disturbances as there are responses, so full groups of that size
    leave the least entropy: it answers a disturbance with its remainder by division.

    Args:
        disturbances: At least 1.
        responses: At least 1; more than disturbances are of no use.

    Raises:
        ValueError: If there is no disturbance or no response.

    Reference:
        Ashby (1956), An Introduction to Cybernetics, chapter 11; edition not checked.

    >>> [table_game(16, k).outcome_entropy for k in (1, 2, 4, 8, 16)]
    [4.0, 3.0, 2.0, 1.0, 0.0]
    """
    if disturbances < 1 or responses < 1:
        raise ValueError(
            f"{disturbances} disturbances, {responses} responses: at least one of each is needed"
        )
    outcomes: dict[int, int] = {}
    answers: dict[int, int] = {}
    for disturbance in range(disturbances):
        answer = disturbance % responses
        outcome = (disturbance - answer) % disturbances
        answers[answer] = answers.get(answer, 0) + 1
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    response_entropy = entropy_plugin(list(answers.values()))
    return TableGame(
        outcomes=len(outcomes),
        outcome_entropy=entropy_plugin(list(outcomes.values())),
        response_entropy=response_entropy,
        bound=max(0.0, math.log2(disturbances) - response_entropy),
    )


@dataclass(frozen=True, slots=True)
class TripleVector:
    """Beer's three indices of achievement; an index without a base is None, and `reason` says why.

    Attributes:
        productivity: Actuality over capability.
        latency: Capability over potentiality.
        performance: Actuality over potentiality, the product of the other two.
        reason: What is not estimable or must be set anew; empty if all is well.
    """

    productivity: float | None
    latency: float | None
    performance: float | None
    reason: str = ""


def triple_vector(
    actuality: float, capability: float, potentiality: float, *, cost: bool = False
) -> TripleVector:
    """Productivity, latency and performance of a unit over one period.

    Args:
        actuality: What was done, summed over the period, at least 0.
        capability: What could have been done with the present means, in the same unit.
        potentiality: What could be done were known constraints removed, in the same unit.
        cost: Whether less is better: the ratios are then inverted.

    Returns:
        The indices. Where actuality exceeds capability, or capability potentiality (for a cost the reverse),
        they are above 1 and the reason says that the base must be set anew.

    Raises:
        ValueError: If an amount is negative or not finite.

    Reference:
        Beer, Brain of the Firm (2nd edition 1981), as quoted by others.

    >>> triple_vector(40, 60, 100).performance
    0.4
    """
    if not all(0.0 <= amount < math.inf for amount in (actuality, capability, potentiality)):
        raise ValueError(f"{actuality}, {capability}, {potentiality}: amounts must be finite and at least 0")
    chain = (potentiality, capability, actuality) if cost else (actuality, capability, potentiality)
    least, between, most = chain
    reasons = []
    if between == 0.0 or most == 0.0:
        reasons.append("not estimable: a base is 0")
    if actuality > capability if not cost else actuality < capability:
        reasons.append("actuality is better than capability: set capability anew")
    if capability > potentiality if not cost else capability < potentiality:
        reasons.append("capability is better than potentiality: set potentiality anew")
    ratios = (
        None if between == 0.0 else least / between,
        None if most == 0.0 else between / most,
        None if most == 0.0 else least / most,
    )
    first, second, product = ratios
    if cost:  # the chain runs the other way: its first ratio is potentiality over capability
        first, second = second, first
    return TripleVector(first, second, product, "; ".join(reasons))
