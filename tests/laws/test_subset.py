"""No law leaves the subset: numbers and rows in, numbers out, and the same bits on every machine."""

import ast
import inspect
import textwrap
from collections.abc import Callable
from typing import Any

import pytest

import vsmlab.dispatch  # noqa: F401 - brings every law
from vsmlab.laws import LAWS

REFUSED = {
    ast.Dict: "a dict", ast.Set: "a set", ast.List: "a list", ast.DictComp: "a dict", ast.SetComp: "a set",
    ast.ListComp: "a list", ast.GeneratorExp: "a generator", ast.Lambda: "a closure", ast.JoinedStr: "text",
    ast.Try: "an exception", ast.Raise: "an exception", ast.Assert: "an exception", ast.With: "a context",
    ast.Import: "an import", ast.ImportFrom: "an import", ast.Global: "a global", ast.Nonlocal: "a closure",
    ast.Yield: "a generator", ast.Await: "a coroutine", ast.ClassDef: "a class", ast.Starred: "a star",
    ast.Delete: "a deletion", ast.Is: "an object", ast.IsNot: "an object",
    ast.Pow: "a power (its last bit differs between machines)",
}  # fmt: skip
BUILTINS = frozenset(["min", "max", "int", "float", "range", "abs"])
EXACT = frozenset(["sqrt", "frexp", "ldexp"])
"""The functions of `math` that IEEE 754 or their nature makes the same everywhere."""


def leaves(law: Callable[..., Any]) -> list[str]:
    """What in a law is outside the subset."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(law))).body[0]
    assert isinstance(tree, ast.FunctionDef)
    body = tree.body[1:] if ast.get_docstring(tree) else tree.body
    found = []
    for node in (inner for statement in body for inner in ast.walk(statement)):
        where = f"line {getattr(node, 'lineno', '?')}"
        if type(node) in REFUSED:
            found.append(f"{REFUSED[type(node)]} ({where})")
        elif isinstance(node, ast.FunctionDef):
            found.append(f"a closure ({where})")
        elif isinstance(node, ast.Constant) and not isinstance(node.value, int | float):
            found.append(f"{type(node.value).__name__} {node.value!r} ({where})")
        elif isinstance(node, ast.Call):
            found += [f"{said} ({where})" for said in _calls(node, law)]
    return found


def _calls(node: ast.Call, law: Callable[..., Any]) -> list[str]:
    said = ["arguments by name"] if node.keywords else []
    if isinstance(node.func, ast.Name):
        name = node.func.id
        target = law.__globals__.get(name)
        if name not in BUILTINS and getattr(target, "__name__", None) not in (*LAWS, *INTERPRETED):
            said.append(f"a call of {name}, which is no law")
    elif not (
        isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "math"
        and node.func.attr in EXACT
    ):
        said.append(f"a call of {ast.unparse(node.func)}")
    return said


INTERPRETED = frozenset(getattr(inspect.getmodule(source), name).__name__ for name, source in LAWS.items())
"""Names of what the interpreter runs in place of a law's source."""


@pytest.mark.parametrize("name", LAWS)
def test_a_law_stays_in_the_subset(name):
    assert leaves(LAWS[name]) == []


@pytest.mark.parametrize("name", LAWS)
def test_a_law_says_the_type_of_everything_it_takes(name):
    annotations = LAWS[name].__annotations__
    assert set(inspect.signature(LAWS[name]).parameters) | {"return"} == set(annotations)


def tallies(x):
    return {1: x}[1]


def speaks(x):
    return len("abc") + x


def tries(x):
    try:
        return 1 / x
    except ZeroDivisionError:
        return 0.0


def nests(x):
    def inner(y):
        return y + x

    return inner(x)


def raises_to(x):
    return x**0.5


def prints(x):
    print(x)  # noqa: T201


def grows(x):
    return x.append(3)


WRONG = {
    tallies: "a dict",
    speaks: "str 'abc'",
    tries: "an exception",
    nests: "a closure",
    raises_to: "a power",
    prints: "a call of print",
    grows: "a call of x.append",
}


@pytest.mark.parametrize("law", WRONG, ids=lambda law: law.__name__)
def test_a_law_that_leaves_the_subset_is_told_what_it_did(law):
    assert any(WRONG[law] in said for said in leaves(law))
