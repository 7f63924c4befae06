"""The agenda and the loop in the subset of laws: what is due is handled and written down, in the one total order.

The heap has four children a node, and a place of it holds the due time and where the message lies. Which of four
is the first nobody foresees, so it is found by counting instead of jumping; keys are looked up only where due
times tie. The loop returns to Python where the journal is full, a table or the agenda has little room left, or
a law asked for more than it may.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from vsmlab.laws.kinds import FACTS
from vsmlab.laws.sending import ROOM
from vsmlab.laws.tables import Message, Table

ENDED, JOURNAL_FULL, NO_ROOM, FAULT = range(4)
"""Why the loop came back."""


class Meter:
    """One row: what the loop and Python tell each other."""

    waiting: int
    spare: int
    handled: int
    written: int
    closed: int
    room: int


class Place:
    """A place of the heap: when a message is due, and its slot in the pool."""

    due: float
    slot: int


class Slot:
    """A slot of the pool that is free."""

    row: int


class Rank:
    """The priority of a kind of message."""

    priority: int


OWN_ROWS: Final[dict[str, type]] = {
    "meter": Meter,
    "heap": Place,
    "pool": Message,
    "spares": Slot,
    "ranks": Rank,
}
"""The engine's own tables; the journal is one as well, in its own narrower record."""


class Tables(Protocol):
    """The state with the engine's own tables."""

    meter: Table[Meter]
    heap: Table[Place]
    pool: Table[Any]
    spares: Table[Slot]
    ranks: Table[Rank]
    journal: Table[Any]
    units: Table[Any]
    effects: Table[Any]
    ledger: Table[Any]


if TYPE_CHECKING:

    def handle(state: Tables, message: Message) -> None:
        """Hand a message to the law that answers it: the model says how, when the loop is compiled."""

    def wants(state: Tables) -> int:
        """Whether a table wants to grow: the word of the block that `row_types` reads."""


def before(a: Message, b: Message) -> bool:
    """Whether of two messages that are due at one time the first is to be handled first."""
    if a.priority != b.priority:
        return a.priority < b.priority
    if a.receiver != b.receiver:
        return a.receiver < b.receiver
    if a.origin != b.origin:
        return a.origin < b.origin
    return a.number < b.number


def earlier(state: Tables, due: float, slot: int, other: Place) -> bool:
    """Whether a message is to be handled before the one at a place of the heap."""
    if due != other.due:
        return due < other.due
    return before(state.pool[slot], state.pool[other.slot])


def push(state: Tables, n: int, due: float, slot: int) -> None:
    """Add a message to a heap of ``n``."""
    i = n
    while i > 0:
        parent = (i - 1) >> 2
        above = state.heap[parent]
        if not earlier(state, due, slot, above):
            break
        here = state.heap[i]
        here.due, here.slot = above.due, above.slot
        i = parent
    here = state.heap[i]
    here.due, here.slot = due, slot


def first_of(state: Tables, row: int, n: int) -> int:
    """Of up to four places of a heap of ``n`` side by side, that of the message which is to be handled first."""
    if row + 4 <= n:
        a, b = state.heap[row].due, state.heap[row + 1].due
        c, d = state.heap[row + 2].due, state.heap[row + 3].due
        left, right = min(a, b), min(c, d)
        if (a != b) & (c != d) & (left != right):
            return row + (b < a) + (right < left) * (2 + (d < c) - (b < a))
    best = row
    for other in range(row + 1, min(row + 4, n)):
        one = state.heap[other]
        if earlier(state, one.due, one.slot, state.heap[best]):
            best = other
    return best


def sink(state: Tables, n: int, due: float, slot: int) -> None:
    """Put a message in the place of the first of ``n``, and from there to where it belongs."""
    i, row = 0, 1
    while row < n:
        best = first_of(state, row, n)
        below = state.heap[best]
        if earlier(state, due, slot, below):
            break
        here = state.heap[i]
        here.due, here.slot = below.due, below.slot
        i, row = best, (best << 2) + 1
    here = state.heap[i]
    here.due, here.slot = due, slot


def write(state: Tables, message: Message, at: int) -> None:
    """Write a message that is handled into the journal."""
    line = state.journal[at]
    line.due, line.value, line.number, line.ref = message.due, message.value, message.number, message.ref
    line.task, line.receiver, line.sender = message.token, message.to, message.sender
    line.kind, line.priority, line.cause = message.kind, message.priority, message.cause


def write_fact(state: Tables, message: Message, effect: Any, at: int, cause: int) -> None:  # noqa: ANN401
    """Write a fact that a law noted while it handled the message."""
    line = state.journal[at]
    line.due, line.value, line.number, line.ref = message.due, effect.value, -1, effect.ref
    line.task, line.receiver, line.sender = effect.token, effect.to, effect.sender
    line.kind, line.priority, line.cause = effect.kind, message.priority, cause


def fill(state: Tables, effect: Any, slot: int, cause: int) -> None:  # noqa: ANN401
    """Make a message of an effect: with priority, number, and the identities that the order goes by."""
    sent = state.pool[slot]
    sender = state.units[effect.sender]
    sent.due, sent.priority, sent.kind = effect.due, state.ranks[effect.kind].priority, effect.kind
    sent.receiver, sent.origin = state.units[effect.to].identity, sender.identity
    sent.to, sent.sender, sent.number = effect.to, effect.sender, sender.numbers
    sent.task, sent.token, sent.ticket = effect.task, effect.token, effect.ticket
    sent.ref, sent.value, sent.cause = effect.ref, effect.value, cause
    sender.numbers += 1


def loop(state: Tables, horizon: float) -> int:
    """Handle what is due before the horizon; returns why it stopped."""
    meter, ledger = state.meter[0], state.ledger[0]
    n, spare, written = meter.waiting, meter.spare, meter.written
    handled = 0
    reason = ENDED
    while n > 0 and state.heap[0].due < horizon:
        if written >= meter.room:
            reason = JOURNAL_FULL
            break
        if spare < ROOM or wants(state) != 0:
            reason = NO_ROOM
            break
        slot = state.heap[0].slot
        message = state.pool[slot]
        write(state, message, written)
        cause = meter.closed + written
        written += 1
        ledger.sent = 0
        handle(state, message)
        handled += 1
        if ledger.fault != 0:
            reason = FAULT
            break
        vacant = True  # the first place of the heap: it goes to the first message that is sent
        for row in range(ledger.sent):
            effect = state.effects[row]
            if effect.kind >= FACTS:
                write_fact(state, message, effect, written, cause)
                written += 1
            else:
                spare -= 1
                fresh = state.spares[spare].row
                fill(state, effect, fresh, cause)
                if vacant:
                    sink(state, n, effect.due, fresh)
                    vacant = False
                else:
                    push(state, n, effect.due, fresh)
                    n += 1
        if vacant:
            n -= 1
            last = state.heap[n]
            sink(state, n, last.due, last.slot)
        state.spares[spare].row = slot
        spare += 1
    meter.waiting, meter.spare, meter.written = n, spare, written
    meter.handled += handled
    return reason


OWN_LAWS: Final = (before, earlier, push, first_of, sink, write, write_fact, fill)
"""What `loop` is made of, in the order in which they call each other."""
