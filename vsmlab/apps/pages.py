"""The pages of the lab: a later page adds one line to ``PAGES`` and a module that builds it.

The module's ``page(lab, asked)`` gets the lab and the query of the address, and gives a ``Shown``. Its body is a Panel
viewable, or a ``Sheet``: plain Python that says its parts as markup, is told what people do, and needs no browser to
be tested.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol, cast

from vsmlab.apps.lab import Lab
from vsmlab.errors import VsmLabError
from vsmlab.lab.report.markup import Markup, element


class Sheet(Protocol):
    """A page in plain Python."""

    def layout(self) -> Markup:
        """What stays: markup with an element ``data-part="NAME"`` for every part."""

    def parts(self) -> dict[str, Markup]:
        """What changes, by the name of its part."""

    def do(self, what: str, given: Mapping[str, str]) -> None:
        """Somebody pressed ``data-do="WHAT"``: with its ``data-`` values and those of the form around it."""

    def stamp(self) -> Hashable:
        """Changes when parts may have changed without anybody doing anything."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A page as it is to be shown.

    Args:
        heading: Its only ``h1``, and the window's title.
        body: A Sheet, or a Panel viewable.
        lead: A sentence below the heading.
    """

    heading: str
    body: Sheet | Any
    lead: str = ""


Build = Callable[[Lab, Mapping[str, str]], Shown]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the lab.

    Args:
        route: Where it is.
        name: What the navigation calls it; empty if it is not in it.
        module: The module whose function ``page`` builds it; imported when it is first asked for.
        plain: Whether its body is a Sheet, which is built in a thread; Panel's own models are not.
    """

    route: str
    name: str
    module: str
    plain: bool = True

    def build(self, lab: Lab, asked: Mapping[str, str]) -> Shown:
        """The page for this address; what cannot be shown is said."""
        build = cast("Build", import_module(self.module).page)
        try:
            return build(lab, asked)
        except VsmLabError as exc:
            return Shown("This cannot be shown", Refused(str(exc)))


PAGES: tuple[Page, ...] = (
    Page("/", "Scenarios", "vsmlab.apps.front"),
    Page("/canvas", "Canvas", "vsmlab.apps.canvas.page", plain=False),
    Page("/runs", "Runs", "vsmlab.apps.runs"),
    Page("/sweep", "Experiments", "vsmlab.apps.sweeping.page"),
    Page("/live", "Live", "vsmlab.apps.live.page", plain=False),
    Page("/spawning", "Spawning", "vsmlab.apps.live.spawning", plain=False),
    Page("/run", "", "vsmlab.apps.one_run"),
    Page("/compare", "Compare", "vsmlab.apps.compare"),
)


def serves(route: str) -> bool:
    """Whether there is such a page: nothing links to one that is not there yet."""
    return any(page.route == route for page in PAGES)


class Refused:
    """A page that says why there is none."""

    def __init__(self, why: str) -> None:
        self._why = why

    def layout(self) -> Markup:
        """The reason, as text."""
        return element("p", self._why, class_="message wrong")

    def parts(self) -> dict[str, Markup]:
        """None."""
        return {}

    def do(self, what: str, given: Mapping[str, str]) -> None:
        """Nothing can be done here."""

    def stamp(self) -> Hashable:
        """Nothing changes here."""
        return None


class Told:
    """What a page says to who uses it: the last message, good or wrong."""

    def __init__(self) -> None:
        self.text, self.wrong = Markup(""), False

    def say(self, text: str) -> None:
        """Something was done."""
        self.text, self.wrong = element("span", text) if text else Markup(""), False

    def refuse(self, text: str) -> None:
        """Something could not be done; nothing was changed."""
        self.text, self.wrong = element("span", text), True

    def shown(self) -> Markup:
        """The message; empty where there is none."""
        if not self.text:
            return Markup("")
        kind = "message wrong" if self.wrong else "message"
        return element("p", self.text, class_=kind)


def attempt(told: Told, actions: Mapping[str, Callable[[Mapping[str, str]], None]], what: str,
            given: Mapping[str, str]) -> None:  # fmt: skip
    """Do one of the actions; what is wrong is told, and an action that is not known is not done."""
    action = actions.get(what)
    if action is None:
        return
    try:
        action(given)
    except (VsmLabError, OSError) as exc:
        told.refuse(str(exc))
    except (
        LookupError,
        TypeError,
        ValueError,
        AttributeError,
        ArithmeticError,
    ) as exc:  # a file that somebody changed by hand
        told.refuse(f"not what vsmlab writes ({type(exc).__name__}: {exc})")
