"""Data of one's own: a recording or a scenario is dropped, looked at, and written when somebody says so."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from vsmlab.apps import bringing, replaying
from vsmlab.apps.catalogue import gallery
from vsmlab.apps.form_fields import boxed, described, field, number_given, sentence
from vsmlab.apps.pages import Told, attempt
from vsmlab.errors import InputError
from vsmlab.lab.loader import load
from vsmlab.lab.report.markup import Markup, element, join
from vsmlab.lab.report.numerals import counted, duration, number, percent

_LABELS: Final = {
    "name": "Name",
    "into": "Replay it in",
    "time": "When a task came",
    "work": "How much work it needed",
    "scale": "Seconds",
    "agents": "Agents",
}
_COUNTS: Final = re.compile("token|page|count|size|item|byte|word|amount|number", re.I)
"""Names of columns that are no times."""
_OTHER: Final = "other"
"""What a column counts that is no time: tokens, pages."""


class OwnData:
    """The part of a page that takes files.

    Args:
        here: Folder that they are written to.
    """

    def __init__(self, here: Path) -> None:
        self._here = here
        self._told = Told()
        self._brought: bringing.Brought | None = None
        self._now: dict[str, str] = {}
        """What is chosen and typed, by field."""
        self._first: dict[str, str] = {}
        """What the fields were put up with."""
        self._wrong: dict[str, str] = {}
        self._streams: dict[str, tuple[str, str, str]] = {}
        """Streams of demand that a recording may replace: what is shown, what ``load`` takes, the stream's name."""
        self._seen: bringing.Seen | None = None
        self._actions: dict[str, Callable[[Mapping[str, str]], None]] = {
            "brought": self._bring,
            "too-large": self._too_large,
            "drop-it": self._drop_it,
            "write": self._write,
            **{
                f"own-{name}": self._typing(name)
                for name in ("name", "into", "time", "work", "unit", "scale", "agents")
            },
        }

    def layout(self) -> Markup:
        """Its place on the page: folded until somebody wants it."""
        return element(
            "details",
            element("summary", "Bring your own data: a recording or a scenario"),
            element("div", data_part="told-data", role="status"),
            element("div", data_part="data"),
            class_="panel fold",
            aria_label="Your own data",
        )

    def parts(self) -> dict[str, Markup]:
        """What it shows now."""
        return {"told-data": self._told.shown(), "data": self._shown()}

    def do(self, what: str, given: Mapping[str, str]) -> None:
        """What somebody dropped, chose, typed or pressed."""
        attempt(self._told, self._actions, what, given)

    def _shown(self) -> Markup:
        if self._brought is not None:
            return join([_first_rows(self._brought), self._form(self._brought)])
        most = f"{bringing.MOST_BYTES // 1_000_000} MB"
        choose = element(
            "input", type="file", accept=",".join(bringing.KINDS), id="file", aria_describedby="file-help"
        )
        return element(
            "div",
            element("p", element("label", "Drop a file here, or choose one", for_="file")),
            choose,
            element(
                "p",
                f"A recording (CSV or Parquet, a row for each task, up to {most}) or a scenario (YAML). "
                "It is looked at first; nothing is written before you say so, and nothing leaves this machine.",
                class_="note",
                id="file-help",
            ),
            class_="drop",
            data_drop="brought",
            data_most=str(bringing.MOST_BYTES),
        )

    # What is asked of a recording

    def _form(self, brought: bringing.Brought) -> Markup:
        now, work = self._now, self._now["work"]
        streams = [(value, told) for value, (told, _, _) in self._streams.items()]
        alone = not now["into"]
        fields = [
            self._input("Name of the scenario", "name"),
            self._choice("Replay it in", "into", [("", "a scenario of its own: one desk"), *streams]),
            self._choice("When a task came", "time", [(one, one) for one in brought.columns], self._times()),
            self._choice(
                "How much work it needed",
                "work",
                [("", "(not recorded)"), *((one, one) for one in brought.columns)],
                self._works(),
            ),
        ]
        if work:
            units = [(unit, name) for unit, (name, _) in bringing.UNITS.items()]
            fields.append(
                self._choice("Counted in", "unit", [*units, (_OTHER, "something else (tokens, pages)")])
            )
        if work and now["unit"] == _OTHER:
            hint = f"Time that one agent needs for one of “{work}”."
            fields.append(self._input("Seconds of work for each", "scale", hint=hint, inputmode="decimal"))
        elif not work and alone:
            hint = "Assumed: it is not in the recording."
            fields.append(self._input("Mean work of a task (s)", "scale", hint=hint, inputmode="decimal"))
        enough = self._enough()
        if alone:
            fields.append(
                self._input("Agents", "agents", inputmode="numeric", placeholder=str(enough) if enough else None,
                            hint="If empty: so many that each is busy four fifths of the time.")
            )  # fmt: skip
        return element(
            "form",
            element("div", *fields, class_="row top"),
            element("p", self._preview(), role="status"),
            element(
                "div",
                element("button", "Write the scenario", type="submit", class_="main"),
                element("button", "Take another file", type="button", data_do="drop-it"),
                class_="row",
            ),
            data_do="write",
            data_key=f"form-{brought.name}",
            novalidate=True,
        )

    def _input(self, label: str, name: str, *, hint: str = "", **more: str | None) -> Markup:
        first = self._first.get(name) or None
        return field(label, name, f"own-{name}", wrong=self._wrong.get(name, ""), hint=hint,
                     data_live=f"own-{name}", value=first, **more)  # fmt: skip

    def _choice(self, label: str, name: str, options: list[tuple[str, str]], hint: str = "") -> Markup:
        chosen, wrong = self._now[name], self._wrong.get(name, "")
        listed = [
            element("option", told, value=value, selected=value == chosen or None) for value, told in options
        ]
        key = f"own-{name}"
        select = element("select", *listed, name_=name, data_live=key, **described(key, wrong))
        return boxed(label, key, select, wrong=wrong, hint=hint)

    def _times(self) -> str:
        seen = self._seen
        return "" if seen is None else f"{counted(seen.tasks, 'task')} in {duration(seen.span)}."

    def _works(self) -> str:
        seen = self._seen
        if seen is None or seen.least is None:
            return ""
        return f"{number(seen.least)} to {number(seen.most)}, {number(seen.mean)} on average."

    def _scale(self) -> float:
        """Seconds of work in one of what the column counts; without a column, the mean.

        Raises:
            InputError: If what was typed is none.
        """
        unit = self._now["unit"]
        if self._now["work"] and unit in bringing.UNITS:
            return bringing.UNITS[unit][1]
        given = self._now["scale"].strip() or "1"
        if self._now["into"] and not self._now["work"]:  # the scenario says it, and nobody is asked
            return 1.0
        scale = float(number_given("Seconds", given, whole=False))
        if not 0.0 < scale < 1e9:
            raise InputError("", "scale", "not a number of seconds", given=given, right="above 0")
        return scale

    def _agents(self) -> int:
        given = "" if self._now["into"] else self._now["agents"].strip()
        agents = int(number_given("Agents", given, whole=True)) if given else 0
        if not (0 < agents <= 1_000_000 or not given):
            raise InputError("", "agents", "not a number of agents", given=given, right="1 to 1,000,000")
        return agents

    def _enough(self) -> int:
        return 0 if self._seen is None or "scale" in self._wrong else self._seen.agents(self._scale())

    def _preview(self) -> Markup:
        """What the columns mean together: a wrong unit is seen here."""
        if self._seen is None or self._wrong:
            return element("span", "What is marked above is to be mended first.", class_="soft")
        seen, scale = self._seen, self._scale()
        if self._now["into"]:
            told, _, _ = self._streams[self._now["into"]]
            needs = duration(seen.mean_work(scale)) + " of one agent on average"
            each = needs if self._now["work"] else "what the scenario says"
            head = f"{counted(seen.tasks, 'task')} in {duration(seen.span)} in place of {told}; each needs "
            return join([head, element("strong", each), "."])
        agents = self._agents() or seen.agents(scale)
        load = seen.busy(scale) / agents
        told = f"; {counted(agents, 'agent')} would be busy {percent(load)} of the time."
        if load >= 1.0:
            told = f"; {counted(agents, 'agent')} cannot do that: {percent(load)} of what they have is asked for."
        return join([
            "A task needs ",
            element("strong", duration(seen.mean_work(scale))),
            " of one agent on average",
            told,
        ])  # fmt: skip

    # What people do

    def _typing(self, name: str) -> Callable[[Mapping[str, str]], None]:
        def typed(given: Mapping[str, str]) -> None:
            value = given.get("value", "")[:300]
            if self._brought is None or value == self._now.get(name):
                return
            if name == "into" and value not in ("", *self._streams):
                return
            self._now[name] = value
            if name == "work":
                self._now["unit"] = _unit(value)
            self._check(self._brought, columns=name in ("time", "work", "into"))

        return typed

    def _check(self, brought: bringing.Brought, *, columns: bool) -> None:
        """What is wrong with each field, as it is now; columns are read whole when one is chosen."""
        stays = () if columns else ("time", "work", "into")
        self._wrong = {name: why for name, why in self._wrong.items() if name in stays}
        for name, what in (("scale", self._scale), ("agents", self._agents)):
            try:
                what()
            except InputError as exc:
                self._wrong[name] = sentence(exc)
        if not columns:
            return
        self._seen = None
        try:
            self._seen = bringing.seen_in(brought, self._now["time"], self._now["work"])
        except InputError as exc:
            self._refuse(exc)
            return
        if self._now["into"] and not self._wrong:
            try:
                replaying.try_out(brought, self._wish())
            except InputError as exc:
                self._wrong["into"] = f"It cannot be replayed there. {sentence(exc)}"

    def _wish(self) -> replaying.Wish:
        now = self._now
        _, into, stream = self._streams.get(now["into"], ("", "", ""))
        return replaying.Wish(
            now["name"].strip(), now["time"], now["work"], self._scale(), self._agents(), into, stream
        )

    def _refuse(self, exc: InputError) -> None:
        elsewhere = "into" if self._now["into"] else "name"
        self._wrong[exc.place if exc.place in _LABELS else elsewhere] = sentence(exc)

    def _bring(self, given: Mapping[str, str]) -> None:
        name = given.get("name", "")
        try:
            data = base64.b64decode(given.get("data", ""), validate=True)
        except binascii.Error as exc:
            raise InputError("", "file", "it did not arrive whole", right="try again") from exc
        if bringing.kind_of_file(name, len(data)) == ".yaml":
            written = replaying.keep_scenario(name, data, self._here)
            self._told.say(f"{written.name} is in {written.parent}, and first among the scenarios below.")
            return
        brought = bringing.look(name, data)
        self._first = {"name": bringing.free_name(brought.name, self._here), "scale": "1"}
        self._now = {
            **self._first,
            "time": brought.time,
            "work": brought.work,
            "unit": _unit(brought.work),
            "agents": "",
            "into": "",
        }
        self._brought, self._streams = brought, _streams(self._here)
        self._told.say("")
        self._check(brought, columns=True)

    def _too_large(self, given: Mapping[str, str]) -> None:
        size = given.get("size", "")
        bringing.kind_of_file(given.get("name", ""), int(size) if size.isdecimal() and len(size) < 18 else 0)
        raise InputError("", "file", "too large")

    def _drop_it(self, given: Mapping[str, str]) -> None:
        self._brought, self._seen, self._wrong = None, None, {}
        self._told.say("")

    def _write(self, given: Mapping[str, str]) -> None:
        brought = self._brought
        if brought is None:
            return
        before = [self._now[name] for name in ("time", "work", "into")]
        self._now.update({name: given[name][:300] for name in self._now if name in given})
        if self._now["into"] not in self._streams:
            self._now["into"] = ""
        now = [self._now[name] for name in ("time", "work", "into")]
        self._check(brought, columns=self._seen is None or before != now)
        if self._wrong:
            self._told.refuse(f"Nothing was written: {counted(len(self._wrong), 'field')} to mend below.")
            return
        try:
            written = replaying.replaying(brought, self._wish(), self._here)
        except InputError as exc:
            self._refuse(exc)
            self._told.refuse("Nothing was written: 1 field to mend below.")
            return
        self._drop_it({})
        run = element(
            "button", "Run it", type="button", data_do="run", data_scenario=written.name, class_="plain"
        )
        where = f"{written.name} and the recording are in {written.parent}; it is first among the scenarios below. "
        self._told.text = element("span", where, run)


def _streams(here: Path) -> dict[str, tuple[str, str, str]]:
    """The streams of demand of every scenario of the gallery."""
    found = {}
    for entry in gallery(here):
        if not entry.wrong:
            for stream in load(entry.source).scenario.environment.demand:
                told = f"{entry.called}: {stream}"
                found[told] = (told, entry.source, stream)
    return found


def _unit(column: str) -> str:
    """The unit to begin with: what the column's name says; seconds, as the lab counts, where it says none."""
    return _OTHER if _COUNTS.search(column) else bringing.unit_of(column) or "s"


def _first_rows(brought: bringing.Brought) -> Markup:
    head = element("tr", *(element("th", column, scope="col") for column in brought.columns))
    body = [element("tr", *(element("td", cell) for cell in row)) for row in brought.rows]
    caption = f"{brought.name}: {counted(brought.count, 'row')}, {counted(len(brought.columns), 'column')}"
    table = element("table", element("caption", caption), element("thead", head), element("tbody", *body))
    label = f"First rows of {brought.name}"
    return element("div", table, class_="scroll", tabindex="0", role="region", aria_label=label)
