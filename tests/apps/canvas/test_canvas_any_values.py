"""Whatever stands anywhere in a file: it is refused when it is opened, or everything of the canvas shows it."""

from __future__ import annotations

import copy
import os

import pytest
import yaml

from vsmlab.apps.canvas.fields import Fields
from vsmlab.apps.canvas.filing import Filing
from vsmlab.apps.canvas.sheet import CanvasSheet
from vsmlab.apps.lab import Lab
from vsmlab.errors import InputError
from vsmlab.lab import drawing as d
from vsmlab.lab.places import scenarios_folder

PATHS = sorted(scenarios_folder().glob("*.yaml"))
VALUES = (0, -1, 1.5, "x", "", [], {}, True, None, [1], {"x": 1})
STRIDE = int(os.environ.get("VSMLAB_ANY_VALUES", "101"))
"""One case of so many is tried; 1 tries them all, which takes minutes."""
LONG = ("llm-fleet", "llm-fleet-flat", "llm-fleet-quiet")
"""Scenarios with many nodes: what they say is said by others too."""


def places(value, path=()):
    """Every place of plain values."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield (*path, key)
        yield from places(part, (*path, key))


def cases(path):
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    every = [(place, value) for place in places(document) for value in VALUES]
    stride = STRIDE * (8 if path.stem in LONG and STRIDE > 1 else 1)
    for place, value in every[len(path.stem) % stride :: stride]:
        changed = copy.deepcopy(document)
        here = changed
        for part in place[:-1]:
            here = here[part]
        here[place[-1]] = copy.deepcopy(value)
        yield ".".join(map(str, place)), value, yaml.safe_dump(changed, sort_keys=False)


def everything(sheet):
    """All that can be shown of what is drawn, at every node."""
    now = sheet.sketch.now
    d.problems(now)
    d.search(now, "x 1")
    for level in d.levels(now):
        d.view(now, level)
        d.breadcrumb(now, level)
    for row in d.table(now):
        sheet.do("show", {"id": row.id})
        sheet.parts()
        sheet.flow()
    for name in ("", *now.things):
        form = d.form(now, name)
        Fields(form, [one for one in d.problems(now) if (one.node or "") == name])
    sheet.do("show-scenario", {})
    for panel in ("table", "connect", "search", "save"):
        sheet.do("ask", {"panel": panel})
        sheet.parts()
    d.to_yaml(now)
    d.to_python(now)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_wrong_value_anywhere_is_refused_or_shown(path, tmp_path):
    lab = Lab(runs=(tmp_path / "runs",), here=tmp_path)
    for number, (place, value, text) in enumerate(cases(path)):
        (tmp_path / f"a{number}.yaml").write_text(text, encoding="utf-8")
        try:
            sheet = CanvasSheet(Filing(lab), f"a{number}.yaml")
        except InputError:
            continue
        try:
            everything(sheet)
        except Exception as exc:
            raise AssertionError(f"{place}: {value!r} gives {exc!r}") from exc
    lab.jobs.close()
