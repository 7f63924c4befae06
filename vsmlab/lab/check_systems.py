"""What must hold between Systems 3* to 5, policy, essential variables and children."""

from __future__ import annotations

import re

from vsmlab.errors import InputError
from vsmlab.lab.outline import Outline
from vsmlab.lab.scenario import Node


def check_systems(outline: Outline) -> None:
    """Refuse what one System needs and another part of the scenario does not give.

    Raises:
        InputError: With the first thing that does not fit.
    """
    _check_agents(outline)
    foreseeable = outline.scenario.foreseeable()
    felt: set[str] = set()
    for path, node in outline.everything.items():  # parents come before their children
        place = outline.places[path]
        _check_essential(outline, node, f"{place}.essential")
        if node.essential or path.rpartition(".")[0] in felt:
            felt.add(path)
        if node.viable:
            _check_children(outline, node, place)
            _check_leading(outline, node, place, foreseeable=path in foreseeable)
        else:
            _check_pain(outline, node, place, felt=path in felt)


def _check_agents(outline: Outline) -> None:
    """What policy says of agents, against those that there are and against System 3, which would hire."""
    limits, root = outline.scenario.policy.agents, outline.scenario.organisation
    if limits is None:
        return
    present = root.all_agents
    summed = f"the agents of the operations sum to {present}"
    if limits.total is not None and limits.total != present:
        _refuse(outline, "policy.agents.total", "another sum", summed, limits.total)
    if limits.least is not None and limits.least > present:
        _refuse(outline, "policy.agents.least", "fewer agents than that", summed, limits.least)
    if limits.most is not None and limits.most < present:
        _refuse(outline, "policy.agents.most", "more agents than that", summed, limits.most)
    if limits.may_change and root.system3 is None:
        place = "policy.agents.most" if limits.most is not None else "policy.agents.least"
        right = "only a System 3 of the whole organisation hires and lays off: leave least and most out"
        _refuse(outline, place, "the organisation has no System 3", right)


def _check_children(outline: Outline, node: Node, place: str) -> None:
    if node.spawn is None:
        return
    family, child = node.spawn.name, node.spawn.child
    for system, does in (("system4", "proposes"), ("system5", "decides on"), ("system3", "makes")):
        if getattr(node, system) is None:
            right = f"it {does} the children: leave `{system}: off` out"
            _refuse(outline, f"{place}.spawn", f"no {system}", right)
    if child.system3 is None:
        right = "it gives the agents back when the child is retired: leave `system3: off` out"
        _refuse(outline, f"{place}.spawn.child.system3", "no System 3", right)
    for names, inner in child.subtree():
        if not inner.viable and inner.management is None:
            where = ".operations.".join((f"{place}.spawn.child", *names))
            right = "it gives its agents back when the child is retired: leave `management: off` out"
            _refuse(outline, f"{where}.management", "no management", right)
    taken = [(f"{place}.operations", node.operations)]
    if child.spawn is None:  # a child that says nothing else has children like its parent's
        taken.append((f"{place}.spawn.child.operations", child.operations))
    for where, operations in taken:
        for name in operations:
            if is_numbered(name, family):
                right = f"children are called {family}-1 and on: choose another name here or for them"
                _refuse(outline, f"{where}.{name}", "the name of a child", right, repr(name))


def _check_leading(outline: Outline, node: Node, place: str, *, foreseeable: bool) -> None:
    if node.system4 is not None and node.system4.leading is not None and not foreseeable:
        right = "arrivals and profiles can be, a trace cannot: leave it out"
        wrong = "no stream that comes straight in here can be foreseen"
        _refuse(outline, f"{place}.system4.leading", wrong, right)


SHARES = ("utilisation", "shed_share", "failed_share")


def _check_essential(outline: Outline, node: Node, place: str) -> None:
    for name, essential in node.essential.items():
        here = f"{place}.{name}"
        if name == "p95_wait_s":
            if essential.max is None or essential.min is not None or essential.good is not None:
                right = "give max alone: what is measured is the share of waits beyond it"
                _refuse(outline, here, "a percentile has one limit", right)
        elif name in SHARES:
            for limits, inner in ((essential, here), (essential.good, f"{here}.good")):
                if limits is not None and max(limits.min or 0.0, limits.max or 0.0) > 1.0:
                    _refuse(outline, inner, "a limit above 1", "it is a share: between 0 and 1")


def _check_pain(outline: Outline, node: Node, place: str, *, felt: bool) -> None:
    if node.management is None and node.essential:
        right = "local management judges them: leave `management: off` out"
        _refuse(outline, f"{place}.essential", "no management", right)
    if node.autonomy.in_pain is None:
        return
    if node.management is None:
        right = "local management tells the operation: leave `management: off` out"
        _refuse(outline, f"{place}.autonomy.in_pain", "no management", right)
    if not felt:
        right = "give it, or a system that it is part of, an essential variable"
        _refuse(outline, f"{place}.autonomy.in_pain", "nothing can hurt here", right)


def is_numbered(name: str, family: str) -> bool:
    """Whether a name is the one of a family, or of one of its members, which are numbered at run time.

    >>> is_numbered("child-2", "child"), is_numbered("child", "child"), is_numbered("child-a", "child")
    (True, True, False)
    """
    return name == family or re.fullmatch(rf"{re.escape(family)}-[0-9]+", name) is not None


def _refuse(outline: Outline, place: str, wrong: str, right: str, given: object = None) -> None:
    raise InputError(outline.source, place, wrong, given=given, right=right)
