"""System 3*: looks past every channel at single operations, at times that nobody foresees, and compares.

What an honest operation claims differs from the estimate by the sampling alone, so the difference over its
deviation has mean 0 and deviation 1. A CUSUM of it finds a constant bias, Wald's ratio test finds lies that
are rare. What was found is told to System 3 as a ratio, which is estimated anew at every later inspection.
"""

from __future__ import annotations

import math

from vsmlab.laws import law
from vsmlab.laws.chance import sequence_draw, variate
from vsmlab.laws.kinds import (
    CHECKED,
    CLAIMED,
    DISCREPANCY,
    FINDING_STEP,
    FOUND,
    INSPECT,
    INSPECT_DUE,
    S3STAR,
    STATE_DRAWS,
)
from vsmlab.laws.sending import note, remind, send
from vsmlab.laws.tables import Audit, Audited, Message, State, Unit
from vsmlab.mechanisms.sequential_tests import cusum_step, sprt_step

KEEP = 0.8
"""Of what an operation claimed before, this much counts at the next inspection once it is known to lie."""
HARMLESS = 1.1
"""Below this ratio of claimed over counted a finding is over; below half of its excess, if that is less."""


@law
def inspect_due(state: State, unit: Unit, now: float, message: Message) -> None:
    """Look at one operation, any one alike, and set the next time: after a memoryless gap it cannot be foreseen.

    An exponential gap makes the audits a Poisson process (the scenario may say otherwise): of rate v, each
    finding a standing fault with probability d, they have found it by t with probability 1 - exp(-v d t). The
    first reminder only draws the first time.
    """
    audit = state.audits[unit.at]
    gap = variate(state, audit.gap, sequence_draw(state, unit, STATE_DRAWS))
    if audit.paced == 1:
        gap = gap * audit.pace
    remind(state, unit, INSPECT_DUE, now + gap, 0)
    audit.serial += 1
    if audit.serial == 1 or audit.children <= 0:
        return
    row = anyone(state, audit, sequence_draw(state, unit, STATE_DRAWS))
    if row >= 0:
        send(state, unit, now, S3STAR, INSPECT, state.auditeds[row].to, audit.serial, audit.takes)


@law
def anyone(state: State, audit: Audit, u: float) -> int:
    """The operation that a uniform number falls on, each having an equal part."""
    place = int(u * audit.children)
    row = audit.first_audited
    while row >= 0 and place > 0:
        place -= 1
        row = state.auditeds[row].next
    return row


@law
def surprise(claimed: float, counted: float, sample: float) -> float:
    """How far a claim lies above the estimate, in deviations of the estimate if the claim were honest.

    Of N arrivals each noticed with probability s, the number over s has variance N (1 - s) / s (binomial).
    A quarter of a task squared is the least variance, so that a count of all of them divides by something
    (own choice).
    """
    variance = claimed * (1.0 - sample) / sample if sample > 0.0 else 0.0
    return (claimed - counted) / math.sqrt(max(0.25, variance))


@law
def hear_finding(state: State, unit: Unit, now: float, message: Message) -> None:
    """Keep one half of a finding; when both halves of one inspection have come, judge it, once."""
    audit = state.audits[unit.at]
    row = audit.first_audited
    while row >= 0 and state.auditeds[row].to != message.sender:
        row = state.auditeds[row].next
    if row < 0:
        return
    audited = state.auditeds[row]
    serial = message.ref // FINDING_STEP
    if serial <= audited.serial or serial < audited.asked:
        return  # judged already, or the other half of a later inspection has come
    if serial > audited.asked:
        audited.asked, audited.claimed, audited.counted = serial, -1.0, -1.0
    if message.ref % FINDING_STEP == CLAIMED:
        audited.claimed = message.value
    else:
        audited.counted = message.value
    if audited.claimed >= 0.0 and audited.counted >= 0.0:
        audited.serial = serial
        if audited.claimed > 0.0 or audited.counted > 0.0:
            judge_claims(state, unit, audit, audited, now)


@law
def judge_claims(state: State, unit: Unit, audit: Audit, audited: Audited, now: float) -> None:
    """Compare what was claimed with what was counted; note the CUSUM, and what is now sure or is over."""
    audited.inspections += 1
    z = surprise(audited.claimed, audited.counted, audit.sample)
    audited.rate += (audited.claimed - audited.rate) * max(1.0 - KEEP, 1.0 / audited.inspections)
    remember_claims(audited)
    audited.cusum = cusum_step(audited.cusum, z, audit.reference)
    note(state, unit, CHECKED, -1, audited.to, audited.cusum)
    if audited.flagged == 0:
        suspect_lies(audit, audited, z)
        if is_sure(audit, audited):
            note(state, unit, FOUND, -1, audited.to, audited.ratio)
    else:
        audited.ratio = exaggerated(audited.since_claimed, audited.since_counted)
        if audited.ratio <= audited.clears_below:
            forgive(audited)
            note(state, unit, FOUND, -1, audited.to, 1.0)
    if audited.told == 1 and audit.system3 >= 0:
        ratio = branch_ratio(state, audit, audited.branch)
        send(state, unit, now, S3STAR, DISCREPANCY, audit.system3, audited.branch, ratio)


@law
def remember_claims(audited: Audited) -> None:
    """Sums of what was claimed and counted: since the CUSUM was last 0, fading once the operation is found to lie."""
    if audited.flagged == 1:
        audited.since_claimed *= KEEP
        audited.since_counted *= KEEP
    elif audited.cusum <= 0.0:
        audited.since_claimed, audited.since_counted = 0.0, 0.0
    audited.since_claimed += audited.claimed
    audited.since_counted += audited.counted


@law
def suspect_lies(audit: Audit, audited: Audited, z: float) -> None:
    """Wald's ratio test on whether each claim is far too high; when it is sure of honesty, it begins anew."""
    if audited.sprt <= audit.honest_at:
        audited.sprt, audited.run_claimed, audited.run_counted = 0.0, 0.0, 0.0
    audited.sprt = sprt_step(audited.sprt, z > audit.wrong_beyond, audit.lie_step, audit.honest_step)
    audited.run_claimed += audited.claimed
    audited.run_counted += audited.counted


@law
def is_sure(audit: Audit, audited: Audited) -> bool:
    """Whether one of the two tests is now sure; then the operation is one that lies, by the ratio that test saw."""
    if audited.cusum <= audit.threshold:
        if audited.sprt < audit.lying_at:
            return False
        audited.since_claimed, audited.since_counted = audited.run_claimed, audited.run_counted
    audited.flagged, audited.told = 1, 1
    audited.ratio = exaggerated(audited.since_claimed, audited.since_counted)
    audited.clears_below = min(HARMLESS, 0.5 + 0.5 * audited.ratio)
    return True


@law
def exaggerated(claimed: float, counted: float) -> float:
    """Claimed over counted, as a ratio of sums; at least 1, and of what was never counted at all, one task was."""
    return max(1.0, claimed / max(1.0, counted))


@law
def forgive(audited: Audited) -> None:
    """What it claims is what is: both tests begin anew."""
    audited.flagged, audited.ratio = 0, 1.0
    audited.cusum, audited.sprt = 0.0, 0.0
    audited.run_claimed, audited.run_counted = 0.0, 0.0


@law
def branch_ratio(state: State, audit: Audit, branch: int) -> float:
    """What a branch claims over what it should: the sum of claims over the sum of claims each divided by its ratio.

    One operation is a branch of its own, and the ratio its own. Claims are those of an average inspection.
    """
    claims, true = 0.0, 0.0
    row = audit.first_audited
    while row >= 0:
        audited = state.auditeds[row]
        if audited.branch == branch:
            claims += audited.rate
            true += audited.rate / max(1.0, audited.ratio)
        row = audited.next
    if true <= 0.0:
        return 1.0
    return claims / true
