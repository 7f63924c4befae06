"""The canvas as a page in plain Python: what people do comes in, what is shown goes out; a browser only carries it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Hashable, Mapping
from typing import Any, Final

from vsmlab.apps.canvas import over, panels
from vsmlab.apps.canvas.editing import Editing
from vsmlab.apps.canvas.filing import ChangedError, Filing
from vsmlab.apps.canvas.framing import framed
from vsmlab.apps.canvas.mirror import Plain, edges_of, nodes_of
from vsmlab.apps.canvas.picture import draw
from vsmlab.apps.canvas.running import Running
from vsmlab.apps.canvas.sketch import Sketch
from vsmlab.apps.lab import address
from vsmlab.apps.pages import serves
from vsmlab.errors import InputError, VsmLabError
from vsmlab.lab import drawing as d
from vsmlab.lab.report.markup import Markup

Given = Mapping[str, str]
_STEP: Final = 20.0
_ARROWS: Final = {
    "ArrowLeft": (-_STEP, 0.0),
    "ArrowRight": (_STEP, 0.0),
    "ArrowUp": (0.0, -_STEP),
    "ArrowDown": (0.0, _STEP),
}
_ENDINGS: Final = {
    "yaml": "application/yaml",
    "python": "text/x-python",
    "svg": "image/svg+xml",
    "png": "image/png",
}


class CanvasSheet:
    """One canvas.

    Args:
        filing: Where it reads and writes.
        source: The scenario that is opened; a new one if empty.
        linked: Whether there are other pages to link to.

    Attributes:
        sketch: What is drawn.
        asked: The panel that is open over the flow; empty if none is.
        orders: What the browser is to do besides: a download, a focus.
        wished: Name of the file that Save offers first.
    """

    def __init__(self, filing: Filing, source: str = "", *, linked: bool = True) -> None:
        self.filing, self.linked = filing, linked
        self.sketch = Sketch(filing.open(source))
        self.editing = Editing(self.sketch)
        self.running = Running(filing.lab)
        self.asked = ""
        self.orders: list[Plain] = []
        self.wanted = self.wished = ""
        self.ends: dict[str, str] = {}
        self._first = ""  # what is to be decided before a draft is
        self._save_as = ""
        self._pane = (0.0, 0.0)
        self._actions: dict[str, Callable[[Given], None]] = {
            **self._gestures(),
            **self.editing.actions,
            **self._file_actions(),
            **self._panel_actions(),
        }

    @property
    def notice(self) -> str:
        """What is to be decided first; empty if nothing is. A draft waits until it is answered."""
        return self._first or ("draft" if self.filing.offered is not None else "")

    # What people do

    def do(self, what: str, given: Given) -> None:
        """What somebody pressed, typed or chose."""
        action = self._actions.get(what)
        if action is None:
            return
        if "selected" in given:
            self.sketch.select(given["selected"].split("\n"))
        try:
            action(given)
        except (VsmLabError, OSError) as exc:
            self.sketch.refuse(str(exc))

    def heard(self, message: Mapping[str, Any]) -> None:
        """What the flow tells: React Flow's own gestures."""
        kind, sketch = message.get("type"), self.sketch
        try:
            if kind == "node_moved":
                sketch.moved(str(message["node_id"]), _point(message["position"]))
            elif kind == "selection_changed":
                sketch.select([str(name) for name in [*message["nodes"], *message["edges"]]])
            elif kind == "edge_added":
                ends = message["edge"]
                sketch.connect(
                    *(str(ends[name]) for name in ("source", "sourceHandle", "target", "targetHandle"))
                )
            elif kind == "drop":
                self._dropped(message)
        except (KeyError, TypeError, ValueError):
            sketch.refuse("That could not be understood.")

    def _dropped(self, message: Mapping[str, Any]) -> None:
        if message["drop_type"] == "Files":
            files = message["data"]
            if len(files) != 1:
                self.sketch.refuse("Drop one file at a time: a scenario.")
                return
            self._import(str(files[0]["content"]).encode("utf-8", "replace"), str(files[0]["name"]))
            return
        target = message.get("target") or {}
        self.sketch.add(str(message["data"]["kind"]), _point(message["position"]), target.get("node_id"))

    def why_not(self, edge: Plain) -> str | None:
        """Why a line cannot be drawn that somebody is drawing."""
        ends = (edge.get(name) for name in ("source", "sourceHandle", "target", "targetHandle"))
        return self.sketch.why_not(*(str(end) for end in ends))

    def _gestures(self) -> dict[str, Callable[[Given], None]]:
        sketch = self.sketch
        return {
            "undo": lambda given: sketch.undo(),
            "redo": lambda given: sketch.redo(),
            "copy": lambda given: sketch.copy(),
            "paste": lambda given: sketch.paste(),
            "delete": lambda given: sketch.delete(),
            "lay-out": lambda given: sketch.lay_out(),
            "knock": lambda given: sketch.knock(),
            "item": self._item,
            "add": lambda given: sketch.add(given.get("kind", ""), None, self._onto(given.get("kind", ""))),
            "nudge": lambda given: sketch.nudge(*_ARROWS.get(given.get("key", ""), (0.0, 0.0))),
            "go": lambda given: sketch.go(given.get("level", "")),
            "open": lambda given: sketch.open(given.get("id", "")),
            "pick": lambda given: sketch.pick([given.get("id", "")]),
            "show": self._show,
            "show-scenario": self._show_scenario,
            "escape": self._escape,
            "refused": self._refused,
            "fit": lambda given: sketch.fit(),
            "pane": self._measured,
        }

    def _item(self, given: Given) -> None:
        """An item of the palette was clicked: what to do with it is said."""
        item = next((one for one in d.palette() if one.kind == given.get("kind", "")), None)
        if item is not None:
            self.sketch.told.say(f"{item.label}: drag it onto the canvas, double click it, or press Enter.")

    def _onto(self, kind: str) -> str | None:
        """What an item is put on that is added with the keyboard: what is selected, where that makes sense."""
        nodes = [name for name in self.sketch.selected if self.sketch.node(name)]
        alone = kind in (
            "agent",
            "essential",
            "crash",
            "hang",
            "slow",
            "stale",
            "bias",
            "cut",
            "delay",
            "loss",
            "demand",
            "stream",
        )
        return nodes[0] if len(nodes) == 1 and alone else None

    def _show(self, given: Given) -> None:
        self.asked = ""
        self.sketch.show(given.get("id", ""))
        if given.get("field"):
            self.orders.append({"focus": given["field"]})

    def _show_scenario(self, given: Given) -> None:
        self.sketch.selected = self.sketch.chosen = ()
        self.orders.append({"focus": given.get("field", "")})

    def _escape(self, given: Given) -> None:
        if self.asked:
            self.asked = ""
            self.orders.append({"focus": "flow"})
        elif self.sketch.selected:
            self.sketch.selected = self.sketch.chosen = ()
        else:
            self.sketch.up()

    def _refused(self, given: Given) -> None:
        """A line was let go over a port that cannot receive it."""
        ends = [given.get(name, "") for name in ("source", "sourceHandle", "target", "targetHandle")]
        self.sketch.refuse(self.sketch.why_not(*ends) or "The line was not drawn.")

    def _measured(self, given: Given) -> None:
        first = min(self._pane) <= 50
        try:
            self._pane = (float(given["width"]), float(given["height"]))
        except (KeyError, ValueError):
            return
        if first:
            self.sketch.fit()

    # Files

    def _file_actions(self) -> dict[str, Callable[[Given], None]]:
        return {
            "save": self._save,
            "save-as": lambda given: self._write(given.get("name", "").strip()),
            "save-so": lambda given: self._write(self._save_as),
            "theirs": self._theirs,
            "other-name": lambda given: self._ask("save"),
            "leave": self._leave,
            "restore-draft": self._restore,
            "discard-draft": self._discard,
            "brought": self._brought,
            "too-large": lambda given: self._import(b" " * 1_000_001, given.get("name", "")),
            "export": self._export,
            "run": self._run,
            "cancel-run": lambda given: self.running.cancel(),
        }

    def _save(self, given: Given) -> None:
        now = self.sketch.now
        if self.filing.file_of(now) is None:
            self._ask("save")
        elif d.losses(now):
            self._first, self._save_as = "losses", ""
            self.orders.append({"focus": "notice"})
        else:
            self._write("")

    def _write(self, name: str) -> None:
        now = self.sketch.now
        before = len(d.problems(now))
        named = self.filing.named(now, name)
        try:
            saved = self.filing.save(named, name)
        except ChangedError:
            self._first, self.asked = "changed", ""
            self.sketch.refuse(
                "Not saved: the file has been changed since it was opened, perhaps in another window."
            )
            self.orders.append({"focus": "notice"})
            return
        if named != now:
            self.sketch.named(named)
        self.sketch.history.saved(saved)
        self._first = self.asked = ""
        file = self.filing.file_of(saved)
        told = f"Saved as {file.name if file else name}."
        if named.name != now.name:
            told += f" The scenario is called {named.name} now."
        wrong = len(d.problems(saved))
        if wrong > before:
            told += " Files that it names are not found from its new folder: see its problems."
        elif wrong:
            told += f" It has {wrong} {'problem' if wrong == 1 else 'problems'} still, and cannot be run."
        self.sketch.told.say(told)

    def _theirs(self, given: Given) -> None:
        self.sketch.begin(self.filing.reopen(self.sketch.now))
        self._first = ""
        self.sketch.told.say("This is the file as it is now.")

    def _leave(self, given: Given) -> None:
        self._first = self.asked = ""
        self.orders.append({"focus": "flow"})

    def _restore(self, given: Given) -> None:
        self.sketch.replace("restore the draft", self.filing.restore())
        self._first = ""
        self.sketch.told.say("The draft is restored. Undo goes back to what was opened.")

    def _discard(self, given: Given) -> None:
        self.filing.discard()
        more = self.filing.offered is not None
        self.sketch.told.say("The draft is gone. There is another." if more else "The draft is gone.")

    def _brought(self, given: Given) -> None:
        try:
            data = base64.b64decode(given.get("data", ""), validate=True)
        except (binascii.Error, ValueError) as exc:
            raise InputError("", "", "the file did not arrive whole", right="choose it again") from exc
        self._import(data, given.get("name", ""))

    def _import(self, data: bytes, name: str) -> None:
        try:
            drawing = self.filing.read(data, name)
        except VsmLabError as exc:
            self.sketch.refuse(f"Nothing was changed. {exc}")
            return
        self.sketch.replace(f"import {name[:40]}", drawing)
        self.asked = ""
        self.sketch.told.say(f"{name[:80]} was imported. Undo goes back to what was here.")

    def _export(self, given: Given) -> None:
        form, now = given.get("form", ""), self.sketch.now
        if form not in _ENDINGS:
            return
        stem = now.name or "drawing"
        if form == "yaml":
            text = d.to_bytes(now).decode("utf-8")
        elif form == "python":
            text = d.to_python(now)
        else:
            stem = f"{stem}-{self.sketch.level.replace('.', '-')}" if self.sketch.level != now.root else stem
            text = str(draw(self.sketch.view, title=f"{now.name}: {self.sketch.level}"))
        name = f"{stem}.{'py' if form == 'python' else form}"
        self.orders.append({"download": {"name": name, "type": _ENDINGS[form], "text": text}})
        self.sketch.told.say(f"{name} was exported.")

    def _run(self, given: Given) -> None:
        wrong = len(d.problems(self.sketch.now))
        if wrong:
            many = "1 problem" if wrong == 1 else f"{wrong} problems"
            self.sketch.refuse(f"It cannot be run yet: it has {many}, listed on the right.")
            self.orders.append({"focus": "problems"})
            return
        self.running.begin(self.sketch.now)
        self.sketch.told.say("It runs.")

    # Panels over the flow

    def _panel_actions(self) -> dict[str, Callable[[Given], None]]:
        return {
            "ask": lambda given: self._ask(given.get("panel", "")),
            "wanted": self._want,
            "end": self._end,
            "join": self._join,
        }

    def _ask(self, panel: str) -> None:
        if panel not in over.PANELS:
            return
        self.asked = "" if self.asked == panel else panel
        self._first = ""
        if panel == "connect" and self.asked:
            nodes = [name for name in self.sketch.selected if self.sketch.node(name)]
            self.ends = {"from": nodes[0]} if nodes else {}
        self.orders.append({"focus": "asked" if self.asked else "flow"})

    def _want(self, given: Given) -> None:
        self.wanted = given.get("value", "")[:200]

    def _end(self, given: Given) -> None:
        name = given.get("at", "")
        self.ends[name] = given.get("value", "")
        if name in ("from", "to"):
            self.ends.pop(f"{name}-port", None)

    def _join(self, given: Given) -> None:
        ends = over.chosen_ends(self.sketch, self.ends)
        if self.sketch.connect(*ends) and not self.sketch.told.text:
            self.sketch.told.say("Connected.")

    # What is shown

    def layout(self) -> Markup:
        """What stays."""
        return panels.layout()

    def parts(self) -> dict[str, Markup]:
        """What is shown around the flow."""
        return {
            "bar": panels.bar(
                self.sketch,
                self.asked,
                file=self.filing.file_of(self.sketch.now),
                live=self._live() if self.linked else None,
            ),
            "crumbs": panels.crumbs(self.sketch),
            "told": panels.told(self.sketch, at_field=self.editing.at_field),
            "notice": panels.notice(self.notice, self.sketch, self.filing),
            "asked": over.asked(self.asked, self.sketch, self.filing, self.wanted, self.ends, self.wished),
            "palette": panels.palette_of(),
            "run": self.running.shown(linked=self.linked),
            "problems": panels.problems_of(self.sketch),
            "form": panels.form_of(self.sketch, self.editing.fields, self.editing.refused),
        }

    def _live(self) -> str:
        """Where what is drawn can be played; empty while it cannot."""
        said = self.filing.asked_for(self.sketch.now)
        return address("/live", **said) if said and serves("/live") else ""

    def flow(self) -> tuple[list[Plain], list[Plain]]:
        """Nodes and edges of the level that is seen."""
        sketch = self.sketch
        return nodes_of(sketch.view, sketch.selected), edges_of(sketch.view, sketch.selected, sketch.revision)

    def frame(self) -> Plain | None:
        """What part of the plane shows this level in its pane; None where its size is not known."""
        return framed(self.sketch.view, *self._pane) if min(self._pane) > 50 else None

    def centre(self, name: str, zoom: float) -> Plain | None:
        """What part of the plane shows a node in the middle."""
        node = self.sketch.node(name)
        if node is None or min(self._pane) <= 50:
            return None
        x, y = node.place
        return {
            "x": self._pane[0] / 2 - zoom * (x + 100),
            "y": self._pane[1] / 2 - zoom * (y + 50),
            "zoom": zoom,
        }

    def stamp(self) -> Hashable:
        """How far a run is, and what there is to be said of drafts."""
        return (self.running.stamp(), self.filing.stamp())

    def keep(self) -> None:
        """Keep a draft of what was drawn; that another window draws on the scenario too is said once."""
        alone = not self.filing.beside
        self.filing.keep(self.sketch.now)
        if alone and self.filing.beside:
            self.sketch.told.say(
                "Another window draws on this scenario too. Drafts are kept apart; who saves second is asked."
            )


def _point(given: Mapping[str, Any]) -> tuple[float, float]:
    return (float(given["x"]), float(given["y"]))
