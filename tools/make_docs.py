"""Write the generated pages of docs/, or say which of them are out of date (``--check``)."""

from __future__ import annotations

import sys
from pathlib import Path

from vsmlab.lab.law_book.pages import PAGES

DOCS = Path(__file__).resolve().parents[1] / "docs"


def stale(docs: Path = DOCS) -> list[str]:
    """Generated pages that are missing or differ from what the code says now."""
    found = []
    for name, page in PAGES.items():
        file = docs / name
        if not file.is_file() or file.read_text(encoding="utf-8") != page():
            found.append(name)
    return found


def main(arguments: list[str]) -> int:
    """Write, or check. Returns 1 if a check finds something."""
    old = stale()
    if "--check" in arguments:
        for name in old:
            print(f"docs/{name} is out of date: make docs", file=sys.stderr)
        return 1 if old else 0
    DOCS.mkdir(exist_ok=True)
    for name in old:
        (DOCS / name).write_text(PAGES[name](), encoding="utf-8")
        print(f"docs/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
