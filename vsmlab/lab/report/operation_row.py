"""The signs of one operation in its row of a diagram: its environment, its circle, its management."""

from __future__ import annotations

from vsmlab.lab.report import glyphs
from vsmlab.lab.report.markup import Markup, element, join, link
from vsmlab.lab.report.numerals import counted, duration, number, percent
from vsmlab.lab.report.plot import words
from vsmlab.lab.report.system import CHANNEL_NAMES, DiagramOperation

# Columns from left to right: environments, operations, managements on the metasystem's axis.
ENVIRONMENT, OPERATION, AXIS = 122.0, 400.0, 645.0
RADIUS = 58.0
BOX_WIDTH, BOX_HEIGHT = 184.0, 92.0


def local_environment(one: DiagramOperation, y: float) -> Markup:
    """The operation's own part of the environment."""
    return element(
        "g",
        element("title", f"Environment of {one.name}"),
        element("path", d=glyphs.amoeba(one.path, ENVIRONMENT, y, 80.0, 46.0), class_="amoeba"),
        words("environment", ENVIRONMENT, y - 3, anchor="middle", kind="soft", size=11.5),
        words(f"of {one.name}", ENVIRONMENT, y + 13, anchor="middle", width=118.0, size=12.5),
    )


def _agents(one: DiagramOperation) -> str:
    if one.agents_start is None and one.agents_end is None:
        return ""
    if one.agents_start is None or one.agents_end is None or one.agents_start == one.agents_end:
        known = one.agents_end if one.agents_start is None else one.agents_start
        return counted(known or 0, "agent")
    return f"{one.agents_start:,} → {one.agents_end:,} agents"


def circle(one: DiagramOperation, y: float, live: str | None = None) -> Markup:
    """The operation: a ring that its load fills, its name, and a link when a whole system is inside."""
    health = glyphs.health_class(one.health)
    parts = [
        element("title", told(one, "health")),
        element("circle", cx=OPERATION, cy=y, r=RADIUS, class_="operation"),
        element("circle", cx=OPERATION, cy=y, r=RADIUS - 6, class_="track"),
    ]
    if one.utilisation is not None:
        ring = glyphs.arc(OPERATION, y, RADIUS - 6, one.utilisation)
        parts.append(element("path", d=ring, class_=f"ring {health}"))
    if one.viable:
        parts.append(element("circle", cx=OPERATION, cy=y, r=RADIUS + 5, class_="outer"))
        parts.append(glyphs.system_mark(OPERATION, y - 22))
    shift = 13.0 if one.viable else 4.0
    parts.append(
        words(one.name, OPERATION, y - 5 + shift, anchor="middle", kind="name", width=78.0, size=15.0)
    )
    busy = "" if one.utilisation is None else f"{percent(one.utilisation)} busy"
    parts.append(words(busy, OPERATION, y + 13 + shift, anchor="middle", size=12.5))
    if one.alarm:
        kind = f"alarm-ring {one.alarm}"
        parts.insert(1, element("circle", cx=OPERATION, cy=y, r=RADIUS + 4, class_=kind))
    if not one.viable:
        return element("g", *parts, **glyphs.choosing(live, one.path, told(one, "health")))
    return element(
        "a",
        *parts,
        href=link("system", one.path),
        aria_label=f"Open the diagram of {one.path}",
        class_="inside",
    )


def management(one: DiagramOperation, y: float, health_name: str, live: str | None = None) -> Markup:
    """The box on the metasystem's axis: who manages, how long tasks wait, how well it goes."""
    if one.management is None:
        return join([])
    out = "" if one.management == "on" else " out"
    state = one.out or one.management
    who = f"System 3 of {one.name}" if one.viable else "management"
    left = AXIS - BOX_WIDTH / 2 + 14
    lines: list[tuple[str, str]] = []
    if _agents(one):
        lines.append((_agents(one), "label"))
    if one.mean_wait_s is not None:
        lines.append((f"mean wait {duration(one.mean_wait_s)}", "label"))
    if one.health is not None:
        lines.append((f"{health_name} {number(one.health, 2)}", "label"))
    if one.queue is not None:
        lines.append((counted(one.queue, "task waits", "tasks wait"), "label"))
    if one.trouble:
        lines.insert(0, (one.trouble, "wrong"))
    cut = [CHANNEL_NAMES.get(kind, (kind,))[0] for kind, use in one.channels.items() if use.cut]
    vertical = [name for name in cut if name in ("bargain", "intervene", "account", "coordination")]
    if vertical:
        lines.append((f"{', '.join(vertical)} cut", "wrong"))
    if out:
        lines.insert(0, (one.out or "knocked out", "wrong"))
    lines = lines[:4]
    start = y - 8.5 * len(lines) + 4.0
    health = glyphs.health_class(one.health)
    parts = [
        element("title", f"{who}, {state}"),
        glyphs.box(AXIS, y, BOX_WIDTH, BOX_HEIGHT, "management" + out),
        element(
            "rect",
            x=AXIS - BOX_WIDTH / 2,
            y=y - BOX_HEIGHT / 2,
            width=6.0,
            height=BOX_HEIGHT,
            class_=f"chip {health}",
        ),
        glyphs.struck(AXIS, y, BOX_WIDTH, BOX_HEIGHT - 8) if out else join([]),
        words(who, left, start, kind="soft", size=12.0, width=BOX_WIDTH - 24),
    ]
    for k, (line, kind) in enumerate(lines):
        parts.append(words(line, left, start + 17 * (k + 1), kind=kind, size=12.5, width=BOX_WIDTH - 24))
    path = f"{one.path}.system3" if one.viable else f"{one.path}.management"
    drawn = element("g", *parts, **glyphs.choosing(live, path, f"{who} of {one.path}, {state}"))
    if not one.alarm:
        return drawn
    beside = AXIS + BOX_WIDTH / 2 + 64
    kind = f"alarm-word {one.alarm}"
    return join([drawn, words(glyphs.alarm_word(one.alarm), beside, y - 24, kind=kind, size=13.0)])


def told(one: DiagramOperation, health_name: str) -> str:
    """An operation in a sentence."""
    parts = [f"{'Viable system' if one.viable else 'Operation'} {one.path}"]
    if one.arrivals is not None:
        parts.append(f"{one.arrivals:,} arrivals")
    if one.served is not None:
        parts.append(f"{one.served:,} served")
    if one.utilisation is not None:
        parts.append(f"{percent(one.utilisation)} busy")
    if one.mean_wait_s is not None:
        parts.append(f"mean wait {duration(one.mean_wait_s)}")
    if _agents(one):
        parts.append(_agents(one))
    if one.health is not None:
        parts.append(f"{health_name} {number(one.health, 2)}")
    if one.queue is not None:
        parts.append(counted(one.queue, "task waits", "tasks wait"))
    parts += [said for said in (one.trouble, glyphs.alarm_word(one.alarm)) if said]
    return ", ".join(parts)
