"""The compilable subset: `@law` collects functions that every engine runs from one source."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, overload

P = ParamSpec("P")
R = TypeVar("R")

LAWS: dict[str, Callable[..., Any]] = {}
"""Every function of the subset by name: what the compiled engine rebuilds."""


@overload
def law(function: Callable[P, R]) -> Callable[P, R]: ...
@overload
def law(*, interpreted: Callable[P, R]) -> Callable[[Callable[P, R]], Callable[P, R]]: ...


def law(function: Callable[P, R] | None = None, *, interpreted: Callable[P, R] | None = None) -> Any:
    """Mark a function as numbers and rows in, numbers out; undecorated in effect when interpreted.

    Args:
        function: The law itself.
        interpreted: A function with the same values that is quicker under the interpreter (a block
            buffer, say). It is what callers get; the decorated source is what is compiled. A test
            must hold the two equal.

    Raises:
        ValueError: If two laws have one name: compiled, they share one namespace.
    """

    def register(source: Callable[P, R]) -> Callable[P, R]:
        if source.__name__ in LAWS:
            raise ValueError(f"two laws are called {source.__name__}")
        LAWS[source.__name__] = source
        return source if interpreted is None else interpreted

    return register if function is None else register(function)
