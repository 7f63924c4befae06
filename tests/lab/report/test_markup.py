from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vsmlab.lab.report.markup import Markup, anchor, element, fit, join, link, text, text_width


@given(st.text(), st.text())
def test_any_text_in_an_element_is_well_formed_and_comes_back_as_it_was(content, attribute):
    parsed = ElementTree.fromstring(element("p", content, title=attribute))
    for given_text, read in ((content, parsed.text or ""), (attribute, parsed.attrib["title"])):
        printable = given_text.replace("\r\n", "\n").replace("\r", "\n")
        kept = [a for a, b in zip(printable, read, strict=True) if a != b and b not in "\ufffd "]
        assert kept == []


def test_markup_made_by_an_element_is_not_escaped_again():
    inner = element("b", "1 < 2")
    assert inner == "<b>1 &lt; 2</b>"
    assert element("p", inner, " & ", None) == "<p><b>1 &lt; 2</b> &amp; </p>"


def test_a_formatted_string_is_text_again_even_when_it_holds_markup():
    assert text(f"{Markup('<b>')}") == "&lt;b&gt;"


def test_pieces_are_joined_with_each_escaped():
    assert join(["<", Markup("<br>"), 3]) == "&lt;<br>3"


def test_attributes_that_are_none_or_false_are_left_out():
    assert element("g", class_=None, hidden=False, x=-0.001, y=2) == '<g x="0" y="2"></g>'


@pytest.mark.parametrize("path", ["fleet.code", "<script>alert(1)</script>", "two words", 'a"b'])
def test_a_link_leads_to_its_anchor(path):
    from urllib.parse import unquote

    assert unquote(link("system", path)[1:]) == anchor("system", path)
    assert not any(letter.isspace() for letter in anchor("system", path))


@given(st.text(max_size=60), st.floats(20, 300))
def test_a_fitted_line_fits_and_says_when_it_was_cut(line, width):
    fitted = fit(line, width, 12.0)
    assert fitted == line or (fitted.endswith("…") and line.startswith(fitted[:-1]))
    assert text_width(fitted, 12.0) <= max(width, text_width("…", 12.0))
