"""What was done, to be undone: one step a gesture. What is selected is no part of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from vsmlab.lab.drawing.drawing import Drawing


class History:
    """The drawing as it is, and those that it was.

    Args:
        drawing: The first.
        most: Steps that can be undone; older ones are forgotten.

    >>> from vsmlab.lab.drawing import skeleton, add
    >>> history = History(skeleton("crew"))
    >>> history.do("add an operation", add(history.now, "operation", "crew"))
    >>> history.undo_label, history.undo() is not None, history.undo_label
    ('add an operation', True, None)
    """

    def __init__(self, drawing: Drawing, most: int = 500) -> None:
        if most < 1:
            raise ValueError(f"most is {most}: at least one step can be undone")
        self._now, self._most = drawing, most
        self._done: list[tuple[str, Drawing]] = []
        self._undone: list[tuple[str, Drawing]] = []
        self._gesture: tuple[str, Drawing] | None = None

    @property
    def now(self) -> Drawing:
        """The drawing as it is."""
        return self._now

    @property
    def undo_label(self) -> str | None:
        """What `undo` would undo; None where there is nothing."""
        return self._done[-1][0] if self._done else None

    @property
    def redo_label(self) -> str | None:
        """What `redo` would do again; None where there is nothing."""
        return self._undone[-1][0] if self._undone else None

    def do(self, label: str, drawing: Drawing) -> None:
        """Take what a command gave as the drawing, one step that can be undone.

        Args:
            label: What was done, such as ``"move chat"``.
            drawing: What it gave; one that equals the drawing is no step.
        """
        before, self._now = self._now, drawing
        if self._gesture is None and drawing != before:
            self._step(label, before)

    def _step(self, label: str, before: Drawing) -> None:
        self._done.append((label, before))
        del self._done[: -self._most]
        self._undone.clear()

    @contextmanager
    def gesture(self, label: str) -> Iterator[None]:
        """Everything done inside is one step; where it raises, nothing of it was done.

        Args:
            label: What the gesture is called.
        """
        if self._gesture is not None:  # a gesture within a gesture is part of it
            yield
            return
        self._gesture = (label, self._now)
        try:
            yield
        except BaseException:
            self._now = self._gesture[1]
            raise
        else:
            if self._now != self._gesture[1]:
                self._step(*self._gesture)
        finally:
            self._gesture = None

    def undo(self) -> Drawing | None:
        """Go one step back; the drawing as it is then, None where there is no step."""
        return self._turn(self._done, self._undone)

    def redo(self) -> Drawing | None:
        """Go one step forward again; the drawing as it is then, None where there is no step."""
        return self._turn(self._undone, self._done)

    def _turn(self, here: list[tuple[str, Drawing]], there: list[tuple[str, Drawing]]) -> Drawing | None:
        if not here or self._gesture is not None:
            return None
        label, drawing = here.pop()
        there.append((label, self._now))
        self._now = drawing
        return drawing

    def saved(self, drawing: Drawing) -> None:
        """Take what `save` gave as the drawing: no step, and every step knows the file as it is now.

        Args:
            drawing: One that equals the drawing as it is.
        """
        if drawing != self._now:
            raise ValueError("another drawing: do it as a step")
        self._now = drawing
        for steps in (self._done, self._undone):
            steps[:] = [(label, replace(step, origin=drawing.origin)) for label, step in steps]
