import base64
import hashlib
import re

import pytest
from html_reader import Reader

from vsmlab.lab.report.charts import Series, lines
from vsmlab.lab.report.page import Expectation, Figure, Header, Levels, Report, Section, write_page
from vsmlab.lab.report.system import DiagramOperation, DiagramSystem
from vsmlab.lab.report.table import Table, draw_table

EVIL = "<script>alert('&\"')</script>"


def read(page):
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def report(name="fleet", **given):
    child = DiagramSystem(
        "code", f"{name}.code", (DiagramOperation(name, f"{name}.code.a"),), parent_path=name
    )
    root = DiagramSystem(name, name, (DiagramOperation("code", f"{name}.code", viable=True),), "on", "on")
    chart = lines(name, [Series(name, [0.0, 1.0], [1.0, 2.0])], quantity=name)
    table = Table(name, (name, "b"), ((name, 1.5), ("y", None)))
    header = Header(
        name, name, 7, "simpy", "ab" * 32, 3600.0, 120.0, name, name, {name: name}, {name: 19_366},
        (Figure(name, name, name),), {name: name},
    )  # fmt: skip
    facts = {
        "sections": (Section("part", name, name, (Levels((root, child)), chart, table, name)),),
        "expectations": (
            Expectation(name, name, 1.0, True, name),
            Expectation("b", "at most 2", 4.2, False),
            Expectation("c", "60 ± 5", None, None),
        ),
        "not_estimable": ((name, name),),
    }
    return Report(header, **(facts | given))


def test_any_name_is_text_everywhere():
    page = read(write_page(report(EVIL)))
    assert [tag for tag, _ in page.elements].count("script") == 1
    assert EVIL in page.words
    assert not [key for _, attributes in page.elements for key in attributes if key.startswith("on")]


def test_nothing_is_asked_of_any_other_machine():
    text = write_page(report())
    page = read(text)
    addresses = [v for _, a in page.elements for k, v in a.items() if k in ("href", "src", "action", "data")]
    assert all(address.startswith("#") for address in addresses)
    assert "@import" not in text
    assert "url(" not in text
    assert set(re.findall(r"https?://[^\"' )]+", text)) == {"http://www.w3.org/2000/svg"}


def test_the_policy_allows_the_pages_own_script_and_nothing_else():
    text = write_page(report())
    script = re.search(r"<script>(.*?)</script>", text, re.DOTALL).group(1)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = next(a["content"] for _, a in read(text).elements if a.get("http-equiv"))
    assert f"script-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize("name", ["fleet", EVIL, "two words"])
def test_every_link_leads_to_a_part_of_the_page_and_identifiers_are_unique(name):
    from urllib.parse import unquote

    page = read(write_page(report(name)))
    known = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(known) == len(set(known))
    links = {unquote(a["href"][1:]) for tag, a in page.elements if tag == "a"}
    assert links
    assert links <= set(known)


def test_expectations_say_pass_fail_or_not_estimable_in_words_and_signs():
    page = read(write_page(report()))
    assert {"✓ pass", "✗ fail", "? not estimable", "✗ 2 of 3 expectations not met"} <= set(page.words)
    good = report(expectations=(Expectation("a", "at least 1", 2.0, True),))
    assert "✓ 1 expectation met" in read(write_page(good)).words
    assert not [line for line in read(write_page(report(expectations=()))).words if "expectation" in line]


def test_the_header_names_seed_engine_times_counts_versions_and_digest():
    words = read(write_page(report())).words
    assert {"7", "simpy", "60 min (3,600 s)", "120 s", "19,366", "ab" * 32} <= set(words)


def test_every_chart_has_a_table_and_every_table_a_caption_and_headed_columns():
    page = read(write_page(report()))
    tags = [tag for tag, _ in page.elements]
    assert tags.count("figure") == tags.count("figcaption") == 1
    assert tags.count("table") == tags.count("caption")
    assert all("scope" in attributes for tag, attributes in page.elements if tag == "th")


def test_what_was_not_estimable_is_said_and_so_is_that_everything_was():
    assert "What was not estimable, and why" in read(write_page(report())).words
    words = read(write_page(report(not_estimable=()))).words
    assert "Everything that was to be measured could be estimated." in words


def test_a_level_names_the_way_back_to_the_root():
    page = read(write_page(report()))
    crumbs = [a for tag, a in page.elements if tag == "nav" and a.get("class") == "crumbs"]
    assert len(crumbs) == 1
    assert "fleet.code: 1 operation" in page.words


def test_systems_that_are_each_others_parents_do_not_hang_the_page():
    one = DiagramSystem("a", "a", (), parent_path="b")
    other = DiagramSystem("b", "b", (), parent_path="a")
    assert write_page(report(sections=(Section("s", "S", "", (Levels((one, other)),)),)))


def test_a_table_aligns_numbers_and_shows_a_dash_for_what_is_missing():
    table = draw_table(Table("t", ("name", "x", "yes"), (("a", 19_366, True), ("b", None, False))))
    assert '<td class="number">19,366</td>' in table
    assert '<td class="number">–</td>' in table
    assert "<td>yes</td>" in table


def test_a_collapsed_table_keeps_its_caption_in_sight():
    assert draw_table(Table("t", ("a",), ((1,),), collapsed=True)).startswith("<details><summary>Table: t")


def test_a_row_of_another_length_is_refused():
    with pytest.raises(ValueError, match="a row of 1 cells under 2 columns"):
        Table("t", ("a", "b"), (("x",),))


def test_the_same_report_is_the_same_text():
    assert write_page(report()) == write_page(report())
