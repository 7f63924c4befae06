"""Use of the channels: messages, losses, delay, and the variety of what was said (codebook: ``docs/anatomy.md``)."""

from __future__ import annotations

from typing import Any

from vsmlab.lab.scenario import Scenario
from vsmlab.laws import kinds as k
from vsmlab.mechanisms.variety import entropy

from .fold import Fold


def channel_measures(
    fold: Fold, scenario: Scenario, not_estimable: dict[str, str]
) -> dict[str, dict[str, Any]]:
    """``channels`` of ``measures.json``, by kind, over the window.

    A symbol is the kind, which quantity it speaks of, its sign and its power of two.
    """
    length = scenario.horizon - scenario.warmup
    measures: dict[str, dict[str, Any]] = {}
    for number, name in enumerate(k.CHANNEL_NAMES):
        use = fold.channels[number]
        if use.messages == 0 and use.lost == 0:
            continue
        rate = use.messages / length
        bits = entropy(list(use.symbols.values()))
        value = bits.value if bits.reason == "" else None
        place = f"channels.{name}"
        if value is None:
            not_estimable[f"{place}.entropy_bits"] = bits.reason
        given = scenario.channels.get(name)  # type: ignore[call-overload]
        capacity = given.capacity if given is not None else None
        each = sum(channel == number for channel, _, _ in fold.pairs)
        if capacity is None:
            not_estimable[f"{place}.utilisation"] = "the channel's capacity is not limited"
        measures[name] = {
            "messages": use.messages,
            "rate_per_s": rate,
            "lost": use.lost,
            "mean_delay_s": use.delay / use.messages if use.messages else None,
            "entropy_bits": value,
            "bits_per_s": None if value is None else rate * value,
            "capacity_bits_per_s": None if capacity is None or value is None else capacity * each * value,
            "utilisation": None if capacity is None else rate / (capacity * max(1, each)),
        }
    return measures
