"""The generated pages of the docs, by file name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from .anatomy_page import anatomy_page
from .laws_page import laws_page
from .scenario_page import scenario_page

PAGES: Final[dict[str, Callable[[], str]]] = {
    "laws.md": laws_page,
    "anatomy.md": anatomy_page,
    "scenario.md": scenario_page,
}
