"""Drawing a scenario: all that a canvas needs but the canvas. The document is the scenario itself.

What is seen is a pure function of a `Drawing`; every gesture is a command that gives a new one.
"""

from vsmlab.lab.drawing.adding import add
from vsmlab.lab.drawing.connecting import connect, disconnect, why_not
from vsmlab.lab.drawing.copying import Clip, copy, paste
from vsmlab.lab.drawing.deleting import delete
from vsmlab.lab.drawing.drafts import Draft, Drafts
from vsmlab.lab.drawing.drawing import Drawing, Origin
from vsmlab.lab.drawing.forms import Form, form
from vsmlab.lab.drawing.history import History
from vsmlab.lab.drawing.listing import Row, levels, search, table
from vsmlab.lab.drawing.opening import losses, open_file, open_text
from vsmlab.lab.drawing.palette import Item, palette
from vsmlab.lab.drawing.ports import Port, ports_of
from vsmlab.lab.drawing.problems import Problem, problems
from vsmlab.lab.drawing.python_text import to_python
from vsmlab.lab.drawing.saving import save, to_bytes
from vsmlab.lab.drawing.setting import knock_out, move, rename, restore, set_value, unset
from vsmlab.lab.drawing.starting import named, skeleton
from vsmlab.lab.drawing.things import Thing
from vsmlab.lab.drawing.tidying import lay_out
from vsmlab.lab.drawing.viewing import Crumb, Link, Node, View, breadcrumb, view
from vsmlab.lab.drawing.yaml_text import to_yaml

__all__ = [
    "Clip",
    "Crumb",
    "Draft",
    "Drafts",
    "Drawing",
    "Form",
    "History",
    "Item",
    "Link",
    "Node",
    "Origin",
    "Port",
    "Problem",
    "Row",
    "Thing",
    "View",
    "add",
    "breadcrumb",
    "connect",
    "copy",
    "delete",
    "disconnect",
    "form",
    "knock_out",
    "lay_out",
    "levels",
    "losses",
    "move",
    "named",
    "open_file",
    "open_text",
    "palette",
    "paste",
    "ports_of",
    "problems",
    "rename",
    "restore",
    "save",
    "search",
    "set_value",
    "skeleton",
    "table",
    "to_bytes",
    "to_python",
    "to_yaml",
    "unset",
    "view",
    "why_not",
]
