"""Pictures of several runs for notebooks."""

import re
from xml.etree import ElementTree

import pytest

import vsmlab
from vsmlab.errors import InputError
from vsmlab.lab.pictures import Picture, agents, compare_imbalance, compare_waits


@pytest.fixture(scope="module")
def runs() -> dict[str, vsmlab.Run]:
    return {
        name: vsmlab.run("bargain", until=1800.0, overrides=["warmup=60", f"knockout={out}"])
        for name, out in {"with System 3": "[]", "without": "[system3]"}.items()
    }


def texts(picture: Picture) -> list[str]:
    root = ElementTree.fromstring(picture.svg)
    return ["".join(one.itertext()) for one in root.iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.parametrize("draw", [compare_waits, compare_imbalance])
def test_a_comparison_names_every_run_and_carries_its_title(runs, draw):
    picture = draw(runs)
    shown = texts(picture)
    assert picture.title in shown
    assert "with System 3" in shown
    assert "without" in shown
    assert str(picture).startswith(f"{picture.title}. ")
    assert picture._repr_svg_() == picture.svg


def test_agents_are_drawn_for_every_operation(runs):
    assert {"sales", "service", "repairs"} <= set(texts(agents(runs["with System 3"])))
    assert agents(runs["without"]).summary.count("from 4 to 4") == 3


def test_waits_without_system3_are_longer_in_the_picture_too(runs):
    greatest = dict(
        re.findall(r"(with System 3|without): from \S+ \S+ to ([\d.]+) s", compare_waits(runs).summary)
    )
    assert float(greatest["without"]) > float(greatest["with System 3"])


def test_a_picture_needs_no_other_file_and_is_small(runs):
    svg = compare_waits(runs).svg
    assert not re.search(r"@import|url\(|\ssrc=|<script|<image", svg)
    assert len(svg) < 30_000


def test_what_cannot_be_drawn_is_refused(runs):
    with pytest.raises(InputError, match="nothing to compare"):
        compare_waits({})
    with pytest.raises(InputError, match="no such unit"):
        compare_waits(runs, "crew.nobody")
    with pytest.raises(InputError, match="no siblings"):
        compare_imbalance(runs, "crew.sales")
    with pytest.raises(InputError, match="no operations"):
        agents(runs["without"], "crew.sales")
