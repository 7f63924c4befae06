"""What breaks: the world strikes receivers at set times or now and then, and mends them again."""

from __future__ import annotations

from vsmlab.laws import law
from vsmlab.laws.chance import sequence_draw, variate
from vsmlab.laws.kinds import DISTURB, DISTURB_DUE, STATE_DRAWS
from vsmlab.laws.sending import post, remind
from vsmlab.laws.tables import Disturbance, Message, State, Unit

MENDS, BREAKS, ONLY_DRAWS = 0, 1, 2


@law
def strike(state: State, unit: Unit, disturbance: Disturbance, now: float, amount: float) -> None:
    """Tell every receiver that is struck. It is not a message of the organisation: no channel delays or loses it."""
    for row in range(disturbance.first_target, disturbance.last_target):
        to = state.targets[row].to
        post(state, unit.row, DISTURB, to, now, -1, -1, -1, disturbance.fault, amount)


@law
def wait_for(state: State, unit: Unit, now: float, distribution: int, ref: int) -> None:
    """The next begin or end, drawn from the disturbance's own sequence; never, where it has no distribution."""
    if distribution >= 0:
        time = variate(state, distribution, sequence_draw(state, unit, STATE_DRAWS))
        remind(state, unit, DISTURB_DUE, now + time, ref)


@law
def disturbance_due(state: State, unit: Unit, now: float, message: Message) -> None:
    """The disturbance begins (``ref`` 1) or ends (0), or its first begin is drawn (2).

    An alternating renewal process: well for a gap, broken while it lasts, all drawn independently (Cox 1962,
    source not checked). A disturbance without a gap comes once; one that does not end lasts for ever.
    """
    disturbance = state.disturbances[unit.at]
    if message.ref == BREAKS:
        disturbance.times += 1
        strike(state, unit, disturbance, now, disturbance.amount)
        wait_for(state, unit, now, disturbance.lasts, MENDS)
    else:
        if message.ref == MENDS:
            strike(state, unit, disturbance, now, disturbance.mended)
        wait_for(state, unit, now, disturbance.gap, BREAKS)
