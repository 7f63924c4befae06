"""What is stored in a notebook shows without a network and without scripts: SVG or PNG, and text beside it."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MOST_BYTES = 1_000_000
STATIC = ("image/svg+xml", "image/png")
SCRIPTED = re.compile(r"bokeh|holoviews|panel|javascript|vnd\.jupyter\.widget")


def complaints(book: dict) -> list[str]:
    """Outputs that need a script or another machine to be seen."""
    found = []
    for cell in book["cells"]:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            picture = "".join("".join(data[kind]) for kind in STATIC if kind in data)
            html = "".join(data.get("text/html", ""))
            scripted = any(SCRIPTED.search(kind) for kind in data) or "<script" in html
            if scripted and not picture:
                found.append(f"{cell['id']}: needs a script, and has no picture beside it")
            if picture and "text/plain" not in data:
                found.append(f"{cell['id']}: a picture without text")
            if re.search(r"""(?:href|src|url\()\s*=?\s*["']?https?://""", picture + html):
                found.append(f"{cell['id']}: asks another machine")
    return found


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_a_stored_notebook_is_small_and_shows_its_pictures_by_itself(file):
    assert file.stat().st_size < MOST_BYTES
    book = json.loads(file.read_text(encoding="utf-8"))
    assert complaints(book) == []
    kinds = [
        kind
        for cell in book["cells"]
        for output in cell.get("outputs", [])
        for kind in output.get("data", {})
    ]
    assert set(kinds) & set(STATIC)


@pytest.mark.parametrize(
    "data",
    [
        {"application/vnd.bokehjs_exec.v0+json": "", "text/plain": "a"},
        {"text/html": "<script>1</script>", "text/plain": "a"},
        {"image/svg+xml": "<svg/>"},
        {"image/svg+xml": "<svg><image href='https://example.org/a.png'/></svg>", "text/plain": "a"},
    ],
)
def test_what_would_not_show_is_noticed(data):
    assert len(complaints({"cells": [{"id": "a", "outputs": [{"data": data}]}]})) == 1
