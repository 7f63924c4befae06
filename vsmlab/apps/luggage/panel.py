"""Taking one's work along, on the page of runs: how much there is, down as a zip, up again."""

from __future__ import annotations

from collections.abc import Mapping

from vsmlab.apps.lab import Lab, address
from vsmlab.apps.luggage.checking import MOST_BYTES
from vsmlab.apps.luggage.items import JOURNAL, Packed, everything
from vsmlab.apps.luggage.unpacking import KINDS, Came, names, unpack
from vsmlab.apps.pages import Told, attempt
from vsmlab.errors import InputError
from vsmlab.lab.report.markup import Markup, element, join
from vsmlab.lab.report.numerals import counted


class Panel:
    """The part of a page; its window's."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._told = Told()
        self._files: list[Packed] = []
        self._count()
        self._actions = {
            "luggage": self._arrive,
            "luggage-count": lambda given: self._count(),
            "not-arrived": self._not_arrived,
            "too-large": self._too_large,
        }

    def layout(self) -> Markup:
        """The section, with the parts that change in it."""
        return element(
            "section",
            element("h2", "Take your work with you"),
            element("div", data_part="luggage-told", role="status"),
            element(
                "div",
                element("div", data_part="luggage"),
                element(
                    "div",
                    element(
                        "p",
                        element(
                            "label", "Bring it back: drop the zip here, or choose it", for_="luggage-file"
                        ),
                    ),
                    element(
                        "input",
                        type="file",
                        accept=".zip",
                        id="luggage-file",
                        aria_describedby="luggage-help",
                    ),
                    element("p", class_="note", data_arriving="yes", role="status"),
                    element(
                        "p",
                        "It is checked before anything is written. What is here already is kept as it is.",
                        class_="note",
                        id="luggage-help",
                    ),
                    class_="drop",
                    data_drop="luggage",
                    data_post=address("/arrive"),
                    data_most=str(MOST_BYTES),
                ),
                class_="two",
            ),
            class_="panel",
            aria_label="Take your work with you",
        )

    def parts(self) -> dict[str, Markup]:
        """What it shows now."""
        return {"luggage-told": self._told.shown(), "luggage": self._offer()}

    def do(self, what: str, given: Mapping[str, str]) -> None:
        """What somebody pressed or dropped."""
        attempt(self._told, self._actions, what, given)

    def _count(self) -> None:
        self._files = everything(self._lab, journals=True)

    def _offer(self) -> Markup:
        if not self._files:
            return element(
                "p",
                "There is nothing of yours here yet: no scenario, draft, run or experiment.",
                class_="soft",
            )
        without = [one for one in self._files if not one.name.endswith(f"/{JOURNAL}")]
        links = [
            element("a", f"Download all, {_size(self._files)}", href=address("/luggage", journals="yes"),
                    class_="button", download=True),
            element("a", f"Without journals, {_size(without)}", href=address("/luggage", journals="no"),
                    class_="button", download=True),
        ]  # fmt: skip
        note = (
            "Sizes before packing. Without its journal a run can be read (figures, report), but not brought back; "
            "scenarios, drafts and experiments can. A server that forgets, such as Binder, forgets all of this."
        )
        return join([
            element("p", f"Here are {self._counted()}."),
            element("p", *links, class_="row"),
            element("p", note, class_="note"),
        ])  # fmt: skip

    def _counted(self) -> str:
        items = {tuple(one.name.split("/")[:2]) for one in self._files}
        told = [
            counted(many, word)
            for kind, word in KINDS.items()
            if (many := sum(item[0] == kind and not item[1].endswith((".csv", ".parquet")) for item in items))
        ]
        return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}" if told else "files"

    # What is brought

    def _arrive(self, given: Mapping[str, str]) -> None:
        file = self._lab.arrivals.take(given.get("token", ""))
        if file is None:
            raise InputError("", "zip", "it did not arrive", right="try again")
        try:
            came = unpack(self._lab, file)
        finally:
            file.unlink(missing_ok=True)
        self._count()
        self._told.text, self._told.wrong = _said(came), bool(came.out)

    def _not_arrived(self, given: Mapping[str, str]) -> None:
        why = given.get("why", "").strip() or "the connection broke off"
        raise InputError("", "zip", f"it did not arrive ({why[:200]})", right="try again")

    def _too_large(self, given: Mapping[str, str]) -> None:
        raise InputError("", "zip", "too large", right=f"at most {MOST_BYTES:,} bytes")


def _said(came: Came) -> Markup:
    parts = [
        element("span", f"Came in: {names(came.new)}. " if came.new else "Nothing new came in. "),
        element("span", f"Kept as they were here: {names(came.kept)}. ") if came.kept else None,
    ]
    for called, why in came.out[:8]:
        parts.append(element("span", f"Left out: {called} ({why}). ", class_="wrong-text"))
    if len(came.out) > 8:
        parts.append(element("span", f"Left out besides: {len(came.out) - 8}."))
    return join(part for part in parts if part is not None)


def _size(files: list[Packed]) -> str:
    size = float(sum(one.size for one in files))
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if size >= 10 or unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
