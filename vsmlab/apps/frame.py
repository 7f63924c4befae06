"""What is around every page: header, navigation, heading, main part, light and dark."""

from __future__ import annotations

from typing import Any, Final

import panel as pn

from vsmlab.apps.lab import address
from vsmlab.apps.pages import PAGES, Page, Shown
from vsmlab.apps.style import frame_style
from vsmlab.apps.view import View
from vsmlab.lab.report.markup import Markup, element, text

_TEMPLATE: Final = """
{% extends base %}
{% block title %}{{ page_title }}{% endblock %}
{% block preamble %}
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<script>
  (function () {
    var kept = null;
    try { kept = localStorage.getItem("vsmlab-theme"); } catch (error) { kept = null; }
    if (kept === "light" || kept === "dark") { document.documentElement.dataset.theme = kept; }
  })();
</script>
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
<main id="main" tabindex="-1">
  <h1>{{ heading }}</h1>
  {{ lead }}
  <noscript><p>This page needs JavaScript, which comes from this server alone.</p></noscript>
  {{ embed(roots.body) }}
</main>
<script>
  (function () {
    var root = document.documentElement, button = document.getElementById("theme");
    var wide = window.matchMedia("(prefers-color-scheme: dark)");
    function dark() { return root.dataset.theme ? root.dataset.theme === "dark" : wide.matches; }
    function say() {
      button.textContent = dark() ? "Light" : "Dark";
      button.setAttribute("aria-label", (dark() ? "Light" : "Dark") + " colours");
    }
    button.addEventListener("click", function () {
      root.dataset.theme = dark() ? "light" : "dark";
      try { localStorage.setItem("vsmlab-theme", root.dataset.theme); } catch (error) { /* only for this page then */ }
      say();
    });
    wide.addEventListener("change", say);
    say();
  })();
</script>
{% endblock %}
"""


def framed(page: Page, shown: Shown) -> Any:  # noqa: ANN401 - a Panel template
    """A page in its frame. Every text in it is escaped here."""
    body = shown.body
    if hasattr(body, "parts") and hasattr(body, "layout") and not isinstance(body, View):
        body = View(body)
        body.start()
    template = pn.Template(_TEMPLATE)
    template.add_panel("body", body)
    template.add_variable("page_title", str(text(f"{shown.heading} – vsmlab")))
    template.add_variable("frame_style", frame_style())
    template.add_variable("navigation", str(_navigation(page)))
    template.add_variable("heading", str(text(shown.heading)))
    template.add_variable("lead", str(element("p", shown.lead, class_="lead")) if shown.lead else "")
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
