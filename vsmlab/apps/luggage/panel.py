"""Taking one's work along, on the page of runs: how much there is, down as a zip, up again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from vsmlab.apps.lab import Lab, address
from vsmlab.apps.luggage.checking import MOST_BYTES
from vsmlab.apps.luggage.items import Left, Packed
from vsmlab.apps.luggage.loads import Loads, loads
from vsmlab.apps.luggage.unpacking import KINDS, Came, names, unpack
from vsmlab.apps.pages import Told, attempt
from vsmlab.errors import InputError
from vsmlab.lab.report.markup import Markup, element, join
from vsmlab.lab.report.numerals import counted

_MOST_LEFT: Final = 50


class Panel:
    """The part of a page; its window's."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._told = Told()
        self._all, self._light = Loads(), Loads()
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
        self._all, self._light = loads(self._lab, journals=True), loads(self._lab, journals=False)

    def _offer(self) -> Markup:
        if not self._all.files:
            nothing = "There is nothing of yours here yet: no scenario, draft, run or experiment."
            return join([element("p", nothing, class_="soft"), _stays(self._all.left)])
        note = (
            "Sizes before packing. Without its journal a run can be read (figures, report), but not brought back; "
            "scenarios, drafts and experiments can. A server that forgets, such as Binder, forgets all of this."
        )
        return join([
            element("p", f"Here are {self._counted()}."),
            _offered("Download all", self._all, "yes"),
            _offered("Without journals", self._light, "no"),
            _stays(self._all.left),
            element("p", note, class_="note"),
        ])  # fmt: skip

    def _counted(self) -> str:
        items = {tuple(one.name.split("/")[:2]) for one in self._all.files}
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


def _offered(name: str, load: Loads, journals: str) -> Markup:
    """A link, or one for each part: as many as can be brought back."""
    many = len(load.zips)
    links = [
        element(
            "a",
            f"{name}, {_size(files)}" if many == 1 else f"Part {part} of {many}, {_size(files)}",
            href=address("/luggage", journals=journals, part=str(part)),
            class_="button",
            download=True,
            aria_label=None if many == 1 else f"Part {part} of {many}, {_size(files)}: {name.lower()}",
        )
        for part, files in enumerate(load.zips, 1)
    ]
    said = None if many == 1 else element("span", f"{name}, in {many} parts:")
    return element("p", said, *links, class_="row")


def _stays(left: list[Left]) -> Markup:
    """What does not come along."""
    if not left:
        return Markup("")
    rows = [element("li", f"{one.called}: {one.why}") for one in left[:_MOST_LEFT]]
    if len(left) > _MOST_LEFT:
        rows.append(element("li", f"and {len(left) - _MOST_LEFT} more"))
    return element(
        "details",
        element("summary", f"{counted(len(left), 'thing')} will not come along"),
        element("ul", *rows),
    )


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
