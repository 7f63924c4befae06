"""The laws are compiled once for the whole session, before any test and any worker."""

import os
from pathlib import Path

import pytest

from vsmlab.engines import compiled

CACHE = Path(__file__).parent.parent / ".vsmlab-cache"


def pytest_configure(config: pytest.Config) -> None:
    """Machine code is kept beside the tests, not in the user's folder, and found by all that they start."""
    os.environ.setdefault("VSMLAB_CACHE", str(CACHE))
    if not hasattr(config, "workerinput") and not config.option.collectonly and compiled.available():
        compiled.prepare()
