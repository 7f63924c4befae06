"""Known data sets are what they say, and fetching one leaves the right file or nothing."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from vsmlab.errors import InputError, PeerError
from vsmlab.lab import datasets
from vsmlab.lab.datasets import DATASETS, cache_folder, dataset, fetch, find, open_https

ROOT = Path(__file__).resolve().parents[2]
CONTENT = b"TIMESTAMP,n\n0,1\n" * 10_000
KNOWN = "a-known-set"


@pytest.fixture(autouse=True)
def known() -> Iterator[None]:
    """A data set of ours among the known ones, for one test."""
    DATASETS[KNOWN] = dataclasses.replace(
        DATASETS["azure-llm-2023"],
        name=KNOWN,
        url="https://example.org/known.csv",
        sha256=hashlib.sha256(CONTENT).hexdigest(),
        size_bytes=len(CONTENT),
        file="known.csv",
        also=("elsewhere/known.csv",),
    )
    yield
    del DATASETS[KNOWN]


def giving(content: bytes, asked: list[str] | None = None) -> datasets.OpenUrl:
    def open_url(url: str) -> AbstractContextManager[datasets.Readable]:
        if asked is not None:
            asked.append(url)
        return io.BytesIO(content)

    return open_url


def refuse(url: str) -> AbstractContextManager[datasets.Readable]:
    raise AssertionError(f"{url} must not be opened")


def test_every_known_data_set_says_where_it_comes_from_and_under_which_licence() -> None:
    for name, data in DATASETS.items():
        assert name == data.name
        assert data.url is None or data.url.startswith("https://")
        assert data.licence.startswith("CC BY 4.0")
        assert len(data.sha256) == 64
        assert data.size_bytes > 0
        assert data.title
        assert data.source
        assert data.columns
        assert data.use


def test_the_shipped_profile_is_the_one_in_the_list() -> None:
    data = dataset("llm-requests-2023")
    assert datasets.is_copy(data, ROOT / "data" / data.file)


def test_a_fetched_file_has_its_own_name_and_nothing_else_is_left(tmp_path: Path) -> None:
    asked: list[str] = []
    file = fetch(KNOWN, tmp_path / "new" / "folder", open_url=giving(CONTENT, asked))
    assert file == tmp_path / "new" / "folder" / "known.csv"
    assert file.read_bytes() == CONTENT
    assert list(file.parent.iterdir()) == [file]
    assert asked == ["https://example.org/known.csv"]
    assert fetch(KNOWN, file.parent, open_url=refuse) == file


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (CONTENT[:-1] + b"x", "SHA-256"),
        (CONTENT[:-1], "bytes instead of"),
        (CONTENT + b"x", "more than the 160,000 bytes"),
        (b"", "0 bytes instead of"),
        (b"<html>not found</html>", "bytes instead of"),
    ],
)
def test_wrong_bytes_are_refused_and_leave_nothing(tmp_path: Path, content: bytes, words: str) -> None:
    for folder in (tmp_path, tmp_path / "new"):
        with pytest.raises(PeerError, match=words):
            fetch(KNOWN, folder, open_url=giving(content))
    assert list(tmp_path.iterdir()) == []


def test_no_more_is_read_than_the_known_size(tmp_path: Path) -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1, /) -> bytes:
            assert size > 0
            self.given += size
            return b"x" * size

    endless = Endless()
    with pytest.raises(PeerError, match="more than"):
        fetch(KNOWN, tmp_path, open_url=lambda url: endless)
    assert endless.given == len(CONTENT) + 1


def test_a_connection_that_breaks_leaves_nothing(tmp_path: Path) -> None:
    class Broken(io.RawIOBase):
        def read(self, size: int = -1, /) -> bytes:
            raise TimeoutError("timed out")

    with pytest.raises(PeerError, match=r"cannot be fetched.*timed out"):
        fetch(KNOWN, tmp_path / "new", open_url=lambda url: Broken())
    assert list(tmp_path.iterdir()) == []


def test_an_interruption_leaves_nothing(tmp_path: Path) -> None:
    class Interrupted(io.RawIOBase):
        def read(self, size: int = -1, /) -> bytes:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(KNOWN, tmp_path, open_url=lambda url: Interrupted())
    assert list(tmp_path.iterdir()) == []


def test_another_file_of_that_name_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "known.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="is there already and is another file"):
        fetch(KNOWN, tmp_path, open_url=refuse)
    assert (tmp_path / "known.csv").read_text(encoding="utf-8") == "mine"


def test_a_file_instead_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(InputError, match="cannot be written"):
            fetch(KNOWN, folder, open_url=giving(CONTENT))


def test_an_unknown_name_is_refused_with_the_one_that_was_meant(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"did you mean azure-llm-2023\? known are: azure-llm-2023, llm-requ"
    ):
        fetch("azure-llm", tmp_path, open_url=refuse)
    with pytest.raises(InputError, match=r"given ../passwd; known are"):
        find("../passwd")


def test_only_https_is_read(tmp_path: Path) -> None:
    for url in ("http://example.org/x", "file:///etc/hostname", "ftp://example.org/x"):
        with pytest.raises(InputError, match="only https"):
            open_https(url)
        DATASETS[KNOWN] = dataclasses.replace(DATASETS[KNOWN], url=url)
        with pytest.raises(InputError, match="only https"):
            fetch(KNOWN, tmp_path, open_url=refuse)


class Server(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/known.csv")
            self.end_headers()
        elif self.path == "/known.csv":
            self.send_response(200)
            self.send_header("Content-Length", str(len(CONTENT)))
            self.end_headers()
            self.wfile.write(CONTENT)
        else:
            self.send_error(404)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def loopback() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_over_a_real_connection_the_file_arrives_and_a_refusal_is_told(tmp_path: Path, loopback: str) -> None:
    plain = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    file = fetch(KNOWN, tmp_path / "one", open_url=lambda url: plain.open(f"{loopback}/known.csv", timeout=5))
    assert file.read_bytes() == CONTENT
    with pytest.raises(PeerError, match="cannot be fetched"):
        fetch(KNOWN, tmp_path / "two", open_url=lambda url: plain.open(f"{loopback}/none", timeout=5))
    assert not (tmp_path / "two").exists()


def test_a_redirection_away_from_https_is_refused(tmp_path: Path, loopback: str) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), datasets.HttpsOnly)
    with pytest.raises(PeerError, match=r"redirects to http://127\.0\.0\.1.*only https"):
        fetch(KNOWN, tmp_path / "new", open_url=lambda url: opener.open(f"{loopback}/moved", timeout=5))
    assert not (tmp_path / "new").exists()


def test_what_comes_with_vsmlab_is_not_fetched(tmp_path: Path) -> None:
    file = fetch("llm-requests-2023", tmp_path / "new", open_url=refuse)
    assert file.name == "llm-requests-2023.parquet"
    assert not (tmp_path / "new").exists()
    assert find("llm-requests-2023", environ={}) is not None


def test_a_copy_is_found_where_it_may_lie_and_only_when_it_is_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    environ = {"VSMLAB_DATA": str(tmp_path / "mine"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    assert find(KNOWN, environ=environ) is None
    assert cache_folder(environ) == tmp_path / "cache" / "vsmlab"
    in_cache = fetch(KNOWN, cache_folder(environ), open_url=giving(CONTENT))
    assert find(KNOWN, environ=environ) == in_cache
    here = fetch(KNOWN, "data", open_url=giving(CONTENT))
    assert find(KNOWN, environ=environ) == here == Path("data/known.csv")
    other = tmp_path / "mine" / "elsewhere" / "known.csv"
    other.parent.mkdir(parents=True)
    other.write_bytes(CONTENT)
    assert find(KNOWN, environ=environ) == other
    other.write_bytes(CONTENT[:-1] + b"x")
    assert find(KNOWN, environ=environ) == here
