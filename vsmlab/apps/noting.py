"""Notes of one run, as a form: nobody overwrites another unseen, and what was typed stays when the run goes away."""

from __future__ import annotations

from vsmlab.apps import index
from vsmlab.apps.lab import Lab
from vsmlab.apps.pages import Told
from vsmlab.errors import InputError
from vsmlab.lab.report.markup import Markup, element


class Noting:
    """The notes of a run, as one window writes them.

    Args:
        lab: Where the run is.
        name: What pages call it.

    Raises:
        InputError: If there is no such run.
    """

    def __init__(self, lab: Lab, name: str) -> None:
        self._lab, self.name = lab, name
        self._text = index.read_notes(lab.run_folder(name))
        """What the form was put up with, or what was typed and could not be kept."""
        self._had = index.sha256_of(self._text)
        self._theirs: str | None = None
        """What somebody else wrote meanwhile, once it is shown."""
        self._form = self._asked = 0
        """How often it got another text, and how often it asked to be looked at: the focus goes there."""

    def keep(self, text: str, told: Told, *, over: bool = False) -> bool:
        """Keep what was typed; whether it is kept.

        Args:
            text: What was typed.
            told: Where it is said what came of it.
            over: Whether it may take the place of what is shown as written by somebody else; not of anything newer.
        """
        had = self._had if self._theirs is None or not over else index.sha256_of(self._theirs)
        try:
            index.write_notes(self._lab.run_folder(self.name), text, had=had)
        except index.ChangedNotesError as exc:
            self._text, self._theirs, self._asked = text, exc.now, self._asked + 1
            told.refuse(
                f"The notes of {self.name} have been changed since; yours are not kept yet. Both stand below."
            )
            return False
        except InputError:
            self._text = text
            if not self._gone():
                raise
            self._asked += 1
            told.refuse(f"{self.name} is not there any more: your notes are not kept. Copy them from below.")
            return False
        self._text, self._theirs, self._asked = text, None, 0
        self._had = index.sha256_of(index.read_notes(self._lab.run_folder(self.name)))
        told.say(f"The notes of {self.name} are kept.")
        return True

    def take_theirs(self) -> None:
        """Go on with what somebody else wrote."""
        if self._theirs is not None:
            self._text, self._had, self._theirs = self._theirs, index.sha256_of(self._theirs), None
            self._form += 1

    def shown(self, label: Markup, leave: str = "") -> Markup:
        """The form.

        Args:
            label: What the text is called.
            leave: What the button says that puts it away; empty if it is always there.
        """
        gone, theirs = self._gone(), self._theirs
        text = element("textarea", self._text, name_="notes", id="notes", maxlength=str(index.MOST_NOTES),
                       readonly=gone or None, data_first="yes", data_key=f"notes-{self._form}",
                       aria_describedby="about-notes" if gone or theirs is not None else None)  # fmt: skip
        acts, why = [element("button", "Keep the notes", type="submit", class_="main")], Markup("")
        if gone:
            acts = []
            why = element("p", f"{self.name} is not there any more, so they cannot be kept: copy what you typed.",
                          id="about-notes", class_="wrong-text")  # fmt: skip
        elif theirs is not None:
            acts = [
                element(
                    "button",
                    "Keep mine instead",
                    type="button",
                    class_="main",
                    data_do="keep-mine",
                    data_key="keep-mine",
                ),
                element("button", "Take these", type="button", data_do="take-theirs"),
            ]
            said = (
                element("pre", theirs, class_="theirs") if theirs else element("p", "(none)", class_="soft")
            )
            why = element("div", element("p", "The notes have been changed since:", class_="wrong-text"), said,
                          id="about-notes")  # fmt: skip
        if leave:
            said_so = "Close" if gone else leave
            acts.append(element("button", said_so, type="button", data_do="leave"))
        return element(
            "form",
            element("label", label, for_="notes"),
            text,
            why,
            element("div", *acts, class_="row"),
            data_do="keep-note",
            class_="panel",
            data_key=f"note-{self.name}",
            data_ask=str(self._asked) if leave or self._asked else None,
        )

    def _gone(self) -> bool:
        try:
            self._lab.run_folder(self.name)
        except InputError:
            return True
        return False
