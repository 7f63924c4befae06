"""The live page before a scenario is chosen: all that can be played, by name."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from vsmlab.apps.catalogue import Entry, gallery
from vsmlab.apps.form_fields import finder
from vsmlab.apps.lab import Lab, address
from vsmlab.lab.report.markup import Markup, element
from vsmlab.lab.report.numerals import counted

LEAD = "Play a scenario, look at it while it runs, and intervene. Which one?"


class Which:
    """The choice of a scenario to play."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._wanted = ""

    def layout(self) -> Markup:
        """A field to look for one, and the list."""
        search = element(
            "input", type="search", data_live="filter", id="wanted", autocomplete="off",
            placeholder="Name, or what it teaches",
        )  # fmt: skip
        return element(
            "div",
            finder("Find a scenario", search),
            element("section", data_part="which", class_="panel", aria_label="Scenarios to play"),
        )

    def parts(self) -> dict[str, Markup]:
        """Those that can be played and are looked for."""
        every = [entry for entry in gallery(self._lab.here) if not entry.wrong]
        found = [entry for entry in every if entry.matches(self._wanted)]
        nothing = element("p", f"No scenario says “{self._wanted}”.", class_="soft")
        shown = element("ul", *(_line(entry) for entry in found), class_="list") if found else nothing
        return {"which": shown, "count": Markup(f"{len(found)} of {len(every)}")}

    def do(self, what: str, given: Mapping[str, str]) -> None:
        """Somebody looks for a scenario."""
        if what == "filter":
            self._wanted = given.get("value", "")

    def stamp(self) -> Hashable:
        """Files are looked at when somebody does something."""
        return None


def _line(entry: Entry) -> Markup:
    """A scenario, with the way to play it."""
    size = f"{counted(entry.agents, 'agent')}, {counted(entry.levels, 'level')}"
    return element(
        "li",
        element("a", entry.title, href=address("/live", scenario=entry.called)),
        " ",
        element("span", element("code", entry.name), f" · {size}", class_="small soft"),
        element("p", entry.one_line, class_="small soft") if entry.one_line else None,
        data_key=f"live-{entry.source}",
    )
