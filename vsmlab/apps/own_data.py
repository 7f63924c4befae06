"""Data of one's own: a recording or a scenario is dropped, looked at, and written when somebody says so."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from pathlib import Path

from vsmlab.apps import bringing
from vsmlab.apps.form_fields import labelled, number_given
from vsmlab.apps.pages import Told, attempt
from vsmlab.errors import InputError
from vsmlab.lab.report.markup import Markup, element, join
from vsmlab.lab.report.numerals import counted


class OwnData:
    """The part of a page that takes files.

    Args:
        here: Folder that they are written to.
    """

    def __init__(self, here: Path) -> None:
        self._here = here
        self._told = Told()
        self._brought: bringing.Brought | None = None
        self._actions = {
            "brought": self._bring,
            "too-large": self._too_large,
            "drop-it": self._drop_it,
            "write": self._write,
        }

    def layout(self) -> Markup:
        """Its place on the page."""
        return element(
            "section",
            element("h2", "Your own data"),
            element("div", data_part="told-data", role="status"),
            element("div", data_part="data"),
            class_="panel",
            aria_label="Your own data",
        )

    def parts(self) -> dict[str, Markup]:
        """What it shows now."""
        return {"told-data": self._told.shown(), "data": self._shown()}

    def do(self, what: str, given: Mapping[str, str]) -> None:
        """What somebody dropped or pressed."""
        attempt(self._told, self._actions, what, given)

    def _shown(self) -> Markup:
        if self._brought is None:
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
                    f"A recording (CSV or Parquet, a row a task, up to {most}) or a scenario (YAML). "
                    "It is looked at first; nothing is written before you say so, and nothing leaves this machine.",
                    class_="note",
                    id="file-help",
                ),
                class_="drop",
                data_drop="brought",
                data_most=str(bringing.MOST_BYTES),
            )
        return self._columns(self._brought)

    def _columns(self, brought: bringing.Brought) -> Markup:
        head = element("tr", *(element("th", column, scope="col") for column in brought.columns))
        body = [element("tr", *(element("td", cell) for cell in row)) for row in brought.rows]
        caption = (
            f"{brought.name}: {counted(brought.count, 'row')}, {counted(len(brought.columns), 'column')}"
        )
        table = element("table", element("caption", caption), element("thead", head), element("tbody", *body))
        none = element("option", "(not recorded)", value="", selected=None if brought.work else True)
        form = element(
            "form",
            labelled(
                "Name of the scenario",
                element("input", name_="name", value=bringing.scenario_name(brought.name)),
            ),
            labelled("Column that says when", _choice("time", brought.columns, brought.time)),
            labelled("Column that says how much work", _choice("work", brought.columns, brought.work, none)),
            labelled(
                "Seconds of one agent for one of it, or a task's mean",
                element("input", name_="scale", value="1", inputmode="decimal"),
            ),
            labelled(
                "Agents (empty: busy four fifths of their time)",
                element("input", name_="agents", inputmode="numeric"),
            ),
            element("button", "Write the scenario", type="submit", class_="main"),
            element("button", "Take another file", type="button", data_do="drop-it"),
            data_do="write",
            class_="row end",
        )
        scroll = element(
            "div",
            table,
            class_="scroll",
            tabindex="0",
            role="region",
            aria_label=f"First rows of {brought.name}",
        )
        return join([scroll, form])

    def _bring(self, given: Mapping[str, str]) -> None:
        name = given.get("name", "")
        try:
            data = base64.b64decode(given.get("data", ""), validate=True)
        except binascii.Error as exc:
            raise InputError("", "file", "it did not arrive whole", right="try again") from exc
        if bringing.kind_of_file(name, len(data)) == ".yaml":
            written = bringing.keep_scenario(name, data, self._here)
            self._told.say(f"{written.name} is in {written.parent} and in the gallery above.")
            return
        self._brought = bringing.look(name, data)
        self._told.say("")

    def _too_large(self, given: Mapping[str, str]) -> None:
        size = given.get("size", "")
        bringing.kind_of_file(given.get("name", ""), int(size) if size.isdecimal() and len(size) < 18 else 0)
        raise InputError("", "file", "too large")

    def _drop_it(self, given: Mapping[str, str]) -> None:
        self._brought = None
        self._told.say("")

    def _write(self, given: Mapping[str, str]) -> None:
        if self._brought is None:
            return
        agents = given.get("agents", "").strip()
        wish = bringing.Wish(
            given.get("name", "").strip(),
            given.get("time", ""),
            given.get("work", ""),
            float(number_given("seconds", given.get("scale", "1").strip() or "1", whole=False)),
            int(number_given("agents", agents, whole=True)) if agents else 0,
        )
        written = bringing.replaying(self._brought, wish, self._here)
        self._brought = None
        run = element(
            "button", "Run it", type="button", data_do="run", data_scenario=str(written), class_="plain"
        )
        self._told.text = element(
            "span",
            f"{written.name} and the recording are in {written.parent}; it is in the gallery above. ",
            run,
        )
        self._told.wrong = False


def _choice(name: str, columns: tuple[str, ...], chosen: str, first: Markup | None = None) -> Markup:
    options = [
        element("option", column, value=column, selected=column == chosen or None) for column in columns
    ]
    return element("select", first, *options, name_=name)
