"""Users' own laws: which place each takes, and what the manifest says of it."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from vsmlab.dispatch import DECIDES, TABLE, Law
from vsmlab.errors import InputError
from vsmlab.laws.kinds import NAME_OF, ROLE_NAMES


def placed(laws: Mapping[str, Law]) -> dict[tuple[int, int], Law]:
    """Laws by (kind, role).

    Args:
        laws: By ``"kind@role"``, such as ``"load@system2"``, or by a bare role that decides.

    Raises:
        InputError: If a name stands for no law, or what was given cannot be called.
    """
    places = {f"{NAME_OF[line.kind]}@{ROLE_NAMES[line.role]}": [(line.kind, line.role)] for line in TABLE}
    for role, kinds in DECIDES.items():
        places[role] = [(kind, ROLE_NAMES.index(role)) for kind in kinds]
    if not isinstance(laws, Mapping):
        raise InputError("", "laws", "not a mapping", given=repr(laws), right='{"load@system2": mine}')
    found: dict[tuple[int, int], Law] = {}
    for name, law in laws.items():
        if name not in places:
            close = get_close_matches(name, places, 1)
            right = (
                f"did you mean {close[0]!r}?" if close else "a law is named kind@role, such as load@system2"
            )
            raise InputError("", "laws", "there is no such law", given=name, right=right)
        if not callable(law):
            right = "a function of (state, unit, now, message)"
            raise InputError("", f"laws.{name}", "not a function", given=repr(law), right=right)
        try:
            inspect.signature(law).bind(None, None, 0.0, None)
        except TypeError as exc:
            right = "a function of (state, unit, now, message)"
            raise InputError("", f"laws.{name}", f"cannot be called as a law ({exc})", right=right) from exc
        except ValueError:
            pass  # a callable without a signature shows itself when it is called
        found |= dict.fromkeys(places[name], law)
    return found


def described(laws: Mapping[str, Law]) -> list[dict[str, Any]]:
    """What came from outside: names and hashes of the source."""
    told = []
    for place, law in laws.items():
        try:
            source = inspect.getsource(law)
        except (OSError, TypeError):
            source = ""
        digest = hashlib.sha256(source.encode()).hexdigest() if source else None
        told.append({"place": place, "law": getattr(law, "__qualname__", repr(law)), "source_sha256": digest})
    return told
