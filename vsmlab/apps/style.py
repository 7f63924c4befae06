"""How the lab looks: the report's colours and faces, around and inside every page."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from vsmlab.lab.report.style import colours, figure_rules

_HERE = Path(__file__).parent


@cache
def frame_style() -> str:
    """The style sheet around every page: colours light and dark, header, headings."""
    light, dark = colours(dark=False), colours(dark=True)
    chosen = (
        f":root {{{light}}}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root:not([data-theme=light]) {{{dark}}} }}\n"
        f"@media screen {{ :root[data-theme=dark] {{{dark}}} }}\n"
    )
    return chosen + (_HERE / "frame.css").read_text(encoding="utf-8")


@cache
def frame_script() -> str:
    """What every page does by itself."""
    return (_HERE / "frame.js").read_text(encoding="utf-8")


@cache
def view_style() -> str:
    """The style sheet inside a sheet; colours come from around it."""
    return figure_rules() + (_HERE / "view.css").read_text(encoding="utf-8")
