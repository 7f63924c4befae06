"""Which tests hold which law: node ids of pytest, checked to exist by ``tests/test_docs.py``."""

from __future__ import annotations

from typing import Final

HELD_BY: Final[dict[str, tuple[str, ...]]] = {
    "divide": ("tests/mechanisms/test_allocation.py::test_greedy_is_exactly_optimal_at_any_load",),
    "mean_waiting": (
        "tests/mechanisms/test_queueing.py::test_the_law_is_erlang_c_where_the_queue_is_stable",
        "tests/mechanisms/test_queueing.py::test_the_law_falls_and_is_convex_in_the_servers_at_any_load",
    ),
    "philox": ("tests/mechanisms/test_philox.py::test_known_answers_of_random123",),
    "sequence_uniform": (
        "tests/mechanisms/test_philox.py::test_buffered_sequences_are_the_source_bit_for_bit",
        "tests/mechanisms/test_philox.py::test_every_part_of_the_address_matters",
    ),
    "keyed_uniform": (
        "tests/mechanisms/test_philox.py::test_buffered_keyed_draws_are_the_source_bit_for_bit",
        "tests/mechanisms/test_philox.py::test_every_part_of_the_address_matters",
    ),
    "logarithm": (
        "tests/mechanisms/test_numbers.py::test_the_logarithm_is_within_one_unit_in_the_last_place",
    ),
    "natural_exp": (
        "tests/mechanisms/test_numbers.py::test_the_exponential_is_within_one_unit_in_the_last_place",
    ),
    "normal_quantile": ("tests/mechanisms/test_numbers.py::test_the_normal_quantile_agrees_with_scipy",),
}
