"""The signs of Beer's drawing: amoeba, circle, box, triangle, channel; every one says in words what it is."""

from __future__ import annotations

import math
import zlib

from vsmlab.lab.report.markup import Markup, element, pixels
from vsmlab.lab.report.numerals import number
from vsmlab.lab.report.plot import words
from vsmlab.lab.report.system import ChannelUse

# Health is told in five steps from orange to blue, and always in a number too.
HEALTH_STEPS = 5


def choosing(live: str | None, path: str, label: str) -> dict[str, str | int]:
    """Attributes of a sign that can be chosen; none where signs cannot be."""
    if live is None:
        return {}
    pressed = "true" if live == path else "false"
    return {
        "data_do": "select", "data_path": path, "tabindex": 0, "role": "button", "aria_pressed": pressed,
        "aria_label": label, "data_key": path,
    }  # fmt: skip


def alarm_word(alarm: str) -> str:
    """What stands beside an algedonic signal.

    >>> alarm_word("pain"), alarm_word("pleasure")
    ('ALARM', 'pleasure')
    """
    return "ALARM" if alarm == "pain" else alarm


def health_class(health: float | None) -> str:
    """Class of a colour for a health between 0 and 1."""
    if health is None or not math.isfinite(health):
        return "h-unknown"
    return f"h{min(HEALTH_STEPS - 1, max(0, int(health * HEALTH_STEPS)))}"


def amoeba(name: str, x: float, y: float, half_width: float, half_height: float, wobble: float = 0.07) -> str:
    """Path of a closed smooth curve around a point, its shape fixed by the name.

    The radius is one plus three waves; the corners are joined by Catmull-Rom splines.
    """
    phase = zlib.crc32(name.encode("utf-8", "replace")) % 628 / 100.0
    count = 14
    corners = []
    for k in range(count):
        angle = 2 * math.pi * k / count
        radius = 1 + wobble * (
            math.sin(2 * angle + phase) + 0.6 * math.sin(3 * angle + 2 * phase) + 0.4 * math.sin(5 * angle)
        )
        corners.append(
            (x + half_width * radius * math.cos(angle), y + half_height * radius * math.sin(angle))
        )
    written = [f"M{pixels(corners[0][0])},{pixels(corners[0][1])}"]
    for k in range(count):
        (ax, ay), (bx, by) = corners[k - 1], corners[k]
        (cx, cy), (dx, dy) = corners[(k + 1) % count], corners[(k + 2) % count]
        control = (bx + (cx - ax) / 6, by + (cy - ay) / 6, cx - (dx - bx) / 6, cy - (dy - by) / 6, cx, cy)
        written.append("C" + " ".join(pixels(value) for value in control))
    return "".join(written) + "Z"


def arc(x: float, y: float, radius: float, share: float) -> str:
    """Path of the part of a circle that a share of one covers, clockwise from the top."""
    share = min(0.9999, max(0.0, share))
    angle = 2 * math.pi * share
    end = f"{pixels(x + radius * math.sin(angle))},{pixels(y - radius * math.cos(angle))}"
    size = pixels(radius)
    return f"M{pixels(x)},{pixels(y - radius)}A{size},{size} 0 {int(share > 0.5)} 1 {end}"


def thickness(messages: int, most: int) -> float:
    """Pixels of a channel that carried so many of the busiest channel's messages, on a logarithmic scale."""
    if messages <= 0 or most <= 0:
        return 1.2
    return 1.6 + 4.0 * min(1.0, math.log1p(messages) / math.log1p(most))


def use_in_words(name: str, use: ChannelUse) -> str:
    """A channel's use as its tooltip says it."""
    told = f"{name}: {use.messages:,} messages" if use.messages else f"{name}: no messages"
    if use.rate is not None:
        told = f"{name}: {number(use.rate, 2)} messages a second"
    if use.lost:
        told += f", {use.lost:,} lost"
    return told + (f", {use.broken}" if use.broken else "")


def channel(
    path: str,
    name: str,
    use: ChannelUse,
    most: int,
    head: tuple[float, float, float] | None = None,
    extra: str = "",
) -> Markup:
    """A channel as a line: thick by its traffic, dashed when it is cut.

    Args:
        path: The line.
        name: What it carries, for its title.
        use: Its traffic.
        most: The busiest channel's messages.
        head: Point and direction (degrees, 0 to the right, 90 down) of an arrow's head.
        extra: A class for what kind of channel it is.
    """
    width = thickness(use.messages, most)
    kind = f"channel {extra}".rstrip() + (" cut" if use.cut else "")
    parts = [
        element("title", use_in_words(name, use)),
        element("path", d=path, stroke_width=width, stroke_dasharray="7 6" if use.cut else None),
    ]
    if head is not None:
        x, y, degrees = head
        size = 6.0 + 1.3 * width
        back = f"l{pixels(-size)},{pixels(-size / 2)}v{pixels(size)}z"
        turned = f"rotate({pixels(degrees)} {pixels(x)} {pixels(y)})"
        parts.append(element("path", d=f"M{pixels(x)},{pixels(y)}{back}", transform=turned, class_="head"))
    return element("g", *parts, class_=kind, data_channel=extra or None)


def note_of(kind: str, *parts: Markup | None) -> Markup:
    """What is written beside a channel: it says of which, so that a click on it can mean the channel."""
    return element("g", *parts, class_="note-of", data_channel=kind)


def channel_note(kind: str, name: str, use: ChannelUse, x: float, y: float) -> Markup:
    """What is written beside a channel: its name, how much went over it, and what went wrong with it."""
    lines = (name, use.said)
    parts = [words(line, x, y + 14 * k, kind="channel-name", size=11.5) for k, line in enumerate(lines)]
    if use.broken:
        parts.append(words(use.broken, x, y + 14 * len(lines), kind="wrong", size=12.0))
    elif use.lost:
        parts.append(words(f"{use.lost:,} lost", x, y + 14 * len(lines), kind="wrong", size=11.5))
    return note_of(kind, *parts)


def box(x: float, y: float, width: float, height: float, kind: str) -> Markup:
    """A System's box around a point."""
    return element(
        "rect", x=x - width / 2, y=y - height / 2, width=width, height=height, rx=3, class_=f"box {kind}"
    )


def triangle(x: float, y: float, half: float, kind: str) -> Markup:
    """A triangle of System 2 around a point, its tip up."""
    path = f"M{pixels(x)},{pixels(y - half)}l{pixels(half)},{pixels(1.75 * half)}h{pixels(-2 * half)}z"
    return element("path", d=path, class_=f"box {kind}")


def struck(x: float, y: float, width: float, height: float) -> Markup:
    """The stroke through a System that is knocked out; the words belong beside its name."""
    left, right, top, floor = x - width / 2 - 6, x + width / 2 + 6, y - height / 2 - 5, y + height / 2 + 5
    return element(
        "path", d=f"M{pixels(left)},{pixels(floor)}L{pixels(right)},{pixels(top)}", class_="struck"
    )


def system_mark(x: float, y: float) -> Markup:
    """A small sign for "a whole system inside": a box over two circles on an axis."""
    return element(
        "g",
        element("path", d=f"M{pixels(x)},{pixels(y - 4)}v14M{pixels(x - 9)},{pixels(y + 10)}h18"),
        element("rect", x=x - 6, y=y - 10, width=12.0, height=8.0),
        element("circle", cx=x - 9, cy=y + 10, r=4.0),
        element("circle", cx=x + 9, cy=y + 10, r=4.0),
        class_="mark-inside",
    )
