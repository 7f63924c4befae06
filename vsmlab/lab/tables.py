"""Opening a table that somebody gives us: its kind, its checksum, its columns, and what is wrong with it."""

from __future__ import annotations

import difflib
import hashlib
import os
import re
import stat
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vsmlab.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

COLUMN_NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
"""What a column is called inside vsmlab."""

_PARQUET_MAGIC = b"PAR1"


def check_file(path: str | os.PathLike[str], *, max_bytes: int, what: str) -> Path:
    """The path of a readable, regular, non-empty file that is not too large.

    Args:
        path: Where the file should be.
        max_bytes: The largest size to read.
        what: What the file should be, such as ``"a trace (CSV or Parquet)"``.

    Raises:
        InputError: If there is no such file, it is not a regular file, or it is empty or too large.
    """
    source, file = os.fspath(path), Path(path)
    try:
        status = file.stat()
    except FileNotFoundError as exc:
        raise InputError(source, "", "there is no such file", right=f"give the path of {what}") from exc
    except (OSError, ValueError) as exc:
        raise InputError(source, "", f"cannot be opened ({_reason(exc)})", right=f"give {what}") from exc
    if stat.S_ISDIR(status.st_mode):
        raise InputError(source, "", "is a folder", right=f"give the file itself, {what}")
    if not stat.S_ISREG(status.st_mode):
        raise InputError(source, "", "is not a regular file", right=f"give {what}")
    if status.st_size == 0:
        raise InputError(source, "", "is empty", right=f"give {what}")
    if status.st_size > max_bytes:
        right = f"at most {max_bytes:,} bytes are read"
        raise InputError(source, "", "is too large", given=f"{status.st_size:,} bytes", right=right)
    return file


def is_parquet(file: Path) -> bool:
    """Whether a file says that it is Parquet, by its first bytes or by its name.

    Raises:
        InputError: If the file cannot be read.
    """
    try:
        with file.open("rb") as opened:
            return opened.read(4) == _PARQUET_MAGIC or file.suffix.lower() == ".parquet"
    except OSError as exc:
        raise InputError(str(file), "", f"cannot be read ({_reason(exc)})") from exc


def open_parquet(file: Path, source: str, *, max_rows: int) -> pq.ParquetFile:
    """A ``pyarrow.parquet.ParquetFile`` with at least one row and distinct column names; close it.

    Raises:
        InputError: If the file is not whole Parquet, has no rows, too many, or one name twice.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        parquet = pq.ParquetFile(file)
    except (pa.ArrowException, OSError) as exc:
        right = "give a whole Parquet file; an interrupted one has no footer"
        raise InputError(source, "", f"cannot be read as Parquet ({_reason(exc)})", right=right) from exc
    try:
        check_rows(source, parquet.metadata.num_rows, max_rows)
        names = parquet.schema_arrow.names
        twice = [name for name, count in Counter(names).items() if count > 1]
        if twice:
            right = "every column needs a name of its own"
            raise InputError(source, f"column {twice[0]}", "is there more than once", right=right)
    except InputError:
        parquet.close()
        raise
    return parquet


def read_parquet(parquet: pq.ParquetFile, source: str, columns: Sequence[str]) -> pa.Table:
    """The named columns of an open Parquet file as a ``pyarrow.Table``.

    Raises:
        InputError: If the contents are damaged.
    """
    import pyarrow as pa

    try:
        return parquet.read(columns=list(dict.fromkeys(columns)))
    except (pa.ArrowException, OSError) as exc:
        raise InputError(
            source, "", f"is damaged ({_reason(exc)})", right="give a whole Parquet file"
        ) from exc


def check_rows(source: str, rows: int, max_rows: int) -> None:
    """Refuse a table without rows or with too many.

    Raises:
        InputError: If ``rows`` is 0 or above ``max_rows``.
    """
    if rows == 0:
        raise InputError(source, "", "has column names but no rows", right="at least one row is needed")
    if rows > max_rows:
        raise InputError(
            source, f"row {max_rows + 1}", "too many rows", right=f"at most {max_rows:,} are read"
        )


def missing_column(source: str, name: str, present: Iterable[str]) -> InputError:
    """The error that says which column is not there, and which one may have been meant."""
    names = list(present)
    text = ", ".join(names[:20]) + (", ..." if len(names) > 20 else "")
    right = f"{did_you_mean(name, names)}the columns are: {text}"
    return InputError(source, f"column {name}", "there is no such column", right=right)


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """``"did you mean X? "`` for the nearest known name, or nothing when none is near.

    >>> did_you_mean("contexttokens", ["TIMESTAMP", "ContextTokens"])
    'did you mean ContextTokens? '
    """

    def plain(name: str) -> str:
        return name.casefold().replace("_", "").replace("-", "").replace(" ", "")

    folded = {plain(name): name for name in known}
    near = difflib.get_close_matches(plain(given), folded, n=1, cutoff=0.6)
    return f"did you mean {folded[near[0]]}? " if near else ""


def sha256_of(file: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal.

    Raises:
        InputError: If the file cannot be read.
    """
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as exc:
        raise InputError(str(file), "", f"cannot be read ({_reason(exc)})") from exc


def _reason(exc: Exception) -> str:
    """One line of what a library or the system said."""
    text = exc.strerror if isinstance(exc, OSError) and exc.strerror else str(exc)
    return " ".join(text.split())[:160] or type(exc).__name__
