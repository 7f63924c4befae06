"""A drawing as a Python script that runs it."""

from __future__ import annotations

import pprint

from vsmlab.lab.drawing.canonical import canonical
from vsmlab.lab.drawing.drawing import Drawing


def to_python(drawing: Drawing) -> str:
    """A script that runs the same scenario with `vsmlab.run`, and prints the digest of its journal.

    Where the scenario names files, the script is to be run in the folder that their paths start from.

    Args:
        drawing: Any.
    """
    plain = drawing.plain()
    plain.pop("picture", None)
    literal = pprint.pformat(canonical(plain), width=100, sort_dicts=False)
    return f'''"""A scenario of vsmlab. Files that it names are looked for from the folder that this is run in."""

import vsmlab

SCENARIO = {literal}

if __name__ == "__main__":
    run = vsmlab.run(SCENARIO)
    print(run.manifest["digest"])
'''
