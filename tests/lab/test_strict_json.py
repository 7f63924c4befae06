"""JSON that anybody may have written is read, or refused with ValueError; nothing else is raised."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vsmlab.lab.strict_json import read_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)  # fmt: skip


@given(VALUES)
def test_what_can_be_written_is_read_as_it_was(value):
    assert read_json(json.dumps(value, allow_nan=False)) == value


@pytest.mark.parametrize(
    ("text", "says"),
    [("NaN", "NaN"), ("[-Infinity]", "Infinity"), ("1e999", "too large"), ("-1e999", "too large"),
     ("9" * 21, "21 digits"), ("[" * 100_000, "deep"), ("{", "Expecting"), ("", "Expecting"), (b"\xff", "utf-8")],
    ids=lambda given: str(given)[:12],
)  # fmt: skip
def test_what_is_no_plain_json_is_refused(text, says):
    with pytest.raises(ValueError, match=says):
        read_json(text)
