"""A shut door: a task that comes to who takes no more work goes on to who takes that work over."""

from __future__ import annotations

from vsmlab.laws import law
from vsmlab.laws.kinds import HAND_ON, OP_OP, ROUTE, TRANSFER
from vsmlab.laws.sending import carry
from vsmlab.laws.tables import Message, State, Unit


@law
def came_how(state: State, message: Message) -> None:
    """Keep with the task how it comes: moved, handed on, or as it came before."""
    task = state.tasks[message.task]
    if message.kind == TRANSFER:
        task.coming = 2
    elif message.kind == HAND_ON:
        task.coming = 1


@law
def pass_on(state: State, unit: Unit, now: float, message: Message, to: int) -> None:
    """The task goes on in a new epoch, as it came: nobody here has accepted it, so it was not moved."""
    came_how(state, message)
    task = state.tasks[message.task]
    task.goal = -1
    task.epoch += 1
    carry(state, unit, now, OP_OP, ROUTE, to, message.task, 0)
