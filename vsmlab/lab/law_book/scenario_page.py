"""``docs/scenario.md``: every field of a scenario with unit, default and range, from the models."""

from __future__ import annotations

import inspect

from vsmlab.lab.expansion import MAX_COUNT
from vsmlab.lab.scenario.base import RESERVED_NAMES

from .fields import MODELS, field_of
from .markdown import GENERATED, table
from .units_text import UNIT_OF

FIRST = ("Scenario", "Environment", "Stream", "Arrivals", "Organisation", "Node")
"""The parts in the order in which a reader meets them; the others follow by name."""

INTRODUCTION = f"""\
# The scenario

A scenario is one YAML file: an organisation, its environment, and a run of it. Times are seconds; another unit is in
the field's name. `vsmlab schema` prints the same as JSON Schema, `vsmlab validate FILE` checks a file, `vsmlab new
NAME` writes one to start from, `vsmlab scenarios` lists those that come along.

- **Names** match `[a-z][a-z0-9-]*`; a path joins them with dots from the root's name, such as `fleet.chat`. Reserved:
  {", ".join(f"`{name}`" for name in sorted(RESERVED_NAMES))}.
- **Amounts** (work, delays, gaps) are a number or one [Distribution](#distribution).
- **`extends: other.yaml`** lays a file over another. **`templates`** holds nodes or parts of nodes,
  **`like: NAME`** lays one under a node (deep merge), **`count: n`** (up to {MAX_COUNT:,}) makes operations `-1` to
  `-n`.
- **`--set a.b.c=VALUE`** overrides one value of the resolved scenario.
- `system2: off` leaves a System out; so for `system3`, `audit`, `system4`, `system5` and `management`.
  `knockout` takes away one that is there.
- `to: PATH` and `rank: NUMBER` are short for a list of one entry.
- YAML is read strictly: no aliases, no duplicate keys, `true` and `false` only, bounded depth and size.
- A trace or profile lies in the scenario's folder or in `data/`; `--trace FILE` may name any file.
  `data/NAME` that is not there is vsmlab's own file of this name.
- **`version: 1`** is frozen: it grows, but what was right stays right and means the same
  ([decision 0019](decisions/0019-version-1-is-frozen.md)).

A field that is unknown is refused with its place and what would be right.
"""


def scenario_page() -> str:
    """The page."""
    parts = [GENERATED, INTRODUCTION]
    rest = sorted(name for name in MODELS if name not in FIRST)
    for name in [*FIRST, *rest]:
        parts += [
            f"## {name}\n",
            " ".join((inspect.getdoc(MODELS[name]) or "").split()) + "\n",
            _fields(name),
            "",
        ]
    return "\n".join(parts)


def _fields(model: str) -> str:
    own = list(MODELS[model].model_fields)
    before = ""
    for base in MODELS[model].__mro__[1:]:
        if base.__name__ in MODELS:
            said = inspect.get_annotations(MODELS[model])  # what it says itself, anew or otherwise
            own = [name for name in own if name in said]
            before = f"All fields of [{base.__name__}](#{base.__name__.lower()}), and:\n\n"
            break
    rows = []
    for name in own:
        place = f"{model}.{name}"
        field = field_of(place)
        rows.append(
            (f"`{name}`", field.says, field.kind, UNIT_OF.get(place, ""), field.default, field.allowed)
        )
    return before + table(["field", "meaning", "type", "unit", "default", "range"], rows)
