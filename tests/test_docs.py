"""The generated pages are up to date and complete, and what they refer to exists."""

import ast
import importlib.util
from pathlib import Path

import pytest

import vsmlab
from vsmlab.dispatch import TABLE
from vsmlab.lab.law_book import BOOK
from vsmlab.lab.law_book.anatomy_page import anatomy_page
from vsmlab.lab.law_book.anatomy_text import CHANNELS_SAY, DRAWS_SAY, PRIORITIES_SAY, ROLES_SAY
from vsmlab.lab.law_book.fields import MODELS, field_of, numeric_fields
from vsmlab.lab.law_book.held_by import HELD_BY
from vsmlab.lab.law_book.laws_page import first_line, laws_page
from vsmlab.lab.law_book.markdown import table
from vsmlab.lab.law_book.pages import PAGES
from vsmlab.lab.law_book.scenario_page import scenario_page
from vsmlab.lab.law_book.units_text import UNIT_OF
from vsmlab.lab.measures.fields import PARTS, TOP
from vsmlab.laws import LAWS, kinds

ROOT = Path(__file__).resolve().parents[1]
ENTRIES = [entry for chapter in BOOK for entry in chapter.entries]
TOLD = {entry.law for entry in ENTRIES}


def make_docs():
    spec = importlib.util.spec_from_file_location("make_docs", ROOT / "tools" / "make_docs.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def untold(answers, told):
    """Laws of the dispatch table that the law book says nothing of."""
    return sorted({line.law.__name__ for line in answers} - told)


def missing_tests(node_ids):
    """Node ids for which no such function stands in the file, read without importing it."""
    missing = []
    for node_id in node_ids:
        path, _, name = node_id.partition("::")
        file = ROOT / path
        functions = set()
        if file.is_file():
            tree = ast.parse(file.read_text(encoding="utf-8"))
            functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        if name not in functions:
            missing.append(node_id)
    return missing


def test_the_generated_pages_are_up_to_date():
    assert make_docs().stale() == [], "make docs"


def test_a_page_that_was_changed_by_hand_is_found(tmp_path):
    for name, page in PAGES.items():
        (tmp_path / name).write_text(page(), encoding="utf-8")
    assert make_docs().stale(tmp_path) == []
    (tmp_path / "laws.md").write_text(PAGES["laws.md"]() + "more\n", encoding="utf-8")
    (tmp_path / "scenario.md").unlink()
    assert make_docs().stale(tmp_path) == ["laws.md", "scenario.md"]


def test_every_law_that_answers_a_message_is_in_the_law_book():
    assert untold(TABLE, TOLD) == []


def test_a_law_without_an_entry_is_found():
    assert untold(TABLE, TOLD - {"bargain_due"}) == ["bargain_due"]


def test_every_entry_is_about_a_law_and_each_law_has_one_at_most():
    assert not TOLD - set(LAWS)
    assert len(TOLD) == len(ENTRIES)
    assert all(entry.equation and entry.source for entry in ENTRIES)


def test_every_law_of_the_package_is_on_the_page_with_what_it_says():
    page = laws_page()
    for name, law in LAWS.items():
        if law.__module__.startswith("vsmlab."):
            assert f"### {name}\n" in page or f"| `{name}` |" in page, name
            assert first_line(law), f"{name} has no docstring"


def test_every_parameter_of_a_law_is_a_field_of_the_scenario():
    for entry in ENTRIES:
        for place in entry.parameters:
            assert field_of(place).says, place
    with pytest.raises(KeyError):
        field_of("System3.temper")


def test_every_test_that_holds_a_law_exists():
    assert not set(HELD_BY) - TOLD
    assert missing_tests(test for tests in HELD_BY.values() for test in tests) == []


def test_a_test_that_does_not_exist_is_found():
    assert missing_tests(["tests/test_docs.py::test_nothing", "tests/test_nowhere.py::test_x"]) != []
    assert missing_tests(["tests/test_docs.py::test_a_test_that_does_not_exist_is_found"]) == []


def test_every_message_fact_role_channel_and_stream_is_in_the_anatomy():
    page = anatomy_page()
    for kind in kinds.MESSAGES + kinds.NOTES:
        assert f"| {kind.number} | `{kind.name}` | {kind.says} |" in page
    assert {kind.number for kind in kinds.MESSAGES} == set(range(kinds.KINDS))
    assert {line.kind for line in TABLE} == set(range(kinds.KINDS))
    assert set(ROLES_SAY) == set(kinds.ROLE_NAMES)
    assert set(CHANNELS_SAY) == set(kinds.CHANNEL_NAMES)
    assert set(DRAWS_SAY) == {name for name in vars(kinds) if name.endswith("_DRAWS")}
    assert set(PRIORITIES_SAY) >= set(kinds.PRIORITIES)


def test_every_field_of_the_scenario_is_in_the_reference_and_every_number_has_a_unit():
    page = scenario_page()
    for model, cls in MODELS.items():
        assert f"## {model}\n" in page
        for field in cls.model_fields:
            assert f"| `{field}` |" in page
    inherited = {f"Organisation.{field}" for field in MODELS["Node"].model_fields}
    assert set(numeric_fields()) - inherited - set(UNIT_OF) == set()
    for place in UNIT_OF:
        assert field_of(place).says


def test_the_anatomy_names_every_measure_of_a_run_and_no_other(tmp_path):
    stream = {"arrivals": {"poisson": {"rate": 1.5}}, "work": {"exponential": {"mean": 1.0}}}
    run = vsmlab.run(
        {
            "version": 1,
            "name": "pair",
            "title": "Two operations",
            "horizon": 200,
            "warmup": 10,
            "environment": {"demand": {"a": {**stream, "to": "pair.one"}, "b": {**stream, "to": "pair.two"}}},
            "organisation": {"name": "pair", "operations": {"one": {"agents": 2}, "two": {"agents": 2}}},
        },
        out=tmp_path / "run",
    )
    assert set(run.measures) == set(TOP)
    for part, fields in PARTS.items():
        for name, values in run.measures[part].items():
            if part != "systems" or name == "pair":
                assert set(values) == set(fields), f"{part}.{name}"


def test_a_cell_of_a_table_may_hold_a_bar():
    assert table(["a"], [["x|y"]]).splitlines()[-1] == "| x\\|y |"
