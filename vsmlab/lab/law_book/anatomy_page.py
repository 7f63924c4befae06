"""``docs/anatomy.md``: receivers, channels, messages, facts, chance, the life of a task, digest and measures."""

from __future__ import annotations

from vsmlab.dispatch import TABLE
from vsmlab.engines.journal import DIGEST_ROW, FORMAT, SEGMENT
from vsmlab.lab.measures.fields import PARTS, TOP
from vsmlab.lab.measures.fold import PLAIN_REF
from vsmlab.lab.measures.traffic import EXPONENTS
from vsmlab.laws import kinds as k
from vsmlab.laws.dials import ANY_SENDER, DIALS

from .anatomy_text import CHANNELS_SAY, DRAWS_SAY, LIFE, PRIORITIES_SAY, ROLES_SAY
from .markdown import GENERATED, table

INTRODUCTION = """\
# The anatomy of an organisation

Who receives what, on which channel, and what is kept of it. The laws that answer are in [laws](laws.md).

## Receivers

Every System of a node is a receiver of its own: its own row, identity, message numbers and draws. What one knows of
another it was told by a message. So a System knocked out, or a channel cut, takes away exactly what it should. The
identity is a 62-bit hash of the path, the same in every run and on every machine.
"""

CHANNELS = """
## Channels

A channel belongs to its sender: one for each kind and receiver. It may have a delay, a loss, a capacity in messages a
second with a queue limit, a step to which values are rounded, and it can be cut. Delay and loss are drawn from the
sender's own streams.
"""

MESSAGES = """
## Messages

A message says one thing: one whole number (`ref`) and one real (`value`). Messages are handled in one total order: due
time, priority, receiver, sender, the sender's own number; receivers and senders by identity. The end of a run is
exclusive. A message whose ref is an address has the identity of that receiver in the journal.
"""

WHICH = """
**Which quantity** a `load`, `account`, `setting`, `grant`, `rate` or `intervene` speaks of (its `ref`). A `setting`
from System 3 to its desk has the operation's place among its siblings there. `returned`, `granted` and `recalled` are
totals since the beginning.
"""

FACTS = f"""
## Facts

A law may note a fact: a journal row that follows the message whose handling noted it, with the same due time and
number -1, and counts in the digest. It never enters the agenda. Kinds of messages have numbers below {k.FACTS:,}, facts
those from there on.
"""

CHANCE = """
## Streams of chance

Every draw has an address, so adding a node or knocking a System out changes nobody else's draws. What belongs to a task
is keyed by the task, its stage (which visit) and attempt; everything else by the sender and its own count.
"""

LIVES = """
## The life of a task

Counts cover the window from warm-up (inclusive) to horizon (exclusive). For every unit, exactly:
`in_progress_at_start + arrivals + moved_in = served + shed + failed + abandoned + moved_out + in_progress`.
"""

JOURNAL = f"""
## Journal and digest

Format 1 is frozen, and so are the numbers and names of messages, facts, roles, channels, quantities and measures
([decision 0019](decisions/0019-version-1-is-frozen.md)): new ones come, none goes or changes.

`events.parquet` has a row for every message handled and every fact. The digest is a chain: D0 is the SHA-256 of
`{FORMAT.decode()}`, Dk the SHA-256 of Dk-1 and segment k, {SEGMENT:,} rows each (the last may be short), all of them in
the manifest; `vsmlab verify RUN` computes them anew and names the first segment that differs. A row of the digest has
{DIGEST_ROW.itemsize} bytes, little-endian, without gaps; neither NaN nor -0.0 occurs. Beside it the journal has
`cause`: the row whose handling sent or noted this one, -1 for none.
"""

LEAST, MOST = -EXPONENTS // 2, EXPONENTS // 2 - 1
CODEBOOK = f"""
## Codebook of the variety measures

Entropy needs to know which messages count as different. A symbol of a message is `(kind, which, sign, exponent)`: its
kind; for {", ".join(f"`{k.NAME_OF[kind]}`" for kind in sorted(PLAIN_REF))} its ref, else 0; the sign of its value
(-1, 0, 1); and the exponent e of its value, m 2^e with 1/2 <= |m| < 1 (0 for the value 0; below {LEAST} it counts as
{LEAST}, above {MOST} as {MOST}). So two numbers of the same power of two are one symbol. Only this counts: the whole
number that stands for a symbol while it is counted is in no file. Compare entropies of equally many messages only. A
capacity is in messages a second; `utilisation` is in messages, `bits_per_s` in bits.
"""

DIALS_SAY = f"""
## Dials

What an operator may set while it runs (`tune`); of a channel's dial `ref` has also {k.DIAL_STEP} times the channel.
"""

MEASURES = """
## measures.json

Of the window. A value that cannot be estimated is null, and `not_estimable` says why by its dotted path.
"""


def anatomy_page() -> str:
    """The page."""
    parts = [
        GENERATED,
        INTRODUCTION,
        _roles(),
        CHANNELS,
        _channels(),
        MESSAGES,
        _priorities(),
        "",
        _messages(),
    ]
    parts += [
        WHICH,
        _numbered(k.WHICH_NAMES),
        "",
        _reasons(),
        DIALS_SAY,
        _dials(),
        FACTS,
        _facts(),
        CHANCE,
        _chance(),
        LIVES,
        _life(),
    ]
    parts += [JOURNAL, _digest_row(), CODEBOOK, MEASURES, _fields(TOP)]
    for name, fields in PARTS.items():
        parts += [f"\n### {name}\n", _fields(fields)]
    return "\n".join(parts) + "\n"


def _roles() -> str:
    return table(["role", "path", "holds"], [(name, *ROLES_SAY[name]) for name in k.ROLE_NAMES])


def _channels() -> str:
    return table(
        ["channel", "joins", "for"], [(f"`{name}`", *CHANNELS_SAY[name]) for name in k.CHANNEL_NAMES]
    )


def _priorities() -> str:
    return table(["priority", "of"], sorted(PRIORITIES_SAY.items()))


def _messages() -> str:
    rows = []
    for kind in k.MESSAGES:
        answers = [line for line in TABLE if line.kind == kind.number]
        ways = [f"{line.sender} → {k.ROLE_NAMES[line.role]}" for line in answers]
        channels = {k.CHANNEL_NAMES[line.channel] for line in answers if line.channel != k.NO_CHANNEL}
        laws = dict.fromkeys(f"[{line.law.__name__}](laws.md#{line.law.__name__})" for line in answers)
        ref = f"{kind.ref} (address)" if kind.address else kind.ref
        rows.append((kind.number, f"`{kind.name}`", kind.says, ref, kind.value, kind.priority,
                     "; ".join(ways), ", ".join(sorted(channels)) or "-", ", ".join(laws)))  # fmt: skip
    heads = ["no.", "kind", "says", "ref", "value", "priority", "sender → receiver", "channel", "law"]
    return table(heads, rows)


def _dials() -> str:
    rows = []
    for dial in DIALS:
        role = "whoever sends on it" if dial.role == ANY_SENDER else k.ROLE_NAMES[dial.role]
        rows.append((dial.number, role, f"`{dial.name}`", dial.unit, dial.range, dial.says))
    return table(["no.", "role", "dial", "unit", "range", "says"], rows)


def _facts() -> str:
    rows = []
    for fact in sorted(k.NOTES):
        ref = f"{fact.ref} (address)" if fact.address else fact.ref
        rows.append((fact.number, f"`{fact.name}`", fact.says, ref, fact.value))
    return table(["no.", "fact", "says", "ref", "value"], rows)


def _numbered(names: tuple[str, ...]) -> str:
    return ", ".join(f"{number} {name}" for number, name in enumerate(names)) + "."


def _reasons() -> str:
    said = {"shed": k.SHED_REASONS, "abandoned": k.ABANDON_REASONS, "lost": k.LOSS_REASONS}
    return "\n".join(
        f"- **Why** a task or message is {what}: {_numbered(names)}" for what, names in said.items()
    )


def _chance() -> str:
    numbers = {name: getattr(k, name) for name in DRAWS_SAY}
    rows = []
    for name, number in sorted(numbers.items(), key=lambda item: item[1]):
        stream = name.removesuffix("_DRAWS").lower()
        rows.append(
            (number, stream, "task, stage, attempt" if number >= k.WORK_DRAWS else "sender", DRAWS_SAY[name])
        )
    return table(["no.", "stream", "keyed by", "decides"], rows)


def _life() -> str:
    return table(["what happens", "fact", "counted as"], LIFE)


def _digest_row() -> str:
    rows = []
    for name in DIGEST_ROW.names or ():
        dtype, offset = DIGEST_ROW.fields[name][:2]  # type: ignore[index]
        rows.append((offset, f"`{name}`", dtype.str))
    return table(["byte", "field", "type"], rows)


def _fields(fields: dict[str, tuple[str, str]]) -> str:
    return table(
        ["field", "unit", "meaning"], [(f"`{name}`", unit, says) for name, (unit, says) in fields.items()]
    )
