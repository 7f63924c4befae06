"""Pages of an execution: a notebook as HTML that asks nothing of the network, and any page as PDF."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SECONDS: Final = 120.0

_POLICY: Final = (
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
    "script-src 'unsafe-inline' 'unsafe-eval'; img-src data: blob:; font-src data:; base-uri 'none'; "
    "form-action 'none'\">"
)
_ELSEWHERE: Final = re.compile(r'<script[^>]*\ssrc="(?:https?:)?//[^"]*"[^>]*>\s*</script>')
_MERMAID: Final = re.compile(
    r'<script type="module">(?:(?!</script>).)*mermaid(?:(?!</script>).)*</script>', re.DOTALL
)
_NARROW: Final = (
    "<style>@media print { .jp-Cell, svg { break-inside: avoid } pre { white-space: pre-wrap !important } } "
    "body { max-width: 1100px; margin: auto }</style>"
)


def write_html(book: Mapping[str, Any], file: Path, title: str) -> None:
    """Write an executed notebook as one file that shows what it has without any other file.

    Scripts that nbconvert would fetch from elsewhere (MathJax among them) are left out, and what remains is
    forbidden to fetch anything; formulas show as they were typed.
    """
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(mermaid_js_url="", mermaid_layout_elk_js_url="")
    body, _ = exporter.from_notebook_node(book, resources={"metadata": {"name": title}})
    head, mark, rest = body.partition("</head>")
    head = _MERMAID.sub("", _ELSEWHERE.sub("", head))
    before, opening, after = head.partition("<head>")
    head = f"{before}{opening}{_POLICY}{after}{_NARROW}"
    file.write_text(head + mark + rest, encoding="utf-8")


def browser() -> str | None:
    """A Chromium of this machine; None if there is none."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def write_pdf(page: Path, file: Path) -> str:
    """Print a page; returns why that was not possible, or nothing."""
    found = browser()
    if found is None:
        return f"no PDF: none of {', '.join(BROWSERS)} is on the path"
    with tempfile.TemporaryDirectory(prefix="vsmlab-pdf-", ignore_cleanup_errors=True) as own:
        command = [
            found,
            "--headless",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--no-first-run",
            "--no-pdf-header-footer",
            f"--user-data-dir={own}",
            f"--print-to-pdf={file.resolve()}",
            page.resolve().as_uri(),
        ]
        if os.geteuid() == 0:  # Chromium has no sandbox for root, and does not start without these words
            command.insert(1, "--no-sandbox")
        try:
            done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603
        except (OSError, subprocess.TimeoutExpired) as exc:
            return f"no PDF: {type(exc).__name__} of {Path(found).name}"
    if done.returncode != 0 or not file.is_file() or file.read_bytes()[:5] != b"%PDF-":
        return f"no PDF: {Path(found).name} ended with {done.returncode}"
    return ""
