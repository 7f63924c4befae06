"""The README's scenario and snippet run as they stand, and its links lead somewhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from vsmlab.lab.loader import shipped_scenarios

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def block(language):
    found = re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert len(found) == 1, f"one block of {language}"
    return found[0]


def test_the_first_scenario_and_snippet_print_what_the_readme_says(tmp_path):
    (tmp_path / "two-teams.yaml").write_text(block("yaml"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", block("python")],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == block("text")


def anchors(file):
    """Anchors of a page's headings, as GitHub makes them."""
    heads = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_links_lead_somewhere(page):
    for target in set(re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))):
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), target
        if anchor:
            assert anchor in anchors(file), target


def test_every_folder_is_named_with_its_purpose():
    listed = set(re.findall(r"^\| `(\w+)/` \|", README, re.MULTILINE))
    made = {"build", "dist", "runs"}
    there = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith((".", "_"))}
    assert there - made - {name for name in there if name.endswith(".egg-info")} <= listed


def test_every_decision_is_in_the_index_and_every_scenario_in_the_changelog():
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    for file in (ROOT / "docs" / "decisions").glob("*.md"):
        assert f"(decisions/{file.name})" in index
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert [entry.name for entry in shipped_scenarios() if f"`{entry.name}`" not in changes] == []
