"""Where the files of a scenario may lie: in its folder, in a `data` folder that belongs to it, or in vsmlab's own."""

from __future__ import annotations

from pathlib import Path

from vsmlab.errors import InputError
from vsmlab.lab.arguments import argument

_PACKAGE = Path(__file__).resolve().parents[1]


def _shipped(folder: str) -> Path:
    installed = _PACKAGE / "_shipped" / folder
    return installed if installed.is_dir() else _PACKAGE.parent / folder


def scenarios_folder() -> Path:
    """The folder of the scenarios that travel with vsmlab."""
    return _shipped("scenarios")


def data_folder() -> Path:
    """The folder of the data that travel with vsmlab."""
    return _shipped("data")


def allowed_folders(base: Path) -> tuple[Path, ...]:
    """The folders that a scenario in ``base`` may read from.

    They are its own folder, vsmlab's data, and for a folder called ``scenarios`` the ``data`` beside it.
    """
    folders = [base, data_folder()]
    if base.name == "scenarios":
        folders.append(base.parent / "data")
    return tuple(folder.resolve() for folder in folders)


def inside(base: Path, given: str, source: str, place: str) -> Path:
    """The file that a scenario in ``base`` names, with every link followed.

    What is called ``data/NAME`` and is not there is vsmlab's own file of this name, if there is one: a scenario
    that came along can be saved anywhere and still finds its data.

    Args:
        base: Folder of the scenario.
        given: The path as the scenario has it.
        source: The scenario's file, for errors.
        place: Where it names the path, for errors.

    Raises:
        InputError: If it leads outside the allowed folders (this is said before whether it exists), or is not
            a regular file.
    """
    try:
        path = (base / given).resolve()
        allowed = any(path.is_relative_to(folder) for folder in allowed_folders(base))
        own = _own(given)
        if own is not None and not (allowed and path.exists()):
            return own
    except (OSError, ValueError, RuntimeError) as exc:  # a NUL, a circle of links
        raise InputError(source, place, "not a path", given=repr(given), right="give a file's path") from exc
    if not allowed:
        right = "its files lie in the scenario's folder or in data/"
        raise InputError(source, place, "the path leads outside", given=repr(given), right=right)
    _refuse_unless_file(path, repr(given), source, place)
    return path


def _own(given: str) -> Path | None:
    """The file of vsmlab's own data that ``data/NAME`` means; None where it means none."""
    parts = Path(given).parts
    if len(parts) < 2 or parts[-2] != "data" or set(parts[:-2]) - {".."}:
        return None
    path = (data_folder() / parts[-1]).resolve()
    return path if path.is_file() else None


def anywhere(given: str | Path, place: str) -> Path:
    """The file that somebody names in the shell or in a call.

    Raises:
        InputError: If it is not a regular file.
    """
    try:
        path = Path(given).resolve()
    except (OSError, ValueError, RuntimeError) as exc:
        right = "give a file's path"
        raise InputError(argument(place), "", "not a path", given=repr(str(given)), right=right) from exc
    _refuse_unless_file(path, repr(str(given)), argument(place), "")
    return path


def _refuse_unless_file(path: Path, given: str, source: str, place: str) -> None:
    try:
        if path.is_dir():
            wrong = "it is a folder"
        elif not path.exists():
            wrong = "there is no such file"
        else:
            wrong = "" if path.is_file() else "it is not a regular file"
    except OSError as exc:  # a name too long, a folder that may not be entered
        wrong = f"it cannot be reached ({exc.strerror})"
    if wrong:
        raise InputError(source, place, wrong, given=given, right="give the path of a readable file")
