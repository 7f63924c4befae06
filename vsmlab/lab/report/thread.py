"""Causes and effects drawn as a thread: a line of words an event, right under its cause or the last of its kin."""

from __future__ import annotations

from vsmlab.lab.causality import Event, Story
from vsmlab.lab.report.amounts import amount_in_words
from vsmlab.lab.report.markup import Markup, element, fit, pixels, text_width
from vsmlab.lab.report.numerals import counted
from vsmlab.lab.report.plot import words
from vsmlab.lab.report.style import figure_style

ROW = 26.0
STEP = 18.0
LEFT = 16.0
TOP = 34.0
WIDTH = 860.0
MOST_STEPS = 14
"""Generations beyond so many stand under each other."""
FONT = 13.0


def draw_thread(story: Story, *, say_older: bool = True) -> Markup:
    """The story as SVG; every event can be reached by keyboard and says its row (``data-row``).

    Args:
        story: The story.
        say_older: Whether to say that there are earlier causes, where no button does.
    """
    far = story.generation()
    first = min(far.values())
    lanes = {row: min(place - first, MOST_STEPS) for row, place in far.items()}
    lines = {event.row: TOP + ROW * place for place, event in enumerate(_kin(story))}
    indent = LEFT + STEP * (1 + max(lanes.values()))
    below = TOP + ROW * len(story.events)
    parts = [_join(lanes, lines, event) for event in story.events if event.cause in lines]
    parts += [_line(event, lanes[event.row], lines[event.row], indent, story.focus) for event in story.events]
    if story.older and say_older:
        parts.append(words("earlier causes are not shown", LEFT, TOP - 18, kind="soft", size=12.0))
    if story.further:
        said = f"and {counted(story.further, 'more effect')}"
        parts.append(words(said, indent, below + 4, kind="soft", size=12.0))
    effects = sum(1 for place in far.values() if place > 0)
    causes = sum(1 for place in far.values() if place < 0)
    label = f"Row {story.focus}: {counted(causes, 'cause')} and {counted(effects + story.further, 'effect')}"
    return element(
        "svg",
        element("title", label),
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {pixels(WIDTH)} {pixels(below + 18)}",
        role="group",
        aria_label=label,
        class_="thread",
    )


def thread_alone(story: Story) -> str:
    """The same with its style and paper behind it, so that it stands alone."""
    opening, rest = draw_thread(story).split(">", 1)
    style = f"{figure_style()} svg.thread {{ min-width: 0 }} svg .paper {{ fill: var(--paper) }}"
    paper = element("rect", x=0, y=0, width=WIDTH, height="100%", class_="paper")
    return f"{opening}><style>{style}</style>{paper}{rest}"


def _kin(story: Story) -> list[Event]:
    """The events with all that came of each before the next of its cause: no line crosses another's sign."""
    effects: dict[int, list[Event]] = {}
    shown = {event.row for event in story.events}
    for event in story.events:
        effects.setdefault(event.cause if event.cause in shown else -1, []).append(event)
    order, left = [], effects[-1][::-1]
    while left:
        order.append(left.pop())
        left += effects.get(order[-1].row, [])[::-1]
    return order


def sentence(event: Event) -> str:
    """An event in one line, as it is read aloud."""
    way = event.sender if event.sender == event.receiver else f"{event.sender} to {event.receiver}"
    amount = amount_in_words(event.kind, event.ref, event.value) if event.value else ""
    value = f", {amount}" if amount else ""
    noted = "noted, " if event.fact else ""
    return f"{event.time:.3f} s, {noted}{event.kind}: {way}{value}"


def _join(lanes: dict[int, int], lines: dict[int, float], event: Event) -> Markup:
    """From a cause down and across to its effect."""
    across, along = LEFT + STEP * lanes[event.cause], LEFT + STEP * lanes[event.row]
    above, here = lines[event.cause], lines[event.row]
    if across == along:
        way = f"M{pixels(across)},{pixels(above)}V{pixels(here)}"
    else:
        bend = min(8.0, along - across)
        way = (
            f"M{pixels(across)},{pixels(above)}V{pixels(here - bend)}"
            f"Q{pixels(across)},{pixels(here)} {pixels(across + bend)},{pixels(here)}H{pixels(along)}"
        )
    return element("path", d=way, class_="thread-line", fill="none")


def _line(event: Event, lane: int, y: float, indent: float, focus: int) -> Markup:
    told = sentence(event)
    chosen = event.row == focus
    x = LEFT + STEP * lane
    dot = (
        element("rect", x=x - 4, y=y - 4, width=8.0, height=8.0, class_="thread-fact")
        if event.fact
        else element("circle", cx=x, cy=y, r=6.5 if chosen else 4.5, class_="thread-dot")
    )
    shown = fit(told, (WIDTH - indent - 10) / (1.15 if chosen else 1.0), FONT)
    back = element(
        "rect",
        x=indent - 6,
        y=y - ROW / 2 + 2,
        width=min(WIDTH - indent, text_width(shown, FONT) * (1.15 if chosen else 1.0) + 16),
        height=ROW - 4,
        rx=5.0,
        class_="thread-focus" if chosen else "thread-back",
    )
    return element(
        "g",
        element("title", told),
        dot,
        back,
        words(shown, indent, y + 4.5, size=FONT, kind="name" if chosen else "label"),
        class_="thread-event",
        tabindex=0,
        role="button",
        aria_label=f"row {event.row}: {told}",
        aria_current="true" if chosen else None,
        data_row=event.row,
    )
