"""vsmlab's counter-based draws as functions that numba's users can call, from the same source as the laws."""

from __future__ import annotations

from types import FunctionType

import numba

from vsmlab.laws import LAWS, chance  # noqa: F401 - chance makes the draws known

philox = numba.njit(LAWS["philox"])
logarithm = numba.njit(LAWS["logarithm"])
sequence_uniform = numba.njit(
    FunctionType(
        LAWS["sequence_uniform"].__code__,
        LAWS["sequence_uniform"].__globals__ | {"philox": philox},
        "sequence_uniform",
    )
)
