"""YAML from strangers becomes plain values or one clear message."""

import json
import string
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from vsmlab.errors import InputError
from vsmlab.lab.yaml_reader import MAX_DEPTH, parse_mapping, parse_value, read_yaml

VALUES = [
    ("on", "on"),
    ("off", "off"),
    ("yes", "yes"),
    ("No", "No"),
    ("true", True),
    ("FALSE", False),
    ("~", None),
    ("null", None),
    ("12:30:00", "12:30:00"),
    ("2023-11-16", "2023-11-16"),
    ("1_000", "1_000"),
    ("0777", 777),
    ("0o17", 15),
    ("0x1F", 31),
    ("-3", -3),
    ("1e-3", 0.001),
    ("1.5e3", 1500.0),
    ("1E5", 100000.0),
    (".5", 0.5),
    ("5.", 5.0),
    ("NaN", "NaN"),
    ("inf", "inf"),
    ("'1'", "1"),
    ('"on"', "on"),
    ("<script>", "<script>"),
    ("{a: [1, {b: c}]}", {"a": [1, {"b": "c"}]}),
    ("|\n  two\n  lines\n", "two\nlines\n"),
]


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_scalars_follow_the_core_schema_of_yaml_1_2(text, value):
    found = parse_value(text, "s.yaml")
    assert found == value
    assert type(found) is type(value)


def test_zero_has_no_sign():
    assert str(parse_value("-0.0", "")) == "0.0"


REFUSED = [
    ("&a [1]", "anchor"),
    ("[&a 1, *a]", "anchor"),
    ("*a", "alias"),
    ("!!python/object/apply:os.system [ls]", "tag"),
    ("!!str 1", "tag"),
    ("! x", "tag"),
    ("{a: 1, a: 2}", "twice"),
    ("{'a': 1, a: 2}", "twice"),
    ("{1: 2}", "key that is not text"),
    ("{true: 2}", "key that is not text"),
    ("? [a]\n: 1", "key that is not text"),
    (".inf", "not finite"),
    ("-.Inf", "not finite"),
    (".nan", "not finite"),
    ("1e999", "too large a number"),
    ("9" * 50, "too long a number"),
    ("9" * 5000, "too long a number"),
    ("0x" + "f" * 5000, "too long a number"),
    ("--- a\n--- b", "second document"),
    ("a: b: c", "colon"),
    ("a:\n\t- 1", "tabs"),
    ("[1, 2", "not YAML"),
    ("[a]]", "not YAML"),
    ('"\\ud800"', "half a character"),
    ('"\\U00110000"', "not YAML"),
    ("a: \x07", "U+0007"),
    ("%YAML 2.0\n--- a", "not YAML"),
    ("", "nothing"),
]


@pytest.mark.parametrize(("text", "fragment"), REFUSED)
def test_what_is_not_plain_is_refused(text, fragment):
    with pytest.raises(InputError) as caught:
        parse_value(text, "s.yaml")
    message = str(caught.value)
    assert message.startswith("s.yaml: ")
    assert fragment in message
    assert "\n" not in message


@pytest.mark.parametrize(
    "text", ["[" * 3000, "[" * 3000 + "]" * 3000, "{a: " * 3000, "- " * 3000, "? " * 3000]
)
def test_three_thousand_brackets_are_one_clear_message(text):
    with pytest.raises(InputError, match=f"nested too deeply; at most {MAX_DEPTH} levels"):
        parse_value(text, "")


def test_the_deepest_nesting_allowed_is_read():
    value = parse_value("[" * MAX_DEPTH + "]" * MAX_DEPTH, "")
    for _ in range(MAX_DEPTH - 1):
        value = value[0]
    assert value == []


def test_errors_name_line_and_column():
    with pytest.raises(InputError) as caught:
        parse_value("a: 1\nb:\n  - c\n  - *x\n", "s.yaml")
    assert caught.value.place == "line 4, column 5"


def test_an_alias_bomb_is_refused_at_its_first_anchor():
    levels = [f"{name}: &{name} [{', '.join(['*' + before] * 9)}]" for before, name in pairwise("abcdefgh")]
    with pytest.raises(InputError, match="an anchor, given &a"):
        parse_mapping(("a: &a [lol]\n" + "\n".join(levels)).encode(), "")


def test_too_many_values_are_refused():
    with pytest.raises(InputError, match="too many values"):
        parse_mapping(b"a: [" + b"1," * 100_001 + b"]", "")


def test_a_byte_order_mark_is_accepted():
    assert parse_mapping(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n", "") == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    ("data", "fragment"),
    [
        (b"", "is empty"),
        (b" \n \n", "is empty"),
        (b"# only a remark\n", "nothing is there"),
        (b"- a\n- b\n", "is not a mapping, given a list"),
        (b"text", "is not a mapping, given text"),
        (b"a: \xe4\n", "line 1: is not UTF-8, given byte 0xe4"),
        ("a: 1".encode("utf-16"), "is not UTF-8"),
        (b"a: '" + b"x" * 1_000_000 + b"'", "is too large"),
    ],
)
def test_a_file_that_is_not_one_small_mapping_is_refused(data, fragment):
    with pytest.raises(InputError) as caught:
        parse_mapping(data, "s.yaml")
    assert fragment in str(caught.value)


def test_a_folder_and_a_missing_file_are_refused(tmp_path: Path):
    with pytest.raises(InputError, match="is a folder"):
        read_yaml(tmp_path)
    with pytest.raises(InputError, match="no such file"):
        read_yaml(tmp_path / "nothing.yaml")
    with pytest.raises(InputError, match="no such file"):
        read_yaml(Path("a\0b"))


def read_or_refused(read):
    refused = None
    try:
        return read()
    except InputError as exc:
        refused = str(exc)
    assert refused.isprintable()
    return {}


TEXTS = st.text(st.sampled_from("ab1:-[]{}&*!|>'\"%@`#,?~ \n\t.é\ud800\x00\\") | st.characters(), max_size=60)


@given(TEXTS)
def test_any_text_is_read_or_refused(text):
    read_or_refused(lambda: parse_value(text, "s.yaml"))


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data):
    assert isinstance(read_or_refused(lambda: parse_mapping(data, "s.yaml")), dict)


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(string.ascii_letters + string.digits + " .:-#'\"", max_size=12),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.text(string.ascii_letters, min_size=1, max_size=6), inner, max_size=4),
    max_leaves=12,
)


@given(PLAIN)
def test_what_json_says_is_read_back(value):
    text = yaml.safe_dump(value, default_style='"', allow_unicode=True) if isinstance(value, str) else None
    found = parse_value(text if text is not None and "!!" not in text else json.dumps(value), "")
    assert found == value
