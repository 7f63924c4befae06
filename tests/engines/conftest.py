from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("engines", deadline=None, derandomize=True, database=None)
settings.load_profile("engines")

Lister = Callable[..., dict[str, Any]]


@pytest.fixture
def listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lister:
    """Makes a demand stream that is a list: arrival times, works and further columns, by way of a CSV file."""
    monkeypatch.chdir(tmp_path)
    made: list[str] = []

    def make(times: list[float], works: list[float] | float = 1.0, **rest: Any) -> dict[str, Any]:
        columns = rest.pop("columns", {})
        wide = {"work": works if isinstance(works, list) else [works] * len(times), **columns}
        lines = [",".join(["t", *wide])]
        lines += [",".join(map(repr, row)) for row in zip(times, *wide.values(), strict=True)]
        made.append(f"trace-{len(made)}.csv")
        (tmp_path / made[-1]).write_text("\n".join(lines) + "\n")
        trace = {"file": made[-1], "time": "t", "columns": {name: name for name in wide}}
        return {"to": "desk", "trace": trace, "work": {"linear": {"work": 1.0}}, **rest}

    return make
