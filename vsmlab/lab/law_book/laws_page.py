"""``docs/laws.md``: every law with equation, source, parameters and the tests that hold it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from vsmlab.dispatch import DECIDES, TABLE
from vsmlab.laws import LAWS
from vsmlab.laws.kinds import NAME_OF, ROLE_NAMES

from . import BOOK
from .entry import Entry
from .fields import field_of
from .held_by import HELD_BY
from .markdown import GENERATED, table

INTRODUCTION = (
    """\
# The laws

The behaviour of every System is a set of laws: plain functions of the receiver's rows, the time and one message.
A law touches nothing but the receiver's own rows, what it has been told, and the tasks it holds; it has no clock,
file, network or chance of its own. Here is each with its equation, where it comes from, what sets it in a
scenario ([reference](scenario.md)) and the tests that hold it. Messages, facts and measures: [anatomy](anatomy.md).

**Sources.** "Source not checked" says that we name the work from memory or from others who quote it. Beer's books
are quoted by way of his 1989 paper (*The Viable System Model: its provenance, development, methodology and
pathology*) and its glossary. "Our own choice" is just that.

**Your own law** takes the place of one of these: `vsmlab.run(scenario, laws={"load@system2": mine})`, by the kind of
message and the role; a bare role stands for its deciding law ("""
    + ", ".join(
        f"`{role}` for {' '.join(f'`{NAME_OF[kind]}@{role}`' for kind in kinds)}"
        for role, kinds in DECIDES.items()
    )
    + ").\n"
)


def first_line(function: Callable[..., Any]) -> str:
    """What a law says in words: the first paragraph of its docstring."""
    return " ".join((inspect.getdoc(function) or "").split("\n\n")[0].split())


def answered(law: Callable[..., Any]) -> list[str]:
    """Which kinds at which roles a law answers, as ``kind@role``."""
    return [f"{NAME_OF[line.kind]}@{ROLE_NAMES[line.role]}" for line in TABLE if line.law is law]


def laws_page() -> str:
    """The page."""
    parts = [GENERATED, INTRODUCTION]
    for chapter in BOOK:
        parts += [f"## {chapter.title}\n", chapter.about + "\n"]
        for entry in chapter.entries:
            parts += list(_entry(entry))
    parts += [
        "## Smaller laws\n",
        "Steps that the laws above are made of. Their words are the whole of them.\n",
    ]
    told = {entry.law for chapter in BOOK for entry in chapter.entries}
    rest = sorted((law.__module__, name) for name, law in LAWS.items() if name not in told)
    rest = [(module, name) for module, name in rest if module.startswith("vsmlab.")]
    parts.append(
        table(["law", "module", "says"], [(f"`{n}`", f"`{m}`", first_line(LAWS[n])) for m, n in rest])
    )
    return "\n".join(parts) + "\n"


def _entry(entry: Entry) -> Iterator[str]:
    law = LAWS[entry.law]
    yield f"### {entry.law}\n"
    where = f"`{law.__module__}`"
    if kinds := answered(law):
        where += "; answers " + ", ".join(f"`{kind}`" for kind in kinds)
    yield f"{first_line(law)} ({where})\n"
    yield f"```text\n{entry.equation}\n```\n"
    yield f"- Source: {entry.source}."
    for place in entry.parameters:
        field = field_of(place)
        model = place.partition(".")[0]
        limits = f", {field.allowed}" if field.allowed else ""
        given = field.default if field.default == "required" else f"default {field.default}"
        yield f"- Set by [`{place}`](scenario.md#{model.lower()}) ({given}{limits}): {field.says}"
    held = HELD_BY.get(entry.law, ())
    said = ", ".join(f"`{test}`" for test in held) if held else "no test of its own"
    yield f"- Held by: {said}\n"
