"""What every part of a scenario shares: strictness, names, and how a part says that it is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

NAME_PATTERN = r"^[a-z][a-z0-9-]*$"
COLUMN_PATTERN = r"^[a-z][a-z0-9_]*$"

RESERVED_NAMES = frozenset(
    {"management", "system2", "system3", "audit", "system4", "system5"}
    | {"environment", "world", "process", "operator", "desk"}
)
"""Names of receivers and roles: no operation and no demand stream may have one.

None is ever added (decision 0019): a new receiver gets a name that ``NAME_PATTERN`` does not allow.
"""


class Model(BaseModel):
    """A part of a scenario: frozen, nothing unknown, no number written as text, no NaN or infinity."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


def refusal(
    wrong: str, *, right: str = "", at: Sequence[str] = (), given: object = None
) -> PydanticCustomError:
    """An error of one part of a scenario, which the loader turns into an ``InputError``.

    Args:
        wrong: What is wrong, as a clause.
        right: What would be right, as a clause.
        at: Where it is, below the part that is being validated.
        given: What was given; where it is None the part itself is shown.
    """
    context = {"wrong": wrong, "right": right, "at": tuple(at), "given": given}
    return PydanticCustomError("scenario", "{wrong}; {right}", context)


def one_of(part: Model, names: Sequence[str], what: str) -> str:
    """Which one of these fields of a part is set; refuses none and several."""
    given = [name for name in names if getattr(part, name) is not None]
    if len(given) != 1:
        wrong = f"{what} is missing" if not given else f"{len(given)} where one belongs ({', '.join(given)})"
        raise refusal(
            wrong, right=f"{what} is exactly one of {', '.join(names)}", given=", ".join(given) or None
        )
    return given[0]


def _not_reserved(name: str) -> str:
    if name in RESERVED_NAMES:
        raise refusal(f"{name!r} is a reserved name", right="choose another name")
    return name


def _one_line(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise refusal("not one line of printable text", right="give one line without control characters")
    return text


def _text(text: str) -> str:
    if any(not (char.isprintable() or char in "\n\t") for char in text):
        raise refusal("text with control characters", right="give printable text")
    return text


def _listed(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


Name = Annotated[str, Field(pattern=NAME_PATTERN, max_length=64)]
"""A name: it never needs quoting in a path, a file name or a page."""
ReceiverName = Annotated[Name, AfterValidator(_not_reserved)]
"""A name that becomes part of a path."""
Path_ = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*$", max_length=4096)]
"""Names joined by dots, from the root's name."""
Column = Annotated[str, Field(pattern=COLUMN_PATTERN, max_length=64)]
"""The name of a column as scenarios use it."""
Line = Annotated[str, Field(max_length=200), AfterValidator(_one_line)]
"""One line of text: never markup."""
Text = Annotated[str, Field(max_length=20_000), AfterValidator(_text)]
"""Text of any number of lines: never markup."""
FromList = BeforeValidator(_listed)
"""Lets a list of the file fill a tuple."""
