"""A scenario with nothing wrong, and ways to spoil it."""

from pathlib import Path

import pytest

from vsmlab.errors import InputError
from vsmlab.lab.loader import load

RIGHT = (Path(__file__).parent / "right.yaml").read_text()

Wrong = tuple[str | bytes, tuple[str, ...]]
"""A text, and what the message about it must say."""


def folder(tmp_path: Path) -> Path:
    """The folder with the file that the scenario names."""
    (tmp_path / "mail.csv").write_text("t,Size\n1,2\n")
    return tmp_path


def swap(old: str, new: str) -> str:
    """The scenario with one part of its text, which is there once, replaced."""
    assert RIGHT.count(old) == 1, old
    return RIGHT.replace(old, new)


def plus(text: str) -> str:
    """The scenario with a line at its end."""
    return RIGHT + text + "\n"


def assert_one_clear_line(text: str | bytes, fragments: tuple[str, ...], tmp_path: Path) -> None:
    """The scenario is refused in one line that says all of this, and nothing is left behind."""
    path = folder(tmp_path) / "wrong.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError) as caught:
        load(path)
    message = str(caught.value)
    assert "\n" not in message
    assert message.isprintable()
    assert "wrong.yaml" in message or "mail.csv" in message
    for fragment in fragments:
        assert fragment in message
    assert sorted(file.name for file in tmp_path.iterdir()) == ["mail.csv", "wrong.yaml"]
