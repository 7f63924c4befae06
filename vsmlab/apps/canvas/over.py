"""Panels that open over the flow, as markup: the table, connecting, search, files, and the list of keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from vsmlab.apps.canvas.fields import select
from vsmlab.apps.canvas.filing import MOST_BYTES, Filing
from vsmlab.apps.canvas.looks import LOOKS
from vsmlab.apps.canvas.panels import press
from vsmlab.apps.canvas.sketch import Sketch
from vsmlab.lab import drawing as d
from vsmlab.lab.report.markup import Markup, element, join
from vsmlab.lab.report.numerals import counted

PANELS: Final = ("table", "connect", "search", "import", "export", "save", "keys")
KEYS: Final = (
    ("Ctrl Z", "Undo"),
    ("Ctrl Shift Z, Ctrl Y", "Redo"),
    ("Ctrl C, Ctrl V", "Copy, paste"),
    ("Delete", "Delete what is selected"),
    ("Ctrl S", "Save"),
    ("/ or Ctrl F", "Search"),
    ("?", "This list"),
    ("Arrows", "Move what is selected by 20 points"),
    ("Tab", "To the next node"),
    ("Enter", "Select a node; open a child system"),
    ("Escape", "Close a panel; select nothing; go up a level"),
    ("Enter, Space", "In the palette: add the item"),
    ("Shift and drag", "Select several nodes"),
)


def asked(
    panel: str, sketch: Sketch, filing: Filing, wanted: str, ends: Mapping[str, str], wished: str = ""
) -> Markup:
    """The panel that is open over the flow."""
    if panel == "table":
        return _over("Table of everything that is drawn", _table(sketch), wide=True)
    if panel == "connect":
        return _over("Connect", _connect(sketch, ends))
    if panel == "search":
        return _over("Search", _search(sketch, wanted))
    if panel == "import":
        return _over("Import a scenario", _import())
    if panel == "export":
        return _over("Export", _export())
    if panel == "save":
        return _over("Save", _save(sketch, filing, wished))
    if panel == "keys":
        rows = [
            element("div", element("dt", element("kbd", keys)), element("dd", words)) for keys, words in KEYS
        ]
        return _over("Keyboard shortcuts", element("dl", *rows, class_="keys"))
    return Markup("")


def _over(title: str, inner: Markup, *, wide: bool = False) -> Markup:
    close = press("Close", "escape", class_="plain")
    head = element("div", element("h2", title, id="asked", tabindex="-1"), close, class_="spread")
    return element(
        "section", head, inner, class_="over wide" if wide else "over", aria_label=title, data_key=title
    )


def _table(sketch: Sketch) -> Markup:
    rows = []
    for row in d.table(sketch.now):
        here = press(row.title, "show", data_id=row.id, class_="plain")
        cells = [
            element("td", text)
            for text in (LOOKS[row.kind].word, row.level, row.joined or "–", row.figures or "–")
        ]
        rows.append(element("tr", element("th", here, scope="row"), *cells, data_key=f"row-{row.id}"))
    names = ("What", "Kind", "Level", "Joined to", "Figures")
    head = element("thead", element("tr", *(element("th", name, scope="col") for name in names)))
    caption = element(
        "caption",
        f"{counted(len(rows), 'thing')} at {counted(len(d.levels(sketch.now)), 'level')}",
        class_="soft",
    )
    return element(
        "div",
        element("table", caption, head, element("tbody", *rows)),
        class_="scroll",
        tabindex="0",
        role="region",
        aria_label="Table",
    )


def _connect(sketch: Sketch, ends: Mapping[str, str]) -> Markup:
    source, source_port, target, target_port = chosen_ends(sketch, ends)
    reason = sketch.why_not(source, source_port, target, target_port)
    rows = [
        _choice("From", "from", source, _nodes(sketch, "out")),
        _choice("its port", "from-port", source_port, _ports(sketch, source, "out")),
        _choice("To", "to", target, _nodes(sketch, "in")),
        _choice("its port", "to-port", target_port, _ports(sketch, target, "in")),
    ]
    words = reason or "This line can be drawn."
    told = element("p", words, class_="wrong-text" if reason else "note", role="status", id="can-be")
    add = element("button", "Add", type="submit", class_="main", aria_describedby="can-be")
    return element("form", element("div", *rows, class_="pairs"), told, add, data_do="join")


def chosen_ends(sketch: Sketch, ends: Mapping[str, str]) -> tuple[str, str, str, str]:
    """Node and port that a line is to go from, and to; what is not chosen yet is the first that may be, if any."""
    source = _chosen(ends.get("from", ""), _nodes(sketch, "out"))
    port = _chosen(ends.get("from-port", ""), _ports(sketch, source, "out"))
    targets = [ends["to"]] if ends.get("to") else [name for name, _ in _nodes(sketch, "in")]
    found = [
        (target, end)
        for target in targets
        for end, _ in _ports(sketch, target, "in")
        if ends.get("to-port", end) == end
    ]
    possible = (pair for pair in found if sketch.why_not(source, port, *pair) is None)
    target, target_port = next(possible, found[0] if found else ("", ""))
    return (source, port, target, target_port)


def _chosen(name: str, choices: list[tuple[str, str]]) -> str:
    known = [value for value, _ in choices]
    return name if name in known else (known[0] if known else "")


def _nodes(sketch: Sketch, way: str) -> list[tuple[str, str]]:
    return [
        (node.id, f"{node.title} ({LOOKS[node.kind].word.lower()})")
        for node in sketch.view.nodes
        if any(port.direction == way for port in node.ports)
    ]


def _ports(sketch: Sketch, name: str, way: str) -> list[tuple[str, str]]:
    node = sketch.node(name)
    ports = [] if node is None else node.ports
    return [(port.name, f"{port.name}: {port.words}") for port in ports if port.direction == way]


def _choice(words: str, name: str, now: str, choices: Iterable[tuple[str, str]]) -> Markup:
    chosen = select(now, choices, id=f"end-{name}", data_end=name)
    return element("div", element("label", words, for_=f"end-{name}"), chosen, class_="field")


def _search(sketch: Sketch, wanted: str) -> Markup:
    box = element(
        "input",
        type="search",
        data_live="wanted",
        id="wanted",
        value=wanted,
        autocomplete="off",
        placeholder="name, kind, field or value",
        spellcheck="false",
    )
    found = d.search(sketch.now, wanted) if wanted else ()
    rows = {row.id: row for row in d.table(sketch.now)} if found else {}
    items = [
        element(
            "li",
            press(row.title, "show", data_id=row.id, class_="plain"),
            element("span", f" {LOOKS[row.kind].word.lower()}, {row.level}", class_="soft small"),
        )
        for name in found[:50]
        if (row := rows.get(name)) is not None
    ]
    many = element("p", f"{len(found)} found" if wanted else "", class_="note", role="status")
    return join(
        [
            element("label", "Words, all of which are looked for", for_="wanted"),
            box,
            many,
            element("ul", *items, class_="list"),
        ]
    )


def _import() -> Markup:
    return element(
        "div",
        element("label", "A scenario file (YAML, at most 1 MB)", for_="file"),
        element("input", type="file", id="file", accept=".yaml,.yml"),
        element(
            "p",
            "It takes the place of what is drawn; one Undo brings that back. Files can be dropped on the canvas too.",
            class_="note",
        ),
        data_drop="brought",
        data_most=MOST_BYTES,
    )


def _export() -> Markup:
    forms = (
        ("yaml", "YAML", "the scenario, as Save writes it"),
        ("python", "Python", "a script that runs it"),
        ("svg", "SVG", "this level as a picture"),
        ("png", "PNG", "this level as a picture, for slides"),
    )
    rows = [
        element("li", press(name, "export", data_form=form), element("span", f" {words}", class_="soft"))
        for form, name, words in forms
    ]
    return element("ul", *rows, class_="list")


def _save(sketch: Sketch, filing: Filing, wished: str) -> Markup:
    own = filing.file_of(sketch.now)
    name = own.stem if own else wished or sketch.now.name
    return element(
        "form",
        element("label", f"Name of the file in {filing.lab.here}", for_="save-name"),
        element(
            "div",
            element(
                "input",
                id="save-name",
                name_="name",
                value=name,
                type="text",
                autocomplete="off",
                spellcheck="false",
                maxlength="64",
            ),
            element("span", ".yaml"),
            class_="row",
        ),
        element(
            "p",
            "Small letters, digits and hyphens. A file that is there already is not written over.",
            class_="note",
        ),
        element("button", "Save", type="submit", class_="main"),
        data_do="save-as",
    )
