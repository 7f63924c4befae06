"""One canvas in plain Python: what is drawn, which level is seen, what is selected, and what every gesture does.

A gesture is one command of ``vsmlab.lab.drawing`` and one step of its history. What is refused is told, no more.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from vsmlab.apps.pages import Told
from vsmlab.errors import VsmLabError
from vsmlab.lab import drawing as d
from vsmlab.lab.drawing.things import leaf, parent

BURST: Final = 1.0
"""Seconds within which moves by arrow keys are one step."""
TOGETHER: Final = 0.4
"""Seconds within which nodes that were dragged together are told, one after the other."""


class Sketch:
    """What is drawn in one window.

    Args:
        drawing: What it begins with.
        clock: Seconds.

    Attributes:
        history: The drawing, and those that it was.
        level: Path of the level that is seen.
        selected: Ids of nodes and links, in order.
        told: The last message.
        revision: Grows when the browser has to put back what it changed by itself.
        framing: Grows when another level is to be fitted into the pane.
        chosen: Ids that the browser is to select; None where it is to leave its selection.
        revealed: Id of a node that the browser is to bring into sight.
    """

    def __init__(self, drawing: d.Drawing, clock: Callable[[], float] = time.monotonic) -> None:
        self.history = d.History(drawing)
        self.level = drawing.root
        self.selected: tuple[str, ...] = ()
        self.told = Told()
        self.revision = self.framing = 0
        self.chosen: tuple[str, ...] | None = None
        self.revealed = ""
        self._clock = clock
        self._clip: d.Clip | None = None
        self._burst: tuple[str, frozenset[str], float] | None = None
        self._seen: tuple[d.Drawing, str, d.View] | None = None

    @property
    def now(self) -> d.Drawing:
        """The drawing as it is."""
        return self.history.now

    @property
    def view(self) -> d.View:
        """What is seen of it."""
        if self._seen is None or self._seen[0] is not self.now or self._seen[1] != self.level:
            self._seen = (self.now, self.level, d.view(self.now, self.level))
        return self._seen[2]

    def node(self, name: str) -> d.Node | None:
        """A node that is seen."""
        return next((one for one in self.view.nodes if one.id == name), None)

    def link(self, name: str) -> d.Link | None:
        """A link that is seen."""
        return next((one for one in self.view.links if one.id == name), None)

    @property
    def can_paste(self) -> bool:
        """Whether anything was copied."""
        return self._clip is not None

    def begin(self, drawing: d.Drawing) -> None:
        """Begin anew with another drawing; what was done to the one before is forgotten."""
        self.history = d.History(drawing)
        self.level, self._burst = drawing.root, None
        self._after(frame=True)

    def named(self, drawing: d.Drawing) -> None:
        """Take the same drawing under another name, as one step: what is seen and selected stays."""
        was = self.now.root
        self.history.do(f"name it {drawing.name}", drawing)
        self._rooted(was)
        self._after()

    def _rooted(self, was: str) -> None:
        """The organisation has another name perhaps: level and selection follow."""
        new = self.now.root
        if new == was:
            return

        def now(path: str) -> str:
            return new + path[len(was) :] if f"{path}.".startswith(f"{was}.") else path

        self.level = now(self.level)
        self.selected = self.chosen = tuple(now(name) for name in self.selected if ">" not in name)

    def replace(self, label: str, drawing: d.Drawing) -> None:
        """Take another drawing as one step."""
        if self._do(label, lambda now: drawing):
            self.level = drawing.root
            self._after(frame=True)

    # Every command passes here

    def _do(self, label: str, command: Callable[[d.Drawing], d.Drawing]) -> bool:
        self._burst = None
        before = self.now
        try:
            drawing = command(before)
            self.history.do(label, drawing)
        except VsmLabError as exc:
            self.refuse(str(exc))
            return False
        self._say(drawing.said)
        self._after(before=before)
        return True

    def refuse(self, why: str) -> None:
        """Something cannot be: it is said, and put back."""
        self.told.refuse(f"{why[:1].upper()}{why[1:]}")
        self.revision += 1

    def _say(self, said: Sequence[str]) -> None:
        self.told.say("")
        if said:
            more = f" (and {len(said) - 6} more)" if len(said) > 6 else ""
            self.told.say(" ".join(said[:6]) + more)
        else:
            self.told.text = self.told.text[:0]  # type: ignore[assignment]

    def _after(self, before: d.Drawing | None = None, *, frame: bool = False) -> None:
        """A level that is gone is left for the nearest above; what is gone is not selected."""
        there = d.levels(self.now)
        if self.level not in there:
            here = self.level
            while here and here not in there:
                here = parent(here)
            self.level, frame = here or self.now.root, True
        if frame:
            self.framing += 1
        known = {node.id for node in self.view.nodes} | {link.id for link in self.view.links}
        self.selected = tuple(name for name in self.selected if name in known)

    def pick(self, names: Iterable[str]) -> None:
        """Select nodes, in the browser too."""
        known = {node.id for node in self.view.nodes}
        self.selected = self.chosen = tuple(name for name in names if name in known)

    # Gestures

    def add(self, kind: str, at: Sequence[float] | None = None, onto: str | None = None) -> None:
        """An item of the palette was dropped, or added with the keyboard."""
        label = next((item.label for item in d.palette() if item.kind == kind), kind)
        if self._do(f"add {label}", lambda now: d.add(now, kind, self.level, at, onto)):
            made = self.now.made
            if any(self.node(name) for name in made):
                self.pick(made)
            elif made:
                self.told.say(f"{leaf(made[0])} was added in {leaf(parent(made[0]))}.")
            if at is None and self.selected:
                self.revealed = self.selected[0]

    def connect(self, source: str, source_port: str, target: str, target_port: str) -> bool:
        """A line was drawn."""
        self.revision += 1  # the browser has drawn one of its own
        label = f"connect {self._title(source)} to {self._title(target)}"
        return self._do(label, lambda now: d.connect(now, source, source_port, target, target_port))

    def why_not(self, source: str, source_port: str, target: str, target_port: str) -> str | None:
        """Why a line cannot be drawn; None where it can."""
        return d.why_not(self.now, source, source_port, target, target_port)

    def delete(self) -> None:
        """What is selected is deleted, nodes and links at once."""
        names = self.selected
        label = f"delete {self._title(names[0])}" if len(names) == 1 else f"delete {len(names)} things"
        self._do(label, lambda now: d.delete(now, names))

    def moved(self, name: str, at: Sequence[float]) -> None:
        """A node was dragged; those that were dragged with it are told by themselves, and are one step with it."""
        node = self.node(name)
        if node is None or tuple(node.place) == tuple(at):
            return
        burst = self._burst
        along = burst is not None and burst[0] == "drag" and name not in burst[1] and self._clock() < burst[2]
        names = (burst[1] if along and burst is not None else frozenset()) | {name}
        label = f"move {node.title}" if len(names) == 1 else f"move {len(names)} nodes"
        self._move(label, {name: at}, along=along)
        self._burst = ("drag", names, self._clock() + TOGETHER)

    def nudge(self, across: float, down: float) -> None:
        """What is selected is moved by arrow keys; a burst of them is one step."""
        nodes = [node for node in self.view.nodes if node.id in self.selected]
        if not nodes:
            return
        names = frozenset(node.id for node in nodes)
        burst = self._burst
        along = burst is not None and burst[:2] == ("nudge", names) and self._clock() < burst[2]
        label = f"move {nodes[0].title}" if len(nodes) == 1 else f"move {len(nodes)} nodes"
        points = {node.id: (node.place[0] + across, node.place[1] + down) for node in nodes}
        self._move(label, points, along=along)
        self._burst = ("nudge", names, self._clock() + BURST)

    def _move(self, label: str, points: Mapping[str, Sequence[float]], *, along: bool) -> None:
        try:
            drawing = d.move(self.now, points)
        except VsmLabError as exc:
            self.refuse(str(exc))
            return
        if along:
            self.history.undo()
        self.history.do(label, drawing)
        self._after()

    def select(self, names: Sequence[str]) -> None:
        """Something else was selected."""
        known = {node.id for node in self.view.nodes} | {link.id for link in self.view.links}
        self.selected = tuple(name for name in names if name in known)

    def copy(self) -> None:
        """What is selected is copied."""
        try:
            self._clip = d.copy(self.now, self.selected)
        except VsmLabError as exc:
            self.refuse(str(exc))
            return
        self.told.say("Copied.")

    def paste(self) -> None:
        """What was copied is put down at this level."""
        clip = self._clip
        if clip is None:
            self.refuse("Nothing was copied yet.")
        elif self._do("paste", lambda now: d.paste(now, self.level, clip)):
            self.pick(self.now.made)

    def undo(self) -> None:
        """One step back."""
        self._turn(self.history.undo_label, self.history.undo, "Undone")

    def redo(self) -> None:
        """One step forward again."""
        self._turn(self.history.redo_label, self.history.redo, "Done again")

    def _turn(self, label: str | None, turn: Callable[[], d.Drawing | None], word: str) -> None:
        self._burst = None
        was = self.now.root
        if turn() is None:
            self.refuse("There is no step to undo." if word == "Undone" else "There is no step to do again.")
            return
        self.told.say(f"{word}: {label}.")
        self._rooted(was)
        self._after(frame=self.now.root != was)

    def lay_out(self) -> None:
        """The nodes of this level stand by System again."""
        if self._do("lay out", lambda now: d.lay_out(now, self.level)):
            self.fit()

    def fit(self) -> None:
        """The whole level is seen."""
        self.framing += 1

    def knock(self) -> None:
        """The selected System, or management, is knocked out; or restored where it is."""
        names = [node for node in self.view.nodes if node.id in self.selected]
        if len(names) != 1:
            self.refuse("Select one System, or an operation for its management.")
            return
        node = names[0]
        name = f"{node.id}.management" if node.kind == "operation" else node.id
        if node.out or "management knocked out" in node.badges:
            self._do(f"restore {node.title}", lambda now: d.restore(now, name))
        else:
            self._do(f"knock out {node.title}", lambda now: d.knock_out(now, name))

    def rename(self, name: str, new: str) -> None:
        """A node gets another name; the level follows, if it is the one that is renamed."""
        path = parent(name) if leaf(name) == "desk" else name
        level = self.level
        if not self._do(f"rename {leaf(path)} to {new[:40]}", lambda now: d.rename(now, name, new)):
            return
        made = self.now.made
        if not made:
            return
        renamed = parent(made[0]) if leaf(name) == "desk" else made[0]
        if f"{level}.".startswith(f"{path}."):
            self.level = renamed + level[len(path) :]
        self._after()
        self.pick(made)

    def set(self, place: str, value: object) -> None:
        """A field says something else."""
        self._do(f"set {self._field(place)}", lambda now: d.set_value(now, place, value))

    def unset(self, place: str) -> None:
        """A field is left to its default."""
        self._do(f"unset {self._field(place)}", lambda now: d.unset(now, place))

    # Levels

    def go(self, level: str) -> None:
        """Another level is seen."""
        if level != self.level and level in d.levels(self.now):
            came_from = self.level
            self.level, self.selected, self._burst = level, (), None
            self.framing += 1
            if came_from.startswith(f"{level}."):
                below = came_from[len(level) + 1 :].partition(".")[0]
                self.pick([f"{level}.{below}"])
            self.told.say(f"This is {level}.")

    def up(self) -> None:
        """The level above is seen."""
        if self.level != self.now.root:
            self.go(parent(self.level))

    def open(self, name: str) -> None:
        """A child system is opened; any other node is selected."""
        node = self.node(name)
        if node is not None and node.opens:
            self.go(node.opens)
        elif node is not None:
            self.pick([name])

    def show(self, name: str) -> None:
        """Bring a node into sight, at whichever level it is, and select it."""
        row = next((row for row in d.table(self.now) if row.id == name), None)
        if row is not None:
            if self.node(name) is None:
                self.go(row.level)
            self.pick([name])
            self.revealed = name

    # Words

    def _title(self, name: str) -> str:
        if ">" in name:
            link = self.link(name)
            return "a link" if link is None else f"the link {link.line}"
        node = self.node(name)
        return leaf(name) if node is None else node.title

    def _field(self, place: str) -> str:
        parts = [part for part in place.split(".") if not part.isdecimal()]
        owner = next((node.title for node in self.view.nodes if node.id in self.selected), "")
        name = parts[-1] if parts else place
        return f"{name} of {owner}" if owner else name
