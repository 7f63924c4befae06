"""The same random numbers as the laws draw, for peers: a system's own stream, made a stretch at a time."""

from __future__ import annotations

import numpy as np

M32 = 0xFFFFFFFF
STRETCH = 512


class Draws:
    """Uniform and exponential numbers of one system.

    Args:
        seed: The run's seed.
        identity: The system's.
        first: How many to make at once: outside the clock, so that peers are not charged for this generator.
    """

    def __init__(self, seed: int, identity: int, first: int) -> None:
        self.seed, self.identity = seed, identity
        self.made = self.at = self.end = 0
        self.uniforms: list[float] = []
        self.logarithms: list[float] = []
        self._make(first)

    def _make(self, count: int) -> None:
        numbers = philox_uniforms(self.seed, self.identity, self.made, count)
        self.uniforms = numbers.tolist()
        self.logarithms = minus_logarithm(1.0 - numbers).tolist()
        self.made, self.at, self.end = self.made + count, 0, count

    def uniform(self) -> float:
        at = self.at
        if at == self.end:
            self._make(STRETCH)
            at = 0
        self.at = at + 1
        return self.uniforms[at]

    def exponential(self, mean: float) -> float:
        at = self.at
        if at == self.end:
            self._make(STRETCH)
            at = 0
        self.at = at + 1
        return mean * self.logarithms[at]


def philox_uniforms(seed: int, identity: int, first: int, count: int) -> np.ndarray:
    """`sequence_uniform` of stream 0 for so many draws at once."""
    draws = np.arange(first, first + count, dtype=np.uint64)
    return uniforms(seed, np.full(count, identity, np.uint64), 0, draws)


def uniforms(seed: int, identities: np.ndarray, stream: int, draws: np.ndarray) -> np.ndarray:
    """`sequence_uniform` for many identities and draws of one stream at once."""
    low, half = np.uint64(M32), np.uint64(32)
    w0, w2 = draws.astype(np.uint64), identities.astype(np.uint64)
    w1, w3 = np.full_like(w0, stream), np.zeros_like(w0)
    k0, k1 = seed & M32, seed >> 32
    for _ in range(10):
        p0, p1 = w0 * np.uint64(0xD2511F53), w2 * np.uint64(0xCD9E8D57)
        w0, w1 = (p1 >> half) ^ w1 ^ np.uint64(k0), p1 & low
        w2, w3 = (p0 >> half) ^ w3 ^ np.uint64(k1), p0 & low
        k0, k1 = (k0 + 0x9E3779B9) & M32, (k1 + 0xBB67AE85) & M32
    return ((w0 >> np.uint64(5)).astype(float) * 67108864.0 + (w1 >> np.uint64(6)).astype(float)) / 2.0**53


def minus_logarithm(x: np.ndarray) -> np.ndarray:
    """Minus `logarithm` of many numbers, with the same bits."""
    m, e = np.frexp(x)
    low = m < 0.7071067811865476
    m, e = np.where(low, m + m, m), np.where(low, e - 1, e)
    f = m - 1.0
    s = f / (2.0 + f)
    z = s * s
    r = z * 0.1479819860511658591
    for c in (0.1531383769920937332, 0.1818357216161805012, 0.2222219843214978396, 0.2857142874366239149,
              0.3999999999940941908, 0.6666666666666735130):  # fmt: skip
        r = z * (c + r)
    h = 0.5 * f * f
    rest = s * (h + r) + e * 1.90821492927058770002e-10
    return 0.0 - (e * 6.93147180369123816490e-01 - ((h - rest) - f))
