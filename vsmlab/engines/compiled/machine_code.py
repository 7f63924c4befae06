"""The compiled loop as a function: its machine code from the cache, or compiled now and cached.

The cache is a folder of this user alone, named by all that the machine code depends on. Machine code that
somebody else could have written is not loaded. Loading needs llvmlite only, not numba: it takes milliseconds.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import pickle
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from vsmlab.engines.sources import sources_sha256
from vsmlab.errors import InputError, ModelError

from .model import ORGANISATION, Model

COMPILERS: Final = ("numba", "llvmlite", "numpy")
NUMBA: Final = "0.68."
FOLDER_VARIABLE: Final = "VSMLAB_CACHE"

Told = Callable[[str], None]
Loop = Callable[[int, float], int]


def available() -> bool:
    """Whether this Python has what the compiled engine needs: numba of the release that `linking` knows."""
    return all(find_spec(name) is not None for name in COMPILERS) and version("numba").startswith(NUMBA)


def cache_folder() -> Path:
    """Where machine code is kept: ``$VSMLAB_CACHE``, else the user's cache folder."""
    given = os.environ.get(FOLDER_VARIABLE)
    if given:
        return Path(given)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "vsmlab"


def key(model: Model = ORGANISATION) -> str:
    """A name for all that the machine code depends on: sources, compilers, Python, processor."""
    from llvmlite import binding

    processor = f"{binding.get_host_cpu_name()} {binding.get_host_cpu_features().flatten()}"
    versions = (f"{name} {version(name)}" for name in COMPILERS)
    places = (*model.sources, Path(__file__).parent)
    digest = sources_sha256(places, *versions, processor, binding.get_process_triple())
    return f"{model.name}-{digest[:32]}"


def compiled_loop(model: Model = ORGANISATION, *, bounds: bool = False, tell: Told | None = None) -> Loop:
    """The loop with all laws as a function of the address of the state's block and a horizon in seconds.

    Args:
        model: Whose laws they are.
        bounds: With a check of every row that is reached; some twice as slow, for tests.
        tell: Told in a sentence what takes so long, when it has to be compiled first.

    Raises:
        InputError: If numba is not installed, or the cache belongs to somebody else.
        ModelError: If a law cannot be compiled.
    """
    if not available():
        right = "install the extra: pip install 'vsmlab[fast]', or use engine: simpy"
        raise InputError(
            "", "engine", f"the compiled engine needs numba {NUMBA}*", given="compiled", right=right
        )
    return _loop(model, bounds, tell)


_files: dict[tuple[str, bool], Path] = {}
_loops: dict[Path, Loop] = {}


def _loop(model: Model, bounds: bool, tell: Told | None) -> Loop:
    file = _file(model, bounds)
    if file not in _loops:
        kept = _kept(file)
        if kept is None:
            kept = _compiled(model, file, bounds, tell)
        symbol_bytes, _, code = kept.partition(b"\n")
        _loops[file] = _function(code, symbol_bytes.decode("ascii"))
    return _loops[file]


def _file(model: Model, bounds: bool) -> Path:
    """Where the machine code of a model is kept; what it is made of is read once a process."""
    if (model.name, bounds) not in _files:
        name = f"{key(model)}{'-bounds' if bounds else ''}.o"
        _files[model.name, bounds] = cache_folder() / "compiled" / name
    return _files[model.name, bounds]


def _compiled(model: Model, file: Path, bounds: bool, tell: Told | None) -> bytes:
    """Compile, once for all processes that need it at the same time: the others wait, and load what was made."""
    from .compiling import object_code

    with _alone(file.parent):
        kept = _kept(file)
        if kept is None:
            if tell is not None:
                tell(f"compiling the laws for this processor (about 20 s, once); kept in {file.parent}")
            code, symbol = object_code(model, bounds=bounds)
            kept = symbol.encode() + b"\n" + code
            _keep(file, kept)
    return kept


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; where there can be none, everybody is alone."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = (folder / "lock").open("w")
    except OSError:
        yield
        return
    with handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def prepare(*, tell: Told | None = None) -> None:
    """Have the machine code ready, so that no run has to wait for it."""
    compiled_loop(tell=tell)


def is_compiled(*, bounds: bool = False) -> bool:
    """Whether the machine code is there already, so that a run starts at once."""
    return available() and _is_ours(_file(ORGANISATION, bounds))


def _is_ours(file: Path) -> bool:
    """Whether a file is there and nobody but this user can have written it."""
    try:
        folder, found = file.parent.stat(), file.stat()
    except OSError:
        return False
    mine = all(each.st_uid == os.getuid() for each in (folder, found))
    shared = any(each.st_mode & (stat.S_IWGRP | stat.S_IWOTH) for each in (folder, found))
    return mine and not shared


def _kept(file: Path) -> bytes | None:
    return file.read_bytes() if _is_ours(file) else None


def _keep(file: Path, content: bytes) -> None:
    """Write whole or not at all; a folder that cannot be written means that the next process compiles again."""
    try:
        descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=".loop-")
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(content)
        Path(name).replace(file)
    except OSError:
        return


def _function(code: bytes, symbol: str) -> Loop:
    """Load an object file into this process."""
    from llvmlite import binding

    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    libm = ctypes.CDLL(None)
    for name in ("frexp", "ldexp"):
        binding.add_symbol(f"numba_{name}", ctypes.cast(getattr(libm, name), ctypes.c_void_p).value)
    machine = binding.Target.from_default_triple().create_target_machine(codemodel="jitdefault", jit=True)
    engine = binding.create_mcjit_compiler(binding.parse_assembly(""), machine)
    engine.add_object_file(binding.ObjectFileRef.from_data(code))
    engine.finalize_object()
    address = engine.get_function_address(symbol)
    if address == 0:
        raise ModelError("the machine code in the cache is not what it should be: remove it")
    arguments = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_double)
    call = ctypes.CFUNCTYPE(ctypes.c_int32, *arguments)(address)

    def loop(block: int, horizon: float) -> int:
        why, raised = ctypes.c_int64(), ctypes.c_void_p()
        status = call(ctypes.addressof(why), ctypes.addressof(raised), block, horizon)
        if status != 0:
            raise ModelError(_said(status, raised))
        return why.value

    loop.engine = engine  # type: ignore[attr-defined]  # the code lives as long as the function
    return loop


def _said(status: int, raised: ctypes.c_void_p) -> str:
    """What a law that failed says of it: numba keeps an exception as a pickle, in the machine code itself."""
    if status != 1 or not raised.value:
        return f"a compiled law failed (status {status})"
    data, size = (
        ctypes.cast(raised, ctypes.POINTER(ctypes.c_void_p)),
        ctypes.c_int32.from_address(raised.value + ctypes.sizeof(ctypes.c_void_p)),
    )
    kind, words, *_ = pickle.loads(ctypes.string_at(data[0], size.value))  # noqa: S301 - our own machine code's
    return f"a law failed: {kind.__name__}: {', '.join(map(str, words or ()))}"
