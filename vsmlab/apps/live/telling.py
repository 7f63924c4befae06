"""The parts of the live page that only say what is: controls, lists, tables."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from vsmlab.apps.live.player import FASTEST, Frame
from vsmlab.apps.live.scales import place_of
from vsmlab.apps.live.series import busiest_channels, operations_shown, used_channels
from vsmlab.apps.live.watching import Seen
from vsmlab.lab.causality import Event
from vsmlab.lab.report.amounts import amount_in_words
from vsmlab.lab.report.by_hand import in_words
from vsmlab.lab.report.markup import Markup, element, join
from vsmlab.lab.report.numerals import counted, duration, number
from vsmlab.lab.report.system import CHANNEL_NAMES, DiagramSystem, system_tables
from vsmlab.lab.report.table import draw_table
from vsmlab.lab.report.thread import draw_thread
from vsmlab.lab.sessions import Readings

_ALL: Final = "as fast as it can"


def speed_in_words(speed: float) -> str:
    """A speed.

    >>> speed_in_words(10.0), speed_in_words(float("inf"))
    ('10 times', 'as fast as it can')
    """
    return _ALL if speed == FASTEST else f"{number(speed)} times"


LEAD: Final = 180
"""Letters of a text of which the rest is folded: about two lines."""


def lead(said: str, elsewhere: str) -> Markup:
    """What there is to see, folded after two lines or so, and the way to another scenario."""
    words = said.split()
    fits = [many for many in range(1, len(words) + 1) if len(" ".join(words[:many])) <= LEAD]
    whole = [
        many for many in fits if words[many - 1].endswith(".") and len(" ".join(words[:many])) > LEAD / 3
    ]
    cut = (whole or fits or [len(words)])[-1]
    if len(words) - cut < 6:  # nobody unfolds half a line
        cut = len(words)
    first, words = words[:cut], words[cut:]
    shown = element("p", " ".join(first), class_="soft") if first else None
    if words:
        summary = element("summary", " ".join(first), element("span", " … all of it", class_="more"))
        shown = element("details", summary, element("p", " ".join(words), class_="soft"), class_="shows")
    other = element("a", "Another scenario", href=elsewhere, class_="plain") if elsewhere else None
    return element("div", shown, other, class_="lead") if shown or other else Markup("")


def controls(frame: Frame, speeds: Sequence[float]) -> Markup:
    """Buttons, the clock, and the speed."""
    read = frame.readings
    now = 0.0 if read is None else read.now
    over = frame.over
    off = True if frame.busy or frame.wrong else None

    def button(
        label: str, do: str, says: str, kind: str | None = None, disabled: bool | None = None
    ) -> Markup:
        return element(
            "button",
            label,
            type="button",
            data_do=do,
            data_key=do,
            title=says,
            class_=kind,
            disabled=off or disabled,
        )

    first = (
        button("Pause", "pause", "Stand still", "main")
        if frame.playing
        else button("Play", "play", "Go on", "main", over or None)
    )
    fork = "Drop the second" if frame.forked is not None else "Branch here"
    buttons = [
        first,
        button("Step", "step", "To the next moment at which anything is due", None, over or None),
        button("Back", "back", "To before the last thing that was done", None, None if frame.acts else True),
        button("Reset", "reset", "To the beginning; what was done is undone"),
        button(
            fork,
            "fork",
            "A second session goes on from here without what is done later; both are plotted",
            None,
            (over and frame.forked is None) or None,
        ),
        button(
            "Save as a run",
            "save",
            "Keep what was played, once its replay is the same",
            None,
            None if now > 1e-6 else True,
        ),
    ]
    share = 0.0 if not frame.horizon else min(1.0, now / frame.horizon)
    clock = element(
        "div",
        element("span", f"{now:,.1f} s", class_="clock", data_clock=f"{now:.6f}"),
        element("span", f"of {frame.horizon:,.0f} s ({duration(frame.horizon)})", class_="small soft"),
        element("progress", value=f"{share:.4f}", max=1, aria_label="How much of the run is over"),
        class_="time",
    )
    rows = 0 if read is None else read.rows
    handled = 0 if read is None else read.handled
    counts = element(
        "div",
        element("span", f"{handled:,}", data_count="handled"), " messages, ",
        element("span", f"{rows:,}", data_count="rows"), " rows of the journal",
        class_="small soft counts",
    )  # fmt: skip
    place = place_of(frame.speed, list(speeds))
    said = speed_in_words(frame.speed)
    values = "|".join("inf" if one == FASTEST else f"{one:g}" for one in speeds)
    slider = element(
        "div",
        element("label", "Speed", for_="speed"),
        element("output", said, for_="speed"),
        element(
            "input", type="range", id="speed", min=0, max=len(speeds) - 1, step=1, value=place, data_change="speed",
            data_values=values, data_unit="times", data_last=_ALL, aria_valuetext=said,
        ),
        class_="dial speed",
    )  # fmt: skip
    return join([element("div", *buttons, class_="row"), clock, slider, counts])


def crumbs(level: str) -> Markup:
    """The way from the root to this level."""
    names = level.split(".")
    entries = []
    for many, name in enumerate(names, 1):
        path = ".".join(names[:many])
        here = element("span", name, aria_current="page") if path == level else element(
            "button", name, type="button", class_="plain", data_do="level", data_path=path
        )  # fmt: skip
        entries.append(element("li", here, data_key=path))
    return element("nav", element("ol", *entries), aria_label="Levels of recursion", class_="crumbs")


def pick(found: Sequence[tuple[str, str]], path: str) -> Markup:
    """Everything that can be chosen, by name."""
    options = [element("option", "Choose by name", value="", selected=not path or None)]
    options += [element("option", name, value=where, selected=where == path or None) for where, name in found]
    return element("select", *options, data_change="select", aria_label="Choose by name", data_chosen=path)


def downwards(children: Sequence[str], read: Readings) -> Markup:
    """A button into every child that is a viable system."""
    into = [path for path in children if path not in read.operations]
    buttons = [
        element(
            "button",
            f"Into {path.rpartition('.')[2]}",
            type="button",
            data_do="level",
            data_path=path,
            data_key=path,
        )
        for path in into
    ]
    return element("div", *buttons, class_="row") if buttons else Markup("")


def figures(system: DiagramSystem, read: Readings) -> Markup:
    """What the diagram shows, as tables."""
    tables = [draw_table(table) for table in system_tables(system) if table.rows]
    return join(tables)


def acts(frame: Frame) -> Markup:
    """What the operator did, the newest first."""
    head = element("h2", "What you did")
    if not frame.acts:
        return join(
            [
                head,
                element(
                    "p", "Nothing yet. What you do is kept with the run, and replayed.", class_="soft small"
                ),
            ]
        )
    lines = [
        element("li", element("span", f"{act.time:,.1f} s", class_="when"), " ", in_words(act))
        for act in reversed(frame.acts[-50:])
    ]
    return join([head, element("ol", *lines, class_="list acts", reversed=True)])


def spans(found: Mapping[str, str], now: float) -> Markup:
    """How far back the plots go."""
    at = "inf" if now == math.inf else f"{now:g}"
    options = [
        element("option", name, value=value, selected=value == at or None) for value, name in found.items()
    ]
    return element("label", "They show ", element("select", *options, data_change="span", data_chosen=at))


def legend(read: Readings, ever: Sequence[str], level: str, forked: float | None) -> Markup:
    """Whose line has which colour; who has ended is among them."""
    found = operations_shown(ever, read, level)
    mine = [
        (path.rpartition(".")[2] + (", ended" if path in found.ended else ""), path, path in found.ended)
        for path in found.shown
    ]
    parts = [_entries("operations", mine)]
    if found.left_out:
        more = counted(found.left_out, "more operation")
        parts.append(element("p", f"and {more} that no plot shows", class_="small soft"))
    if found.ended:
        parts.append(element("p", "Dotted lines: it has ended.", class_="small soft"))
    if forked is not None:
        parts.append(
            element("p", f"Broken lines: the second session, from {forked:,.1f} s on.", class_="small soft")
        )
    return join(parts)


def kinds(read: Readings) -> Markup:
    """Which kind of channel has which colour in the plot of messages, and which it leaves out."""
    shown = busiest_channels(read)
    parts = [_entries("", [(CHANNEL_NAMES[kind][0], kind, False) for kind in shown])]
    rest = [CHANNEL_NAMES[kind][0] for kind in used_channels(read) if kind not in shown]
    if rest:
        parts.append(element("p", f"Not shown, with fewer messages: {', '.join(rest)}.", class_="small soft"))
    return join(parts)


def _entries(name: str, found: Sequence[tuple[str, str, bool]]) -> Markup:
    def swatch(n: int, gone: bool) -> Markup:
        return element("span", class_=f"swatch s{n % 8}{' gone' if gone else ''}", aria_hidden="true")

    lines = [
        element("li", swatch(n, gone), label, data_key=key) for n, (label, key, gone) in enumerate(found)
    ]
    return element(
        "div",
        element("span", f"{name}: ", class_="soft") if name else None,
        element("ul", *lines),
        class_="legend",
        data_key=name,
    )


def no_messages() -> Markup:
    """What is said while no channel is chosen."""
    say = "Choose a channel in the diagram: its last messages are listed here, and each has a story."
    return join([element("h2", "Messages"), element("p", say, class_="soft small")])


def messages(kind: str, level: str, seen: Seen, *, held: bool) -> Markup:
    """The last messages of a channel, the newest first."""
    current = seen.watched.channel == kind and seen.watched.level == level
    found = seen.messages if current else ()
    rows = [
        element(
            "tr",
            element("td", f"{one.time:,.3f}", class_="number"),
            element(
                "td",
                element(
                    "button", one.kind, type="button", class_="plain", data_do="event", data_row=one.row,
                    data_to="thread",
                    aria_label=f"Causes and effects of {one.kind} at {one.time:.3f} s, row {one.row}",
                ),
            ),
            element("td", one.sender), element("td", one.receiver),
            element("td", amount_in_words(one.kind, one.ref, one.value)),
            data_key=str(one.row),
        )
        for one in found
    ]  # fmt: skip
    names = ("seconds", "message", "from", "to", "what it says")
    table = element("table", _head(names, ("seconds",)), element("tbody", *rows))
    hold = element("button", "Go on" if held else "Hold the list", type="button", data_do="hold")
    title = element("h2", f"Last messages: {CHANNEL_NAMES[kind][0]}, {level}")
    said = counted(len(found), "message") + (
        ", the newest first" if found else " among the rows that are kept"
    )
    return join(
        [
            element("div", title, hold, class_="spread"),
            element("p", said, class_="small soft"),
            element(
                "div", table, class_="scroll tall", tabindex="0", role="region", aria_label="Last messages"
            ),
        ]
    )


def _head(names: Sequence[str], numbers: Sequence[str]) -> Markup:
    """The head of a table; over numbers it stands as they do."""
    cells = (element("th", one, scope="col", class_="number" if one in numbers else None) for one in names)
    return element("thead", element("tr", *cells))


def thread(seen: Seen) -> Markup:
    """The causes and effects of a message as a thread, and all of it as a table."""
    head = element("h2", "Why, and what came of it")
    if seen.no_story:
        return join([head, element("p", seen.no_story, class_="message wrong")])
    if seen.story is None:
        return join(
            [
                head,
                element(
                    "p",
                    "Choose a message in the list above: its causes and effects are told here.",
                    class_="soft small",
                ),
            ]
        )
    earlier = Markup("")
    if seen.goes_back:
        earlier = element("button", "Show earlier causes", type="button", data_do="earlier")
    elif seen.story.older:
        earlier = element("p", "Earlier rows are not kept any more.", class_="small soft")
    drawn = element(
        "div",
        draw_thread(seen.story, say_older=False),
        class_="scroll",
        tabindex="0",
        role="region",
        aria_label="Thread",
    )
    close = element("button", "Close", type="button", data_do="no-event")
    table = _story_table(seen.story.events, seen.story.focus)
    return join([element("div", head, close, class_="spread"), earlier, drawn, table])


def _story_table(events: Sequence[Event], focus: int) -> Markup:
    names = ("row", "seconds", "what", "from", "to", "what it says", "because of row")
    numbers = ("row", "seconds", "because of row")

    def line(one: Event) -> Markup:
        cells = (f"{one.row}", f"{one.time:.3f}", one.kind, one.sender, one.receiver,
                 amount_in_words(one.kind, one.ref, one.value), "" if one.cause < 0 else str(one.cause))  # fmt: skip
        return element(
            "tr",
            *(
                element("td", cell, class_="number" if name in numbers else None)
                for name, cell in zip(names, cells, strict=True)
            ),
            aria_current="true" if one.row == focus else None,
        )

    table = element("table", _head(names, numbers), element("tbody", *(line(one) for one in events)))
    wide = element(
        "div", table, class_="scroll", tabindex="0", role="region", aria_label="The thread as a table"
    )
    return element("details", element("summary", "The same as a table"), wide, data_key="story")
