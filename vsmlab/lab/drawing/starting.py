"""A new drawing: a complete viable system to begin with, and the name that it gets when it is saved."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from vsmlab.errors import InputError
from vsmlab.lab.drawing.drawing import Drawing, changed, drawn
from vsmlab.lab.drawing.setting import rename
from vsmlab.lab.drawing.shape import check_name


def skeleton(name: str) -> Drawing:
    """A new drawing: Systems 1 to 5 with one operation and one stream, which runs as it is.

    Args:
        name: Name of the scenario and of its organisation.

    Raises:
        InputError: If it cannot be a name.

    >>> skeleton("crew").load().scenario.title
    'crew: a new viable system'
    """
    check_name(name, "drawing", "name")
    document, places = drawn(
        {
            "version": 1,
            "name": name,
            "title": _title(name),
            "horizon": 3600,
            "warmup": 300,
            "environment": {
                "demand": {
                    "demand": {
                        "arrivals": {"poisson": {"rate": 0.5}},
                        "work": {"exponential": {"mean": 3}},
                        "to": name,
                    }
                }
            },
            "organisation": {"name": name, "operations": {"operation": {"agents": 2}}},
        }
    )
    return Drawing(document, places)


def named(drawing: Drawing, was: str, name: str) -> Drawing:
    """A new drawing under another name: scenario, title and organisation, each as far as nobody has named it.

    What names the organisation by its path, such as an expectation or a knock-out, follows.

    Args:
        drawing: A drawing that began as `skeleton`.
        was: The name that it began with.
        name: The name that it gets. Where an organisation cannot be called so, it keeps its own.

    >>> crew = named(skeleton("new-system"), "new-system", "crew")
    >>> crew == skeleton("crew")
    True
    """
    if name == was:
        return drawing
    if drawing.root == was:
        with suppress(InputError):  # a reserved name: it is one of the file and the scenario alone
            drawing = rename(drawing, was, name)
    document = dict(drawing.document)
    if document.get("name") == was:
        document["name"] = name
    if document.get("title") == _title(was):
        document["title"] = _title(name)
    return replace(changed(drawing, document), said=(), made=())


def _title(name: str) -> str:
    return f"{name}: a new viable system"
