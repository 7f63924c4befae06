"""A new drawing: a complete viable system to begin with."""

from __future__ import annotations

from vsmlab.lab.drawing.drawing import Drawing, drawn
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
            "title": f"{name}: a new viable system",
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
