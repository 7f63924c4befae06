"""What is around every page: header, navigation, heading, main part, light and dark."""

from __future__ import annotations

from typing import Any, Final

import panel as pn

from vsmlab.apps.lab import address
from vsmlab.apps.opening import Opening
from vsmlab.apps.pages import PAGES, Page
from vsmlab.apps.style import frame_script, frame_style
from vsmlab.lab.report.markup import Markup, element, text

_TEMPLATE: Final = """
{% extends base %}
{% block title %}{{ page_title }}{% endblock %}
{% block preamble %}
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<script>{{ frame_script }}</script>
{% endblock %}
{% block postamble %}<style>{{ frame_style }}</style>{% endblock %}
{% block contents %}
<a class="skip" href="#main">Skip to the content</a>
<header class="bar"><div>
  <a class="brand" href="./"><svg viewBox="0 0 24 24" aria-hidden="true"><rect x="8" y="2" width="8" height="6" rx="1"/>
    <path d="M12 8v5M5 16v-3h14v3"/><circle cx="5" cy="19" r="3"/><circle cx="19" cy="19" r="3"/></svg>vsmlab</a>
  <nav aria-label="Pages"><ul>{{ navigation }}</ul></nav>
  <button type="button" id="theme"></button>
</div></header>
<main id="main" tabindex="-1" data-page="{{ route }}">
  <h1 id="heading">{{ heading }}</h1>
  <p class="lead" id="lead"></p>
  <noscript><p>This page needs JavaScript, which comes from this server alone.</p></noscript>
  {{ embed(roots.opening) }}
  {{ embed(roots.body) }}
</main>
<p id="working" role="status"></p>
<div id="wrong" class="facts" role="alert"></div>
<div id="gone" class="facts" role="alert"></div>
{% endblock %}
"""


def framed(page: Page, opening: Opening) -> Any:  # noqa: ANN401 - a Panel template
    """A page in its frame, to be filled when its window is there. Every text in it is escaped here."""
    template = pn.Template(_TEMPLATE)
    template.add_panel("opening", opening)
    template.add_panel("body", opening.body)
    heading = page.name or "…"
    template.add_variable("page_title", str(text(f"{heading} – vsmlab")))
    template.add_variable("frame_style", frame_style())
    template.add_variable("frame_script", frame_script())
    template.add_variable("navigation", str(_navigation(page)))
    template.add_variable("route", str(text(page.route)))
    template.add_variable("heading", str(text(heading)))
    return template


def _navigation(now: Page) -> Markup:
    entries = [
        element(
            "li",
            element("a", page.name, href=address(page.route), aria_current="page" if page is now else None),
        )
        for page in PAGES
        if page.name
    ]
    return Markup("".join(entries))
