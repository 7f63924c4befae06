"""Chance by counter: every draw is a pure function of what it belongs to (Philox 4x32-10).

A draw depends on the seed and on its own address, never on who drew before. So adding a node, cutting a
channel or knocking a system out changes nobody else's draws. Interpreted, the draws come from blocks of 256
computed at once; the blocks may be forgotten at any time: computed again, they are as they were.

Reference:
    Salmon, Moraes, Dror and Shaw (2011), Parallel random numbers: as easy as 1, 2, 3, SC'11. Known-answer
    vectors: Random123.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from vsmlab.mechanisms.subset import LAWS, law

M32 = 0xFFFFFFFF

BLOCK = 256
BLOCKS_KEPT = 4096  # about 8 KB each: at most some 34 MB in each of the two buffers

_sequences: dict[tuple[int, int, int, int], list[float]] = {}
_tokens: dict[tuple[int, int, int, int, int], list[float]] = {}


@law
def philox(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> tuple[int, int, int, int]:
    """Philox 4x32-10: four random 32-bit words for a counter and a key.

    Args:
        c0: Counter, word 0; every word is in ``[0, 2**32)``.
        c1: Counter, word 1.
        c2: Counter, word 2.
        c3: Counter, word 3.
        k0: Key, word 0.
        k1: Key, word 1.

    >>> [f"{word:08x}" for word in philox(0, 0, 0, 0, 0, 0)]
    ['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8']
    """
    for _ in range(10):  # the masks keep Python's long integers and 64-bit wrap-around equal
        p0 = 0xD2511F53 * c0
        p1 = 0xCD9E8D57 * c2
        c0 = ((p1 >> 32) & M32) ^ c1 ^ k0
        c1 = p1 & M32
        c2 = ((p0 >> 32) & M32) ^ c3 ^ k1
        c3 = p0 & M32
        k0 = (k0 + 0x9E3779B9) & M32
        k1 = (k1 + 0xBB67AE85) & M32
    return c0, c1, c2, c3


def _buffered_sequence_uniform(seed: int, identity: int, stream: int, draw: int) -> float:
    """The same as `sequence_uniform`, from a block along `draw`."""
    try:
        return _sequences[seed, identity, stream, draw >> 8][draw & 255]
    except KeyError:
        first = draw >> 8 << 8
        block = _uniform_block(
            np.arange(first & M32, (first & M32) + BLOCK, dtype=np.uint64),
            (stream | (first >> 32) << 8) & M32,
            np.full(BLOCK, identity & M32, dtype=np.uint64),
            (identity >> 32) & M32,
            seed,
        )
        if len(_sequences) >= BLOCKS_KEPT:
            _sequences.clear()
        _sequences[seed, identity, stream, draw >> 8] = block
        return block[draw & 255]


@law(interpreted=_buffered_sequence_uniform)
def sequence_uniform(seed: int, identity: int, stream: int, draw: int) -> float:
    """The draw-th uniform number of one of a receiver's own streams.

    Args:
        seed: The run's seed, in ``[0, 2**63)``.
        identity: The receiver's identity, in ``[0, 2**63)``.
        stream: The purpose, in ``[0, 256)``.
        draw: How many came before it in this stream, in ``[0, 2**56)``.

    Returns:
        A multiple of 2**-53 in ``[0, 1)``.
    """
    a, b, _, _ = philox(
        draw & M32,
        (stream | (draw >> 32) << 8) & M32,
        identity & M32,
        (identity >> 32) & M32,
        seed & M32,
        (seed >> 32) & M32,
    )
    return ((a >> 5) * 67108864.0 + (b >> 6)) / 9007199254740992.0


def _buffered_keyed_uniform(
    seed: int, token: int, purpose: int, stage: int, attempt: int, draw: int
) -> float:
    """The same as `keyed_uniform`: from a block along `token` at the first attempt, else one by one."""
    if attempt:
        unbuffered: float = LAWS["keyed_uniform"](seed, token, purpose, stage, attempt, draw)
        return unbuffered
    try:
        return _tokens[seed, token >> 8, purpose, stage, draw][token & 255]
    except KeyError:
        first = token & M32 & ~255
        block = _uniform_block(
            np.full(BLOCK, draw & M32, dtype=np.uint64),
            (purpose | stage << 8) & M32,
            np.arange(first, first + BLOCK, dtype=np.uint64),
            (token >> 32) & M32,
            seed,
        )
        if len(_tokens) >= BLOCKS_KEPT:
            _tokens.clear()
        _tokens[seed, token >> 8, purpose, stage, draw] = block
        return block[token & 255]


@law(interpreted=_buffered_keyed_uniform)
def keyed_uniform(seed: int, token: int, purpose: int, stage: int, attempt: int, draw: int) -> float:
    """A uniform number that belongs to a task: the same whoever serves it, and whenever.

    Args:
        seed: The run's seed, in ``[0, 2**63)``.
        token: The task's token, in ``[0, 2**63)``.
        purpose: What it decides (work, routing, failure ...), in ``[0, 256)``.
        stage: Which visit of the task, in ``[0, 4096)``.
        attempt: Which attempt of the visit, in ``[0, 4096)``.
        draw: Which number, if several are needed, in ``[0, 2**32)``.

    Returns:
        A multiple of 2**-53 in ``[0, 1)``.
    """
    a, b, _, _ = philox(
        draw & M32,
        (purpose | stage << 8 | attempt << 20) & M32,
        token & M32,
        (token >> 32) & M32,
        seed & M32,
        (seed >> 32) & M32,
    )
    return ((a >> 5) * 67108864.0 + (b >> 6)) / 9007199254740992.0


def forget_blocks() -> None:
    """Empty the buffers; every later draw is what it would have been."""
    _sequences.clear()
    _tokens.clear()


def _uniform_block(
    c0: npt.NDArray[np.uint64], c1: int, c2: npt.NDArray[np.uint64], c3: int, seed: int
) -> list[float]:
    """256 uniforms at once: counters `c0` and `c2` vary, the key is the seed."""
    low = np.uint64(M32)
    half = np.uint64(32)
    w0, w1 = c0, np.full(BLOCK, c1, dtype=np.uint64)
    w2, w3 = c2, np.full(BLOCK, c3, dtype=np.uint64)
    k0, k1 = seed & M32, (seed >> 32) & M32
    for _ in range(10):
        p0 = w0 * np.uint64(0xD2511F53)
        p1 = w2 * np.uint64(0xCD9E8D57)
        w0 = (p1 >> half) ^ w1 ^ np.uint64(k0)
        w1 = p1 & low
        w2 = (p0 >> half) ^ w3 ^ np.uint64(k1)
        w3 = p0 & low
        k0 = (k0 + 0x9E3779B9) & M32
        k1 = (k1 + 0xBB67AE85) & M32
    whole = (w0 >> np.uint64(5)).astype(np.float64) * 67108864.0 + (w1 >> np.uint64(6)).astype(np.float64)
    block: list[float] = (whole / 9007199254740992.0).tolist()
    return block
