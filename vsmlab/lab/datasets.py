"""The data sets we know: where each comes from, under which licence, and whether a copy is the right one."""

from __future__ import annotations

import hashlib
import os
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import IO, Protocol

from vsmlab.errors import InputError, PeerError
from vsmlab.lab.tables import did_you_mean, sha256_of

_CHUNK = 65_536
_TIMEOUT = 30.0
_HERE = Path(__file__).resolve()


class Readable(Protocol):
    """What an opened address must be able to do."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, at most ``size``; empty at the end."""


OpenUrl = Callable[[str], AbstractContextManager[Readable]]
"""Opens an address for reading; closes it when its block ends."""


@dataclass(frozen=True, slots=True)
class DataSet:
    """One known file.

    Args:
        name: How we call it.
        title: What it is, in a line.
        source: Who published it, and where.
        url: Where it can be fetched; None when it comes with vsmlab.
        licence: Its licence, with the attribution that it asks for.
        sha256: Checksum that decides whether a file is this one.
        size_bytes: Its exact size.
        columns: What it says of each task, or of each window.
        use: How it is used.
        file: The name it is stored under.
        also: Other paths, under a folder of data, at which it may lie.
    """

    name: str
    title: str
    source: str
    url: str | None
    licence: str
    sha256: str
    size_bytes: int
    columns: tuple[str, ...]
    use: str
    file: str
    also: tuple[str, ...] = ()


DATASETS: dict[str, DataSet] = {
    data.name: data
    for data in (
        DataSet(
            name="azure-llm-2023",
            title="19,366 requests to a conversational language-model service in 58 minutes of 2023-11-16",
            source="Azure/AzurePublicDataset @ b469a113, data/AzureLLMInferenceTrace_conv.csv",
            # the branch may move on: the checksum decides
            url="https://raw.githubusercontent.com/Azure/AzurePublicDataset/master/data/"
            "AzureLLMInferenceTrace_conv.csv",
            licence="CC BY 4.0 (Microsoft, Azure LLM inference trace 2023)",
            sha256="2f1e5b666d4e3055fdbba98598ce2ec307767b9064e03e2fa46676dbcc7d0bf8",
            size_bytes=719_188,
            columns=("TIMESTAMP", "ContextTokens", "GeneratedTokens"),
            use="vsmlab run scenarios/llm-fleet.yaml --trace FILE",
            file="AzureLLMInferenceTrace_conv.csv",
            also=("azure-llm/conversation.csv",),
        ),
        DataSet(
            name="llm-requests-2023",
            title="The same requests by half minute and class: counts and quantiles",
            source="derived from azure-llm-2023 by tools/derive_llm_profile.py; comes with vsmlab",
            url=None,
            licence="CC BY 4.0 (derived from the Azure LLM inference trace 2023, Microsoft)",
            sha256="684f057698d042a05cf04c44840d76e4edfbc0f7fe8baec9ca477968a284b735",
            size_bytes=59_290,
            columns=("context_tokens", "generated_tokens"),
            use="the demand of scenarios/llm-fleet.yaml",
            file="llm-requests-2023.parquet",
        ),
    )
}
"""Every known data set by name."""


def dataset(name: str) -> DataSet:
    """The data set of that name.

    Raises:
        InputError: If there is none, saying which may have been meant.
    """
    if name not in DATASETS:
        right = f"{did_you_mean(name, DATASETS)}known are: {', '.join(DATASETS)}"
        raise InputError("", "", "there is no such data set", given=name, right=right)
    return DATASETS[name]


def is_copy(data: DataSet, file: Path) -> bool:
    """Whether a file is exactly this data set, by size and checksum."""
    try:
        right_size = file.is_file() and file.stat().st_size == data.size_bytes
    except OSError:
        return False
    return right_size and sha256_of(file) == data.sha256


def cache_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """The user's folder for fetched data: ``$XDG_CACHE_HOME/vsmlab``, by default ``~/.cache/vsmlab``."""
    base = environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if base else Path("~/.cache").expanduser()) / "vsmlab"


def find(name: str, *, environ: Mapping[str, str] = os.environ) -> Path | None:
    """Where a copy of a data set lies, or None.

    Looked at in this order: the folder named by ``VSMLAB_DATA``, ``./data``, what comes with vsmlab, the
    user's cache. Only a file with the right checksum counts.

    Args:
        name: A known data set.
        environ: Where ``VSMLAB_DATA`` and ``XDG_CACHE_HOME`` are looked up.

    Raises:
        InputError: If the name is not known.
    """
    data = dataset(name)
    given = environ.get("VSMLAB_DATA", "")
    folders = [Path(given)] if given else []
    folders += [Path("data"), *_shipped_folders(), cache_folder(environ)]
    for folder in folders:
        for place in (data.file, *data.also):
            if is_copy(data, folder / place):
                return folder / place
    return None


def fetch(name: str, folder: str | os.PathLike[str], *, open_url: OpenUrl | None = None) -> Path:
    """Fetch a data set into a folder, once; nothing is left behind when it fails.

    The bytes go to a temporary name, never more than the known size, and get their own name only when the
    checksum is right. A data set that comes with vsmlab is not fetched: its place is returned.

    Args:
        name: A known data set.
        folder: Where to put it; made if it is not there.
        open_url: Opens the address; by default over https alone, redirections included.

    Returns:
        The path of the file.

    Raises:
        InputError: If the name is not known, the folder cannot be used, or another file has the name.
        PeerError: If the address cannot be read, or gives other bytes than the known ones.
    """
    data = dataset(name)
    if data.url is None:
        for shipped in _shipped_folders():
            if is_copy(data, shipped / data.file):
                return shipped / data.file
        raise InputError("", name, "comes with vsmlab, but its file is not there or was changed")
    if urllib.parse.urlsplit(data.url).scheme != "https":
        raise InputError("", name, "is not fetched", given=data.url, right="only https addresses are read")
    place = Path(folder)
    target = place / data.file
    if is_copy(data, target):
        return target
    if target.exists():
        right = "move it away, or fetch into another folder"
        raise InputError(str(target), "", "is there already and is another file", right=right)
    made = not place.exists()
    part: Path | None = None
    try:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=place, prefix=".part-", delete=False) as opened:
            part = Path(opened.name)
            _download(data, data.url, opened, open_url or open_https)
        part.chmod(0o644)
        part.replace(target)
    except OSError as exc:
        raise InputError(str(place), "", f"cannot be written ({exc.strerror or exc})") from exc
    finally:
        if part is not None:
            part.unlink(missing_ok=True)
        if made and place.is_dir() and not any(place.iterdir()):
            place.rmdir()
    return target


def open_https(url: str) -> AbstractContextManager[Readable]:
    """Open an https address; a redirection to anything else is refused.

    Raises:
        InputError: If the address is not https.
        PeerError: If it redirects to an address that is not https.
        OSError: If it cannot be reached or refuses.
    """
    if urllib.parse.urlsplit(url).scheme != "https":
        raise InputError("", "", "not fetched", given=url, right="only https addresses are read")
    opener = urllib.request.build_opener(HttpsOnly)
    answer: AbstractContextManager[Readable] = opener.open(url, timeout=_TIMEOUT)
    return answer


class HttpsOnly(urllib.request.HTTPRedirectHandler):
    """Follows redirections to https addresses alone."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: object,
        newurl: str,
    ) -> urllib.request.Request | None:
        """The next request, or an error when it would leave https."""
        if urllib.parse.urlsplit(newurl).scheme != "https":
            raise PeerError(f"{req.full_url}: redirects to {newurl}; only https addresses are read")
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


def _download(data: DataSet, url: str, into: IO[bytes], open_url: OpenUrl) -> None:
    digest, size = hashlib.sha256(), 0
    with closing(_chunks(url, data.size_bytes + 1, open_url)) as chunks:
        for chunk in chunks:
            size += len(chunk)
            digest.update(chunk)
            into.write(chunk)
    if size > data.size_bytes:
        raise PeerError(f"{url}: more than the {data.size_bytes:,} bytes of {data.name}; not kept")
    if size < data.size_bytes:
        raise PeerError(f"{url}: {size:,} bytes instead of the {data.size_bytes:,} of {data.name}; not kept")
    if digest.hexdigest() != data.sha256:
        raise PeerError(f"{url}: SHA-256 {digest.hexdigest()} instead of {data.sha256}; not kept")


def _chunks(url: str, limit: int, open_url: OpenUrl) -> Generator[bytes, None, None]:
    """The first bytes of an address, at most ``limit``; what goes wrong there is the peer's fault."""
    try:
        with open_url(url) as answer:
            while limit > 0 and (chunk := answer.read(min(_CHUNK, limit))):
                limit -= len(chunk)
                yield chunk
    except urllib.error.URLError as exc:
        raise PeerError(f"{url}: cannot be fetched ({exc.reason})") from exc
    except (OSError, HTTPException) as exc:
        raise PeerError(f"{url}: cannot be fetched ({type(exc).__name__}: {exc})") from exc


def _shipped_folders() -> tuple[Path, ...]:
    """Where vsmlab's own data lie: installed as package data, or in the project's folder."""
    return (_HERE.parents[1] / "_shipped" / "data", _HERE.parents[2] / "data")
