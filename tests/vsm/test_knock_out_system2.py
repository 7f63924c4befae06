"""Without System 2 the siblings' loads oscillate and grow: 30 paired seeds, Holm over the measures."""

from __future__ import annotations

from vsmlab.lab.loader import load
from vsmlab.lab.run import measures_of
from vsmlab.mechanisms.intervals import holm, paired_difference, paired_p_value

MEASURES = ("imbalance_rms", "mean_wait_s", "mean_in_progress")


def measured(seed: int, *overrides: str) -> dict[str, float]:
    changes = [f"seed={seed}", "horizon=1200", "warmup=300", *overrides]
    measures = measures_of(load("oscillating-siblings", overrides=changes))
    units, systems = measures["units"]["teams"], measures["systems"]["teams"]
    return {name: float(systems[name] if name in systems else units[name]) for name in MEASURES}


def test_oscillation_grows_when_system2_is_knocked_out():
    damped = [measured(seed) for seed in range(30)]
    free = [measured(seed, "knockout=[system2]") for seed in range(30)]
    p_values = []
    for name in MEASURES:
        difference = paired_difference([run[name] for run in damped], [run[name] for run in free])
        assert difference.low is not None
        assert difference.low > 0.0, name
        p_values.append(paired_p_value([run[name] for run in damped], [run[name] for run in free]))
    assert max(holm(p_values)) < 0.001
    growth = sum(run["imbalance_rms"] for run in free) / sum(run["imbalance_rms"] for run in damped)
    assert growth > 2.0
