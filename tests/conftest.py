"""The laws are compiled once for the whole session, before any test and any worker."""

import os
from pathlib import Path

import pytest

from vsmlab.engines import compiled

LONG = ("test_notebooks.py", "test_in_jupyterlab.py", "test_checkpoints.py", "test_bench.py", "test_canvas_page.py",
        "test_nightly.py", "test_balance.py", "test_transfer_entropy.py", "test_entropy_estimates.py")  # fmt: skip
"""Files that take longest: begun first, they do not keep one worker busy when the others have nothing left."""
CACHE = Path(__file__).parent.parent / ".vsmlab-cache"


def pytest_configure(config: pytest.Config) -> None:
    """Machine code is kept beside the tests, not in the user's folder, and found by all that they start."""
    os.environ.setdefault("VSMLAB_CACHE", str(CACHE))
    if not hasattr(config, "workerinput") and not config.option.collectonly and compiled.available():
        compiled.prepare()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, the others as they were found."""
    order = {name: place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: order.get(item.path.name, len(LONG)))
