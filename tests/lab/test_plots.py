"""Charts of a run for notebooks, and Beer's diagram as a picture."""

import base64
import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest

import vsmlab
from vsmlab.errors import InputError
from vsmlab.lab.plots import Plots

CHARTS = ("waits", "queues", "demand", "agents", "triple", "imbalance")


@pytest.fixture(scope="module")
def plots() -> Plots:
    return vsmlab.run("bargain", until=600.0, overrides=["warmup=60"]).plot


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_is_drawn_by_bokeh(plots, name):
    hv = pytest.importorskip("holoviews")
    chart = getattr(plots, name)()
    assert hv.renderer("bokeh").get_plot(chart).state is not None


def test_a_chart_shows_the_series_of_the_report(plots):
    pytest.importorskip("holoviews")
    assert sorted(plots.queues().keys()) == ["repairs", "sales", "service"]
    assert sorted(plots.waits("crew.sales").keys()) == ["p50", "p90", "p99"]


def test_a_diagram_needs_no_holoviews_and_no_other_file(plots):
    svg = plots.diagram()._repr_svg_()
    root = ElementTree.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "crew" in svg
    assert not re.search(r"@import|url\(|\ssrc=|<script", svg)
    picture = re.search(r'src="data:image/svg\+xml;base64,([^"]*)"', plots.diagram("crew")._repr_html_())
    assert picture is not None
    assert base64.b64decode(picture[1]).decode() == svg


def test_names_that_are_not_there_are_refused(plots):
    with pytest.raises(InputError, match=r"no viable system.*crew\.sales.*one of crew"):
        plots.diagram("crew.sales")
    pytest.importorskip("holoviews")
    with pytest.raises(InputError, match="no such unit"):
        plots.waits("crew.nobody")
    with pytest.raises(InputError, match="no siblings"):
        plots.imbalance("crew.sales")


def test_without_holoviews_the_extra_is_named():
    code = (
        "import sys; sys.modules['holoviews'] = None\n"
        "import vsmlab\n"
        "plots = vsmlab.run('mm3', until=20.0, overrides=['warmup=0']).plot\n"
        "assert plots.diagram()._repr_svg_()\n"
        "try:\n    plots.waits()\nexcept vsmlab.InputError as exc:\n    print(exc)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert "vsmlab[notebook]" in said.stdout


@pytest.mark.parametrize(
    ("scenario", "names"),
    [
        ("three-four-imbalance", ("forecast", "homeostat", "audit")),
        ("algedonic-escalation", ("pains", "children")),
    ],
)
def test_charts_of_the_metasystem_are_drawn_by_bokeh(scenario, names):
    hv = pytest.importorskip("holoviews")
    plots = vsmlab.run(scenario, until=900.0, overrides=["warmup=60"]).plot
    for name in names:
        assert hv.renderer("bokeh").get_plot(getattr(plots, name)()).state is not None


def test_the_homeostat_is_that_of_the_report():
    pytest.importorskip("holoviews")
    plots = vsmlab.run("three-four-imbalance", until=300.0, overrides=["warmup=60"]).plot
    assert sorted(plots.homeostat().keys()) == [
        "System 3: now",
        "System 4: then",
        "agents there",
        "committed to",
    ]


@pytest.mark.parametrize("name", ["forecast", "homeostat", "audit"])
def test_a_system_that_is_not_there_has_no_chart(plots, name):
    pytest.importorskip("holoviews")
    with pytest.raises(InputError, match=r"crew\.sales"):
        getattr(plots, name)("crew.sales")
