"""What stands around the flow, as markup: bar, palette, form, problems, and what is to be decided first."""

from __future__ import annotations

from pathlib import Path

from vsmlab.apps.canvas.fields import Fields, Refused, said, wrong_here
from vsmlab.apps.canvas.filing import Filing
from vsmlab.apps.canvas.looks import LOOKS, colour_of, glyph_of
from vsmlab.apps.canvas.mirror import WORDS_OF_LINES
from vsmlab.apps.canvas.sketch import Sketch
from vsmlab.lab import drawing as d
from vsmlab.lab.drawing.things import leaf
from vsmlab.lab.report.markup import Attribute, Markup, element, join


def layout() -> Markup:
    """What stays: places for the parts, and for the flow."""
    side = [element("div", data_part=name) for name in ("run", "problems", "form")]
    return element(
        "div",
        element("div", data_part="bar"),
        element("div", data_part="notice"),
        element(
            "div",
            element("aside", data_part="palette", class_="palette", id="palette", aria_label="Palette"),
            element(
                "section",
                element(
                    "div",
                    element("nav", data_part="crumbs", aria_label="Levels"),
                    element("div", data_part="told", role="status", aria_live="polite", class_="toast"),
                    class_="way",
                ),
                element(
                    "div",
                    element("div", data_flow="yes", class_="flow"),
                    element("div", data_part="asked"),
                    class_="stage",
                ),
                class_="middle",
                aria_label="Canvas",
            ),
            element("aside", *side, class_="sides", id="sides", aria_label="Properties"),
            class_="columns",
        ),
        class_="canvas",
    )


def press(words: object, what: str, **more: Attribute) -> Markup:
    """A button that tells what was pressed."""
    return element("button", words, type="button", data_do=what, **more)


# The bar


def bar(sketch: Sketch, asked: str, *, file: Path | None = None, live: str | None = None) -> Markup:
    """The file, undo and redo, and everything that can be done: what is pressed moves nothing.

    Args:
        sketch: What is drawn.
        asked: The panel that is open.
        file: The file of one's own that it was opened from or saved to, if any.
        live: Where it can be played as it is; empty while it cannot, None where there is no such page.
    """
    history = sketch.history
    nodes = [node for node in sketch.view.nodes if node.id in sketch.selected]
    out = any(node.out or "management knocked out" in node.badges for node in nodes)
    one = len(nodes) == 1 and nodes[0].kind not in ("stream", "disturbance", "desk", "system", "policy")
    done = [
        _step("Undo", "undo", history.undo_label),
        _step("Redo", "redo", history.redo_label),
    ]
    edits = [
        press("Copy", "copy", disabled=not nodes or None),
        press("Paste", "paste", disabled=not sketch.can_paste or None),
        press("Delete", "delete", disabled=not sketch.selected or None),
        press("Restore" if out else "Knock out", "knock", disabled=not one or None, class_="knock"),
        press("Lay out", "lay-out"),
    ]
    views = [
        _opens("Search", "search", asked),
        _opens("Connect", "connect", asked),
        _opens("Table", "table", asked),
    ]
    files = [
        _opens("Import", "import", asked),
        _opens("Export", "export", asked),
        press("Save", "save"),
        _play(live),
        press("Run", "run", class_="main"),
        _opens("?", "keys", asked, aria_label="Keyboard shortcuts"),
    ]
    folds = [
        element(
            "button",
            "Palette",
            type="button",
            data_fold="palette",
            aria_controls="palette",
            aria_expanded="false",
        ),
        element(
            "button",
            "Properties",
            type="button",
            data_fold="sides",
            aria_controls="sides",
            aria_expanded="false",
        ),
    ]
    above = [element("div", *group, class_="group") for group in (done, views)]
    below = [element("div", *group, class_="group") for group in (edits, files)]
    return element(
        "div",
        _title(sketch.now, file),
        element("div", *folds, class_="group folds"),
        *above,
        element("span", class_="turn"),
        *below,
        role="toolbar",
        aria_label="Drawing",
        class_="bar",
    )


def _title(now: d.Drawing, file: Path | None) -> Markup:
    """The file and whether it says what is drawn; what the scenario is called, where that is something else."""
    state = "not saved" if now.edited else "saved" if file is not None else "shipped"
    if file is not None and now.name != file.stem:
        state += f" · {now.name or 'unnamed'}"
    name = file.name if file is not None else now.name or "unnamed"
    return element(
        "div",
        element("strong", name, class_="name"),
        element("span", state, class_="name soft small"),
        class_="title",
        title=str(file) if file is not None else None,
    )


def _play(live: str | None) -> Markup:
    if live is None:
        return Markup("")
    if not live:
        why = "It can be played once a draft of it is kept"
        return element("button", "Play", type="button", disabled=True, title=why)
    where = "Play it as it is, in a window of its own"
    return element("a", "Play", href=live, target="_blank", rel="noopener", class_="button", title=where)


def _step(word: str, what: str, label: str | None) -> Markup:
    if label is None:
        return press(word, what, disabled=True, class_="step")
    return press(word, what, class_="step", title=f"{word}: {label}", aria_label=f"{word}: {label}")


def _opens(words: str, panel: str, asked: str, **more: Attribute) -> Markup:
    return press(words, "ask", data_panel=panel, aria_expanded="true" if asked == panel else "false", **more)


def crumbs(sketch: Sketch) -> Markup:
    """The way to the level that is seen."""
    steps = d.breadcrumb(sketch.now, sketch.level)
    listed = []
    for step in steps:
        here = step.level == sketch.level
        inner = (
            element("span", step.title, aria_current="page")
            if here
            else press(step.title, "go", data_level=step.level, class_="plain")
        )
        listed.append(element("li", inner))
    back = press("Back", "go", data_level=steps[-2].level, class_="back") if len(steps) > 1 else None
    return element("div", back, element("ol", *listed), class_="crumbs")


# Left


def palette_of() -> Markup:
    """Every item, group by group: to be dragged, or added with a double click or Enter."""
    groups: dict[str, list[Markup]] = {}
    for item in d.palette():
        groups.setdefault(item.group, []).append(_item(item))
    found = [element("p", "Drag onto the canvas, double click, or press Enter.", class_="note")]
    for name, items in groups.items():
        found += [element("h2", name), element("ul", *items, class_="items")]
    return join(found)


def _item(item: d.Item) -> Markup:
    inner = [
        element("span", glyph_of(item.kind), class_="glyph", aria_hidden="true"),
        element("span", item.label),
    ]
    return element(
        "li",
        element(
            "button", *inner, type="button", draggable="true", data_item=item.kind, title=item.help,
            aria_label=f"Add {item.label}. {item.help}", style=f"--kind: var({colour_of(item.kind)})", class_="item",
        ),
    )  # fmt: skip


# Right


def form_of(sketch: Sketch, fields: Fields, refused: Refused | None = None) -> Markup:
    """The form of what is selected; of the scenario where nothing is.

    Args:
        sketch: What is drawn.
        fields: The form's fields.
        refused: What was typed last, if it could not be taken.
    """
    links = [link for name in sketch.selected if (link := sketch.link(name)) is not None]
    nodes = [node for node in sketch.view.nodes if node.id in sketch.selected]
    if len(sketch.selected) > 1:
        said_ = f"{len(nodes)} nodes and {len(links)} links" if links else f"{len(nodes)} nodes"
        names = element("ul", *(element("li", node.title) for node in nodes), class_="list small")
        return element("section", element("h2", f"{said_} selected"), names, class_="side", data_key="many")
    if links:
        return _link(sketch, links[0])
    form = fields.form
    head = _head(nodes[0]) if nodes else element("h2", "The scenario")
    left = [element("p", said(one), class_="wrong-text") for one in fields.left]
    more = None
    if fields.rest_names:
        more = element(
            "details",
            element("summary", f"More ({len(fields.rest_names)})"),
            fields.rest,
            open="open" if fields.rest_wrong else None,
        )
    empty = (
        element("p", "It has no fields of its own.", class_="soft")
        if not fields.form.schema["properties"]
        else None
    )
    name = _name(nodes[0], refused) if nodes else None
    return element(
        "section", head, *left, name, fields.first, more, empty, class_="side", data_key=f"form-{form.id}",
        aria_label=f"Properties of {nodes[0].title if nodes else 'the scenario'}",
    )  # fmt: skip


def _head(node: d.Node) -> Markup:
    look = LOOKS[node.kind]
    acts = []
    if node.opens:
        acts.append(press("Open", "go", data_level=node.opens))
    return element(
        "div",
        element(
            "p", element("span", look.glyph, class_="glyph", aria_hidden="true"), look.word, class_="kind"
        ),
        element("h2", node.title),
        element("p", " · ".join(node.badges), class_="soft small") if node.badges else None,
        element("div", *acts, class_="row") if acts else None,
        class_="head-of",
        style=f"--kind: var({look.colour})",
    )


def _name(node: d.Node, refused: Refused | None) -> Markup | None:
    if node.kind not in ("operation", "system", "stream", "desk"):
        return None
    now = leaf(node.id.removesuffix(".desk")) if node.kind == "desk" else leaf(node.id)
    label = "name of the system" if node.kind == "desk" else "name"
    wrong = refused if refused is not None and refused.place == node.id else None
    return element(
        "div",
        element("label", label, for_="rename"),
        element(
            "input", id="rename", value=wrong.typed if wrong else now, data_rename=node.id, type="text",
            autocomplete="off", spellcheck="false", maxlength="64", aria_invalid="true" if wrong else None,
            aria_describedby=f"wrong-{node.id}" if wrong else None,
        ),
        wrong_here(wrong.why, node.id) if wrong else None,
        class_="field wrong-field" if wrong else "field",
        data_key=f"rename-{node.id}",
    )  # fmt: skip


def _link(sketch: Sketch, link: d.Link) -> Markup:
    titles = {node.id: node.title for node in sketch.view.nodes}
    between = f"{titles[link.source]} {'↔' if link.both_ways else '→'} {titles[link.target]}"
    acts = []
    entry = link.line in ("demand", "hand-off")
    if link.removable:
        acts.append(press("Delete" if entry else "Cut", "delete"))
    found = [
        element("p", WORDS_OF_LINES.get(link.line, ""), class_="soft"),
        element("p", link.label),
        element("p", "Cut: " + ", ".join(link.cut), class_="wrong-text") if link.cut else None,
        element("p", "Draw it again from port to port, or with Connect, to mend it.", class_="note")
        if link.cut
        else None,
        element("div", *acts, class_="row") if acts else None,
    ]
    return element("section", element("p", link.line, class_="kind"), element("h2", between), *found, class_="side",
                   data_key=f"link-{link.id}", aria_label=f"Link {link.line}")  # fmt: skip


def problems_of(sketch: Sketch) -> Markup:
    """Everything that is wrong, each with a way to where it is."""
    wrong = d.problems(sketch.now)
    if not wrong:
        return Markup("")
    items = []
    for one in wrong[:40]:
        at = one.node or ""
        where = leaf(at) if at else "the scenario"
        go = press(f"Go to {where}", "show" if at else "show-scenario", data_id=at, data_field=f"at-{one.field}",
                    class_="plain", aria_label=f"Go to {where}: {one.field}")  # fmt: skip
        items.append(element("li", element("span", said(one)), go))
    more = element("p", f"and {len(wrong) - 40} more", class_="note") if len(wrong) > 40 else None
    many = "1 problem" if len(wrong) == 1 else f"{len(wrong)} problems"
    return element(
        "section", element("h2", many, id="problems", tabindex="-1"), element("ul", *items, class_="list small"), more,
        class_="side", aria_label="Problems",
    )  # fmt: skip


# What is told, and what is to be decided first


def told(sketch: Sketch, *, at_field: bool) -> Markup:
    """The last message.

    Args:
        sketch: What is drawn.
        at_field: Whether it stands at a field too: then it is only for those who listen.
    """
    shown = sketch.told.shown()
    return element("div", shown, class_="heard") if shown and at_field else shown


def notice(kind: str, sketch: Sketch, filing: Filing) -> Markup:
    """What is to be decided first, and what is wrong with drafts."""
    return join([_trouble(filing), _decide(kind, sketch, filing)])


def _trouble(filing: Filing) -> Markup:
    if not filing.trouble:
        return Markup("")
    text = f"{filing.trouble}. It is tried again; Save and Export keep what is drawn."
    return element("p", text, class_="message wrong", role="alert", data_key="trouble")


def _decide(kind: str, sketch: Sketch, filing: Filing) -> Markup:
    if kind == "draft" and filing.offered is not None:
        text = f"There is a draft of {filing.offered.name.partition('~')[0]} that was not saved"
        text += ", older than the file." if filing.is_older(sketch.now) else "."
        acts = [press("Restore draft", "restore-draft", class_="main"), press("Discard", "discard-draft")]
        lines: tuple[str, ...] = ()
    elif kind == "changed":
        text = (
            "The file has been changed since it was opened, perhaps in another window. Nothing was written."
        )
        lines = ()
        acts = [
            press("Save under another name", "other-name", class_="main"),
            press("Load theirs, and lose what is drawn here", "theirs", class_="danger"),
            press("Go on drawing", "leave"),
        ]
    elif kind == "losses":
        text = "Saving writes the file anew. It loses:"
        lines = d.losses(sketch.now)
        acts = [
            press("Save so", "save-so", class_="main"),
            press("Save under another name", "other-name"),
            press("Go on drawing", "leave"),
        ]
    else:
        return Markup("")
    inner = [element("p", text, id="notice", tabindex="-1")]
    if lines:
        inner.append(element("ul", *(element("li", line) for line in lines)))
    return element(
        "section",
        *inner,
        element("div", *acts, class_="row"),
        class_="message notice",
        aria_label="To be decided",
    )
