"""The live page in plain Python: what it shows of a frame, and what follows when somebody does something."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from vsmlab.apps.lab import address
from vsmlab.apps.live import chosen as choosing
from vsmlab.apps.live import telling
from vsmlab.apps.live.chosen import Chosen
from vsmlab.apps.live.doing import Deed
from vsmlab.apps.live.levels import alarms_in_words, children_of, draw_live, system_at, viable_systems
from vsmlab.apps.live.player import FASTEST, Frame, Player
from vsmlab.apps.live.plots import ALWAYS, TITLES
from vsmlab.apps.live.scales import place_of, values_of
from vsmlab.apps.live.series import Plotted, plotted
from vsmlab.apps.live.watching import Seen, Watched
from vsmlab.lab.report.markup import Markup, element, join
from vsmlab.lab.report.numerals import duration
from vsmlab.lab.sessions import DialReading, Readings

DRAW_EVERY: Final = 0.34
"""Seconds between two drawings of the diagram, at least, while it plays."""
SPEEDS: Final = (
    *(round(10 ** (step / 10), 2 if step < 10 else 1 if step < 20 else 0) for step in range(41)),
    FASTEST,
)
SPANS: Final = {
    "60": "the last minute",
    "600": "the last ten minutes",
    "3600": "the last hour",
    "inf": "all that is kept",
}


class LiveSheet:
    """The page of one player.

    Args:
        player: Plays the session.
        link: Address of a saved run by its folder; None where there is no page for it.
        plots: Names of the plots that are shown.
        extra: Parts of a page that shows more, by name.
        lead: What there is to see; a long one is folded.
        elsewhere: Address of a page where another scenario is chosen; empty for none.
    """

    def __init__(
        self,
        player: Player,
        link: Callable[[Path], str | None] | None = None,
        plots: tuple[str, ...] = ALWAYS,
        extra: Mapping[str, Callable[[Frame], Markup]] | None = None,
        *,
        lead: str = "",
        elsewhere: str = "",
    ) -> None:
        self._lead, self._elsewhere = lead, elsewhere
        self._player, self._link, self._plots = player, link or (lambda folder: None), plots
        self._extra = dict(extra or {})
        self._level, self._path, self._row, self._earlier = "", "", -1, 0
        self._span = math.inf
        self._messages: Seen | None = None
        self._held = False
        self._scales: dict[tuple[str, str, str | None], list[float]] = {}
        self._drawn: tuple[float, tuple[object, ...], Markup] = (-math.inf, (), Markup(""))
        self._actions: dict[str, Callable[[Mapping[str, str]], None]] = {
            "play": lambda given: player.play(),
            "pause": lambda given: player.pause(),
            "step": lambda given: player.step(),
            "back": lambda given: player.back(),
            "reset": lambda given: player.reset(),
            "save": lambda given: player.save(),
            "fork": lambda given: player.fork(),
            "speed": self._set_speed,
            "span": self._set_span,
            "level": lambda given: self._go(given.get("path", "")),
            "select": lambda given: self._choose(given.get("path") or given.get("value", "")),
            "deed": self._deed,
            "turn": self._turn,
            "hold": self._hold,
            "event": self._event,
            "no-event": lambda given: self._tell(-1),
            "earlier": lambda given: self._further_back(),
            "next-event": lambda given: player.next_event(),
        }

    # -- what is shown -----------------------------------------------------------------------------------

    def layout(self) -> Markup:
        """Where everything is."""
        figures = [
            element(
                "figure",
                element("figcaption", TITLES[name]),
                element("div", data_slot=name, class_="slot"),
                element("div", data_part="kinds", class_="legends") if name == "messages" else None,
                class_="plot",
                data_plot=name,
            )
            for name in self._plots
        ]
        more = [element("section", data_part=name, class_="panel") for name in self._extra]
        return element(
            "div",
            telling.lead(self._lead, self._elsewhere),
            element(
                "div",
                element("section", data_part="controls", class_="panel controls", aria_label="Playing"),
                element("div", data_part="told", role="status", class_="told"),
                class_="top",
            ),
            element("div", data_part="alarm", role="status", aria_live="polite", class_="alarms"),
            element(
                "div",
                element("section", data_part="diagram", class_="panel", aria_label="The organisation"),
                element(
                    "div",
                    element(
                        "section",
                        data_part="choice",
                        class_="panel",
                        aria_label="What is chosen",
                        tabindex=-1,
                    ),
                    element("section", data_part="acts", class_="panel", aria_label="What was done"),
                    class_="beside",
                ),
                class_="stage",
            ),
            *more,
            element(
                "section",
                element("div", element("h2", "Plots"), element("div", data_part="span"), class_="spread"),
                element("div", data_part="legend", class_="legends"),
                element("div", *figures, class_="plots"),
                class_="panel",
                aria_label="Plots",
            ),
            element("section", data_part="messages", class_="panel", aria_label="Messages"),
            element("section", data_part="thread", class_="panel", aria_label="Causes and effects"),
            class_="live",
        )

    def parts(self, now: float = math.inf) -> dict[str, Markup]:
        """What it shows now; ``now`` is a clock by which the diagram is not drawn too often."""
        frame = self._player.frame
        read = frame.readings
        if read is None:
            wait = element("p", f"{frame.busy.capitalize()} …" if frame.busy else "", class_="soft")
            return {"controls": wait, "told": self._told(frame), "diagram": wait}
        self._settle(read)
        children = children_of(read, self._level)
        shown = {
            "controls": telling.controls(frame, SPEEDS),
            "told": self._told(frame),
            "alarm": self._alarm(read),
            "diagram": self._diagram(frame, read, children, now),
            "choice": choosing.shown(Chosen(self._path, self._level), frame, self._scale),
            "acts": telling.acts(frame),
            "span": telling.spans(SPANS, self._span),
            "legend": telling.legend(read, frame.ever, self._level, frame.forked),
            "kinds": telling.kinds(read) if "messages" in self._plots else Markup(""),
            "messages": self._shown_messages(frame),
            "thread": telling.thread(frame.seen),
        }
        return shown | {name: say(frame) for name, say in self._extra.items()}

    def plotted(self) -> Plotted | None:
        """The columns of the plots; None while there are none."""
        frame = self._player.frame
        if frame.readings is None:
            return None
        self._settle(frame.readings)
        with self._player.lock:
            second = self._player.other if frame.forked is not None else None
            return plotted(self._player.recorder, second, frame.readings, self._level, last=self._span)

    def stamp(self) -> Hashable:
        """Changes with every frame."""
        return self._player.frame.number

    @property
    def forked(self) -> bool:
        """Whether there is a second session."""
        return self._player.frame.forked is not None

    def _settle(self, read: Readings) -> None:
        """Show the root at first, and a level above when the one that was shown has ended."""
        levels = viable_systems(read) or list(read.operations)
        while self._level not in levels:
            self._level = self._level.rpartition(".")[0] or levels[0]
        if self._path and not Chosen(self._path, self._level).exists(read):
            self._path = ""

    def _told(self, frame: Frame) -> Markup:
        if frame.wrong:
            return element(
                "p",
                f"The session has ended with an error: {frame.wrong}",
                class_="message wrong",
                data_key="wrong",
            )
        if frame.busy:
            return element("p", f"{frame.busy.capitalize()} …", class_="message", data_key="busy")
        said = frame.said
        if not said.text:
            return Markup("")
        where = self._link(Path(said.run)) if said.run else None
        more = element("a", "Open it", href=where) if where else None
        return element(
            "p",
            said.text,
            " ",
            more,
            class_="message wrong" if said.wrong else "message",
            data_key=str(said.number),
        )

    @staticmethod
    def _alarm(read: Readings) -> Markup:
        words = alarms_in_words(read)
        return element("p", words, class_="alarm") if words else Markup("")

    def _diagram(self, frame: Frame, read: Readings, children: list[str], now: float) -> Markup:
        at, about, drawn = self._drawn
        current = (self._level, self._path, tuple(children), len(frame.acts), frame.playing)
        if about == current and (now - at < DRAW_EVERY):
            return drawn
        system = system_at(read, frame.lately, self._level, self._path)
        pick = telling.pick(
            choosing.choices(read, self._level, children, system.channels or ("env_op", "op_env")), self._path
        )
        markup = join(
            [
                element("div", telling.crumbs(self._level), pick, class_="spread"),
                element(
                    "div", draw_live(system), class_="scroll", tabindex="0", role="region",
                    aria_label=f"Diagram of {self._level}",
                ),
                element("p", self._reading(), class_="note"),
                telling.downwards(children, read),
                telling.figures(system, read),
            ]
        )  # fmt: skip
        self._drawn = (now, current, markup)
        return markup

    def _reading(self) -> str:
        """What the numbers of the diagram mean."""
        over = duration(self._player.recorder.over)
        return (
            f"Numbers beside channels: messages a second of the model, over its last {over}, at whatever speed it is "
            "played. What came in and was served: tasks so far."
        )

    def _shown_messages(self, frame: Frame) -> Markup:
        kind = Chosen(self._path, self._level).channel
        if not kind:
            self._messages = None
            return telling.no_messages()
        if self._messages is None or not self._held:
            self._messages = frame.seen
        return telling.messages(kind, self._level, self._messages, held=self._held)

    # -- what is done ------------------------------------------------------------------------------------

    def do(self, what: str, given: Mapping[str, str]) -> None:
        """What somebody pressed; what is not known is not done."""
        action = self._actions.get(what)
        if action is not None:
            action(given)

    def _set_speed(self, given: Mapping[str, str]) -> None:
        try:
            speed = float(given.get("value", ""))
        except ValueError:
            return
        if speed > 0.0:
            self._player.set_speed(speed)

    def _set_span(self, given: Mapping[str, str]) -> None:
        if given.get("value") in SPANS:
            self._span = float(given["value"])

    def _go(self, path: str) -> None:
        read = self._player.frame.readings
        if read is None or path not in (viable_systems(read) or list(read.operations)):
            return
        self._level = path
        self._choose("")

    def _choose(self, path: str) -> None:
        read = self._player.frame.readings
        if read is not None:
            self._settle(read)
        if read is None or (path and not Chosen(path, self._level).exists(read)):
            return
        self._path, self._held, self._messages = path, False, None
        self._watch()

    def _watch(self) -> None:
        read = self._player.frame.readings
        if read is not None:
            chosen = Chosen(self._path, self._level)
            mine = chosen.receivers(read)
            self._player.watch(Watched(mine, self._level, chosen.channel, self._row, self._earlier))

    def _deed(self, given: Mapping[str, str]) -> None:
        wanted = given.get("heading"), given.get("deed")
        chosen = Chosen(self._path, self._level)

        def choose(read: Readings) -> Deed | None:
            found = choosing.deeds_of(chosen, read) if chosen.exists(read) else {}
            every = ((heading.partition(":")[0], deed) for heading, deeds in found.items() for deed in deeds)
            return next((deed for heading, deed in every if (heading, deed.label) == wanted), None)

        if all(wanted):
            self._player.deed(choose)

    def _turn(self, given: Mapping[str, str]) -> None:
        try:
            value = float(given.get("value", ""))
        except ValueError:
            return
        who, dial, channel = (given.get(name, "") for name in ("who", "dial", "channel"))
        wire = {"channel": channel} if channel else {}
        says = f"{dial.replace('_', ' ')}{f' on {channel}' if channel else ''} of {who} is {value:g}."
        self._player.act({"kind": "set", "who": who, "dial": dial, "value": value, **wire}, says)

    def _scale(self, dial: DialReading) -> list[float]:
        """The values of a slider stay as they were when it was first shown, unless the dial has left them."""
        key = (dial.who, dial.dial, dial.channel)
        known = self._scales.get(key)
        if known is None or known[place_of(dial.value, known)] != dial.value:
            known = self._scales[key] = values_of(dial)
        return known

    def _hold(self, given: Mapping[str, str]) -> None:
        self._held = not self._held

    def _event(self, given: Mapping[str, str]) -> None:
        if given.get("row", "").isdecimal():
            self._tell(int(given["row"]))

    def _tell(self, row: int) -> None:
        self._row, self._earlier = row, 0
        self._watch()

    def _further_back(self) -> None:
        self._earlier += 1
        self._watch()


def run_link(serves: Callable[[str], bool], name_of: Callable[[Path], str]) -> Callable[[Path], str | None]:
    """The address of a saved run's page, where there is such a page."""
    return partial(_address, serves, name_of)


def _address(serves: Callable[[str], bool], name_of: Callable[[Path], str], folder: Path) -> str | None:
    return address("/run", name=name_of(folder)) if serves("/run") else None
