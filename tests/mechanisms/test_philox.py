from types import FunctionType

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vsmlab.mechanisms import philox as module
from vsmlab.mechanisms.philox import M32, forget_blocks, keyed_uniform, philox, sequence_uniform
from vsmlab.mechanisms.subset import LAWS

sixty_three_bits = st.integers(0, 2**63 - 1)
sequence_source = LAWS["sequence_uniform"]
keyed_source = LAWS["keyed_uniform"]


@pytest.mark.parametrize(
    ("counter", "key", "words"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((M32, M32, M32, M32), (M32, M32), (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_known_answers_of_random123(counter, key, words):
    assert philox(*counter, *key) == words


@given(sixty_three_bits, sixty_three_bits, st.integers(0, 255), st.integers(0, 2**56 - 1))
@example(2**63 - 1, 2**63 - 1, 255, 2**32 - 1)
@example(2**63 - 1, 2**63 - 1, 255, 2**32)
def test_buffered_sequences_are_the_source_bit_for_bit(seed, identity, stream, draw):
    assert sequence_uniform(seed, identity, stream, draw) == sequence_source(seed, identity, stream, draw)


@given(
    sixty_three_bits,
    sixty_three_bits,
    st.integers(0, 255),
    st.integers(0, 4095),
    st.sampled_from([0, 0, 0, 1, 2, 4095]),
    st.integers(0, 2**32 - 1),
)
@example(2**63 - 1, 2**63 - 1, 255, 4095, 0, 2**32 - 1)
def test_buffered_keyed_draws_are_the_source_bit_for_bit(seed, token, purpose, stage, attempt, draw):
    address = (seed, token, purpose, stage, attempt, draw)
    assert keyed_uniform(*address) == keyed_source(*address)


def test_whole_blocks_and_their_edges_are_the_source():
    for draw in [*range(600), *range(2**32 - 300, 2**32 + 300)]:
        assert sequence_uniform(3, 2**61 + 5, 7, draw) == sequence_source(3, 2**61 + 5, 7, draw)
        assert keyed_uniform(3, draw, 7, 2, 0, 1) == keyed_source(3, draw, 7, 2, 0, 1)


def test_the_buffers_stay_bounded_and_forgetting_changes_nothing(monkeypatch):
    monkeypatch.setattr(module, "BLOCKS_KEPT", 4)
    forget_blocks()
    first = [sequence_uniform(1, identity, 0, 5) for identity in range(20)]
    again = [sequence_uniform(1, identity, 0, 5) for identity in range(20)]
    assert first == again
    assert len(module._sequences) <= 4
    first = [keyed_uniform(1, 1000 * token, 0, 0, 0, 0) for token in range(20)]
    again = [keyed_uniform(1, 1000 * token, 0, 0, 0, 0) for token in range(20)]
    assert first == again
    assert len(module._tokens) <= 4
    forget_blocks()
    assert not module._sequences
    assert not module._tokens


def test_every_part_of_the_address_matters():
    base = (1, 2, 3, 4, 0, 6)
    draws = {keyed_uniform(*base)}
    for part in range(6):
        moved = list(base)
        moved[part] += 1
        draws.add(keyed_uniform(*moved))
    assert len(draws) == 7
    base = (1, 2, 3, 4)
    draws = {sequence_uniform(*base)}
    for part in range(4):
        moved = list(base)
        moved[part] += 1
        draws.add(sequence_uniform(*moved))
    assert len(draws) == 5


def test_draws_are_spread_evenly_over_the_unit_interval():
    counts = [0] * 10
    for draw in range(20_000):
        counts[int(10 * sequence_uniform(11, 12, 13, draw))] += 1
    assert sum((count - 2000) ** 2 / 2000 for count in counts) < 27.9  # chi-square, 9 degrees, 0.001


@pytest.mark.fast_extra
def test_compiled_draws_have_the_same_bits():
    numba = pytest.importorskip("numba")
    compiled = {"M32": M32, "philox": numba.njit(philox)}
    sequence = numba.njit(FunctionType(sequence_source.__code__, compiled, "sequence_uniform"))
    keyed = numba.njit(FunctionType(keyed_source.__code__, compiled, "keyed_uniform"))
    for k in range(300):
        seed, identity = (k * 0x9E3779B97F4A7C15) % 2**63, (k * 0xBF58476D1CE4E5B9) % 2**63
        draw = k * 2**47 + k
        assert sequence(seed, identity, k % 256, draw) == sequence_source(seed, identity, k % 256, draw)
        address = (seed, identity, k % 256, 7 * k, k % 5, 2**32 - 1 - k)
        assert keyed(*address) == keyed_source(*address)
