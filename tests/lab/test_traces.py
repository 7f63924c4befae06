"""Traces are read exactly as published, and every wrong file is refused in plain words."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vsmlab.errors import InputError
from vsmlab.lab.traces import read_trace

ROOT = Path(__file__).resolve().parents[2]
CONVERSATION = (
    Path(os.environ.get("VSMLAB_DATA") or ROOT.parent / "shared/data") / "azure-llm/conversation.csv"
)
TOKENS = {"context_tokens": "ContextTokens", "generated_tokens": "GeneratedTokens"}
PLAIN = "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46.6805900,374,44\n"


def written(folder: Path, content: str | bytes, name: str = "trace.csv") -> Path:
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def refused(
    file: Path, time: str = "TIMESTAMP", columns: dict[str, str] | None = None, **limits: int
) -> InputError:
    with pytest.raises(InputError) as caught:
        read_trace(file, time, TOKENS if columns is None else columns, **limits)
    error = caught.value
    assert error.source == str(file)
    assert "\n" not in str(error)
    return error


@pytest.mark.skipif(
    not CONVERSATION.exists(), reason=f"no published trace at {CONVERSATION} (set VSMLAB_DATA)"
)
def test_the_published_trace_is_read_as_it_is() -> None:
    trace = read_trace(CONVERSATION, "TIMESTAMP", TOKENS)
    assert trace.rows == len(trace.times) == 19_366
    assert trace.sha256 == "2f1e5b666d4e3055fdbba98598ce2ec307767b9064e03e2fa46676dbcc7d0bf8"
    assert trace.start == "2023-11-16T18:15:46.6805900"
    assert (trace.times[0], trace.times[1], trace.times[-1]) == (0.0, 4.314579, 3501.721937)
    assert trace.columns["context_tokens"][-1] == 197
    assert [values.sum() for values in trace.columns.values()] == [22_361_870, 4_088_665]
    assert [trace.columns["generated_tokens"].min(), trace.columns["generated_tokens"].max()] == [7, 1000]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["no mark", "byte-order mark"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("last", ["", "\n", "\n\n\n"], ids=["no newline", "newline", "empty rows"])
def test_line_ends_and_byte_order_marks_change_nothing(
    tmp_path: Path, mark: bytes, end: str, last: str
) -> None:
    rows = PLAIN + "2023-11-16 18:15:50.9951690,396,109" + last
    trace = read_trace(written(tmp_path, mark + rows.replace("\n", end).encode()), "TIMESTAMP", TOKENS)
    assert trace.times.tolist() == [0.0, 4.314579]
    assert trace.columns["generated_tokens"].tolist() == [44.0, 109.0]


def test_a_ten_millionth_of_a_second_is_kept(tmp_path: Path) -> None:
    rows = "t\n2023-12-31 23:59:59.9999999\n2024-01-01 00:00:00.0000000\n2024-01-01T00:00:00.000000001\n"
    assert read_trace(written(tmp_path, rows), "t", {}).times.tolist() == [0.0, 1e-7, 1.01e-7]


@given(st.lists(st.integers(0, 30 * 86_400 * 10**7), min_size=1, max_size=30).map(sorted))
def test_every_difference_of_dates_is_the_nearest_float(
    tmp_path_factory: pytest.TempPathFactory, ticks
) -> None:
    epoch = int(datetime(2023, 11, 16, tzinfo=UTC).timestamp())
    texts = []
    for tick in ticks:
        seconds, rest = divmod(tick, 10**7)
        texts.append(
            datetime.fromtimestamp(epoch + seconds, UTC).strftime("%Y-%m-%d %H:%M:%S") + f".{rest:07d}"
        )
    file = written(tmp_path_factory.mktemp("ticks"), "t\n" + "\n".join(texts))
    expected = [float(Fraction(tick - ticks[0], 10**7)) for tick in ticks]
    assert read_trace(file, "t", {}).times.tolist() == expected


def test_plain_seconds_count_from_the_first_without_losing_digits(tmp_path: Path) -> None:
    trace = read_trace(
        written(tmp_path, "t,n\n1700158546.6805900,1\n1700158546.6805901,2e3\n"), "t", {"n": "n"}
    )
    assert trace.times.tolist() == [0.0, 1e-7]
    assert trace.columns["n"].tolist() == [1.0, 2000.0]
    assert trace.start is None


def test_time_zones_are_respected(tmp_path: Path) -> None:
    rows = "t\n2024-01-01T12:00:00+01:00\n2024-01-01T11:00:01Z\n"
    trace = read_trace(written(tmp_path, rows), "t", {})
    assert (trace.times.tolist(), trace.start) == ([0.0, 1.0], "2024-01-01T12:00:00+01:00")


def test_quoted_cells_and_columns_in_another_order_are_fine(tmp_path: Path) -> None:
    rows = '"Generated\nTokens","a, b",TIMESTAMP\n"1","x,y","0"\n2,"say ""no""",0\n'
    trace = read_trace(written(tmp_path, rows), "TIMESTAMP", {"g": "Generated\nTokens"})
    assert trace.columns["g"].tolist() == [1.0, 2.0]


def test_what_is_read_cannot_be_changed_and_has_no_minus_zero(tmp_path: Path) -> None:
    trace = read_trace(written(tmp_path, "t,n\n-0.0,-0\n"), "t", {"n": "n"})
    assert not np.signbit([*trace.times, *trace.columns["n"]]).any()
    with pytest.raises(ValueError, match="read-only"):
        trace.times[0] = 1.0


CELLS = PLAIN + "2023-11-16 18:15:47.0000000,{},44\n"
TIMES = PLAIN + "{},396,109\n"
WRONG = {
    "not a number": (CELLS.format("many"), "row 3", "ContextTokens is not a number, given 'many'"),
    "no value": (CELLS.format(""), "row 3", "ContextTokens has no value"),
    "NaN": (CELLS.format("NaN"), "row 3", "not a number"),
    "infinity": (CELLS.format("-inf"), "row 3", "not a number"),
    "too large": (CELLS.format("1e999"), "row 3", "too large"),
    "negative": (CELLS.format("-5"), "row 3", "ContextTokens is negative, given '-5'"),
    "underscore": (CELLS.format("1_000"), "row 3", "not a number"),
    "digits of another script": (CELLS.format("\u0663\u0664"), "row 3", "not a number"),
    "hexadecimal": (CELLS.format("0x1f"), "row 3", "not a number"),
    "bad date": (TIMES.format("2023-11-31 18:15:46"), "row 3", "TIMESTAMP is not a time"),
    "bad hour": (TIMES.format("2023-11-16 25:15:46"), "row 3", "TIMESTAMP is not a time"),
    "ten digits": (TIMES.format("2023-11-16 18:15:47.0123456789"), "row 3", "TIMESTAMP is not a time"),
    "no time": (TIMES.format(""), "row 3", "TIMESTAMP is not a time"),
    "a number among dates": (TIMES.format("12.5"), "row 3", "TIMESTAMP is not a time"),
    "a zone among none": (TIMES.format("2023-11-16 18:15:47Z"), "row 3", "the first row has no time zone"),
    "first date is bad": ("TIMESTAMP,ContextTokens,GeneratedTokens\nnoon,1,2\n", "row 2", "is not a time"),
    "negative time": ("TIMESTAMP,ContextTokens,GeneratedTokens\n-1,1,2\n", "row 2", "negative"),
    "endless time": ("TIMESTAMP,ContextTokens,GeneratedTokens\ninf,1,2\n", "row 2", "is not a time"),
    "huge time": ("TIMESTAMP,ContextTokens,GeneratedTokens\n1e9999,1,2\n", "row 2", "too large"),
    "unsorted": (TIMES.format("2023-11-16 18:15:46.6805899"), "row 3", "sort the rows by time"),
    "ragged": (PLAIN + "2023-11-16 18:15:47,1\n", "row 3", "ragged, given 2 cells; the header has 3"),
    "too wide": (PLAIN + "2023-11-16 18:15:47,1,2,3\n", "row 3", "given 4 cells"),
    "empty row inside": (PLAIN + "\n2023-11-16 18:15:47,1,2\n", "row 3", "an empty row"),
    "NUL byte": (PLAIN + "2023-11-16 18:15:47,\0,2\n", "row 3", "NUL byte"),
    "not UTF-8": (
        PLAIN.encode() + b"2023-11-16 18:15:47,\xe9,2\n",
        "row 3",
        "is not UTF-8, given byte 0xe9 at 21",
    ),
    "UTF-16": (PLAIN.encode("utf-16"), "row 1", "NUL byte"),
    "quoted garbage": (PLAIN + '2023-11-16 18:15:47,"1"1,2\n', "row 3", "is not CSV"),
    "open quote": (PLAIN + '2023-11-16 18:15:47,"1,2\n' + "x\n" * 9, "row 3", "is not CSV"),
    "endless quote": (PLAIN + '2023-11-16 18:15:47,"1,2\n' + "x\n" * 99_999, "row 3", "is not CSV"),
    "old line ends": (PLAIN.replace("\n", "\r"), "row 1", "is not CSV"),
    "endless line": ("x" * 1_000_002, "row 1", "line is too long"),
    "semicolons": (PLAIN.replace(",", ";"), "row 1", "columns separated by semicolons"),
    "tabs": (PLAIN.replace(",", "\t"), "row 1", "columns separated by tabs"),
    "header only": ("TIMESTAMP,ContextTokens,GeneratedTokens\n", "", "has column names but no rows"),
    "empty": ("", "", "is empty"),
    "only a mark": (b"\xef\xbb\xbf", "row 1", "is empty"),
    "only line ends": ("\n\n\n", "row 1", "is empty"),
    "missing column": (
        "TIMESTAMP,contexttokens,GeneratedTokens\n0,1,2\n",
        "column ContextTokens",
        "did you mean contexttokens? the columns are: TIMESTAMP, contexttokens, GeneratedTokens",
    ),
    "column twice": (
        "TIMESTAMP,ContextTokens,ContextTokens\n0,1,2\n",
        "column ContextTokens",
        "more than once",
    ),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_csv_is_refused_with_its_place(tmp_path: Path, kind: str) -> None:
    content, place, words = WRONG[kind]
    error = refused(written(tmp_path, content))
    assert error.place == place
    assert words in str(error)


def test_a_missing_file_a_folder_and_an_impossible_name_are_refused(tmp_path: Path) -> None:
    assert "there is no such file" in str(refused(tmp_path / "none.csv"))
    assert "is a folder" in str(refused(tmp_path))
    assert "cannot be opened" in str(refused(Path("a\0b.csv")))
    assert "cannot be opened" in str(refused(Path("x" * 5000)))


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no /dev/zero here")
def test_a_device_is_refused() -> None:
    assert "is not a regular file" in str(refused(Path("/dev/zero")))


def test_too_many_rows_and_bytes_are_refused(tmp_path: Path) -> None:
    file = written(tmp_path, PLAIN + PLAIN.splitlines()[1] + "\n")
    assert "too many rows; at most 1 are read" in str(refused(file, max_rows=1))
    assert "is too large" in str(refused(file, max_bytes=50))
    with (tmp_path / "sparse.csv").open("wb") as huge:
        huge.truncate(500_000_001)
    assert "given 500,000,001 bytes" in str(refused(tmp_path / "sparse.csv"))


def parquet(folder: Path, **columns: object) -> Path:
    file = folder / "trace.parquet"
    pq.write_table(pa.table(columns), file)
    return file


@pytest.mark.parametrize(("unit", "per_second"), [("s", 1), ("ms", 10**3), ("us", 10**6), ("ns", 10**9)])
def test_parquet_timestamps_of_every_unit_are_exact(tmp_path: Path, unit: str, per_second: int) -> None:
    ticks = [1_700_158_546 * per_second, 1_700_158_546 * per_second + 1]
    file = parquet(
        tmp_path, TIMESTAMP=pa.array(ticks, pa.timestamp(unit, "UTC")), n=pa.array([1, 2], pa.uint8())
    )
    trace = read_trace(file, "TIMESTAMP", {"n": "n"})
    assert trace.times.tolist() == [0.0, 1 / per_second]
    assert trace.columns["n"].tolist() == [1.0, 2.0]
    assert trace.start is not None
    assert trace.start.startswith("2023-11-16T18:15:46")
    assert trace.start.endswith("Z")
    assert len(trace.sha256) == 64


def test_parquet_and_csv_say_the_same(tmp_path: Path) -> None:
    one = read_trace(parquet(tmp_path, t=[5.0, 5.5], n=[1.5, 2.5]), "t", {"n": "n"})
    two = read_trace(written(tmp_path, "t,n\n5.0,1.5\n5.5,2.5\n"), "t", {"n": "n"})
    assert one.times.tolist() == two.times.tolist() == [0.0, 0.5]
    assert one.columns["n"].tolist() == two.columns["n"].tolist()
    assert one.start is two.start is None


WRONG_PARQUET = {
    "missing column": ({"TIMESTAMP": [0.0], "m": [1]}, "column n", "the columns are: TIMESTAMP, m"),
    "text": ({"TIMESTAMP": [0.0], "n": ["1"]}, "column n", "wrong type, given string"),
    "lists": ({"TIMESTAMP": [0.0], "n": [[1]]}, "column n", "wrong type"),
    "dates as text": ({"TIMESTAMP": ["2023-11-16"], "n": [1]}, "column TIMESTAMP", "a timestamp or a number"),
    "no value": ({"TIMESTAMP": [0.0, 1.0], "n": [1, None]}, "row 2", "n has no value"),
    "NaN": ({"TIMESTAMP": [0.0, 1.0], "n": [1.0, float("nan")]}, "row 2", "not a finite number"),
    "negative": ({"TIMESTAMP": [0.0, 1.0], "n": [1, -1]}, "row 2", "n is negative, given -1"),
    "endless time": ({"TIMESTAMP": [0.0, float("inf")], "n": [1, 1]}, "row 2", "TIMESTAMP is not a finite"),
    "unsorted": ({"TIMESTAMP": [1, 0], "n": [1, 1]}, "row 2", "sort the rows by time"),
    "no rows": ({"TIMESTAMP": pa.array([], pa.float64()), "n": pa.array([], pa.int64())}, "", "no rows"),
}


@pytest.mark.parametrize("kind", WRONG_PARQUET)
def test_a_wrong_parquet_table_is_refused_with_its_place(tmp_path: Path, kind: str) -> None:
    columns, place, words = WRONG_PARQUET[kind]
    error = refused(parquet(tmp_path, **columns), columns={"n": "n"})
    assert error.place == place
    assert words in str(error)


def test_a_file_that_is_not_whole_parquet_is_refused(tmp_path: Path) -> None:
    whole = parquet(tmp_path, TIMESTAMP=list(range(1000)), n=list(range(1000))).read_bytes()
    for content in (
        whole[:-10],
        whole[: len(whole) // 2],
        b"PAR1",
        b"not parquet at all",
        whole[:-8] + b"\xff" * 8,
    ):
        assert "cannot be read as Parquet" in str(
            refused(written(tmp_path, content, "broken.parquet"), columns={})
        )
    damaged = whole[:40] + bytes(byte ^ 0xA5 for byte in whole[40:90]) + whole[90:]
    assert refused(written(tmp_path, damaged, "damaged.parquet"), columns={"n": "n"})
    assert "too many rows" in str(refused(written(tmp_path, whole, "long.parquet"), columns={}, max_rows=10))


def test_a_parquet_column_there_twice_is_refused(tmp_path: Path) -> None:
    table = pa.Table.from_arrays([pa.array([0.0])] * 2, names=["t", "t"])
    pq.write_table(table, tmp_path / "two.parquet")
    assert "more than once" in str(refused(tmp_path / "two.parquet", time="t", columns={}))


def test_reading_a_csv_needs_no_parquet_library(tmp_path: Path) -> None:
    file = written(tmp_path, PLAIN)
    code = (
        "import sys; from vsmlab.lab.traces import read_trace\n"
        f"read_trace({str(file)!r}, 'TIMESTAMP', {{}}); print('pyarrow' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_in_plain_words(
    tmp_path_factory: pytest.TempPathFactory, content
) -> None:
    file = written(tmp_path_factory.mktemp("bytes"), b"TIMESTAMP,n\n0,1\n" + content)
    try:
        rows = read_trace(file, "TIMESTAMP", {"n": "n"}).rows
    except InputError as error:
        rows, words = 0, str(error)
    assert rows >= 1 or str(file) in words
