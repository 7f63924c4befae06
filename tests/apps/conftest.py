"""A browser for the session, a lab for each module, a window for each test: see ``browser.py``."""

from __future__ import annotations

import pytest
from browser import launched, serving, window

ALWAYS = {
    "test_live_page.py": ("plays_pauses", "crashed_by_its_button"),
    "test_live_cell.py": (),
    "test_canvas_page.py": ("builds_a_viable_system", "keyboard_alone", "two_windows", "1400-False"),
    "test_browser.py": ("the_gallery_shows", "runs_to_its_end", "fits[/]"),
    "test_lab_offline.py": ("plots_and_widgets",),
    "test_sweep_browser.py": ("started_cancelled",),
}
"""Tests in a browser that every change runs; the others of these files are for `make test-slow`: browsers are slow."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        always = ALWAYS.get(item.path.name)
        if always is not None and not any(part in item.name for part in always):
            item.add_marker(pytest.mark.slow)


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
