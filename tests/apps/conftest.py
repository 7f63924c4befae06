"""A browser for the session, a lab for each module, a window for each test: see ``browser.py``."""

from __future__ import annotations

import pytest
from browser import launched, serving, window


@pytest.fixture(scope="session")
def chromium():
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("lab") / "here") as lab:
        yield lab


@pytest.fixture
def page(chromium, served):
    with window(chromium, served) as opened:
        yield opened
        assert opened.watch.elsewhere == []
        assert opened.watch.errors == []
