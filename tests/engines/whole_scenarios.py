"""Small scenarios of whole viable systems: audits, forecasts, hiring, pain, everything that breaks, and children."""

from frames import Plain, cell, poisson, scenario

from vsmlab.laws import kinds as k
from vsmlab.laws.dials import ANY_SENDER, DIALS


def small_organisations() -> dict[str, Plain]:
    """Whole viable systems: audits, forecasts, hiring, pain, disturbances, children."""
    wave = {"linear": {"times": [0, 20, 30, 70, 75], "rates": [0.6, 0.6, 5.0, 5.0, 0.8]}}
    return {
        "small-whole": scenario(
            "whole",
            {
                "orders": {
                    **poisson(2.0, "top"),
                    "season": {"period": 60.0, "amplitude": 0.4, "phase": 0.25},
                },
                "rush": {
                    "arrivals": {"renewal": {"gamma": {"mean": 1.5, "cv2": 0.5}}},
                    "work": {"exponential": {"mean": 1.0}},
                    "to": "top.east",
                },
                "steps": {
                    **poisson(1.0, "top.west.b"),
                    "arrivals": {"markov": {"rates": [0.2, 2.0], "leave": [0.1, 0.1]}},
                },
            },
            {
                "essential": {
                    "mean_wait_s": {"max": 0.4, "window": 5.0, "climbs_after": 6.0, "good": {"max": 0.1}},
                    "p95_wait_s": {"max": 1.0, "window": 5.0, "climbs_after": 6.0},
                    "utilisation": {"min": 0.2, "max": 0.9, "window": 10.0, "climbs_after": 11.0},
                    "mean_queue": {"max": 1.0, "window": 10.0},
                    "shed_share": {"max": 0.01, "window": 10.0},
                    "failed_share": {"max": 0.01, "window": 10.0},
                },
                "audit": {
                    "every": {"exponential": {"mean": 2.0}},
                    "takes": 4.0,
                    "sample": 0.5,
                    "threshold": 2.0,
                },
                "system3": {"period": 5.0, "balance_period": 3.0},
                "system4": {
                    "period": 5.0,
                    "looks_ahead": 15.0,
                    "indicators_every": 5.0,
                    "season": {"period": 60.0, "bins": 6},
                    "leading": {"lead": 20.0, "every": 4.0, "noise": 0.1},
                    "probe_beyond": 1.0,
                },
                "system5": {"period": 10.0, "tolerance": 0.5, "climbs_after": 5.0, "emergency": 10.0},
                "operations": {
                    "east": cell(
                        "a",
                        "b",
                        system4={
                            "period": 5.0,
                            "looks_ahead": 10.0,
                            "method": "holt",
                            "indicators_every": 5.0,
                        },
                        system5={"period": 10.0, "tolerance": 0.1, "climbs_after": 5.0},
                        audit={"every": {"exponential": {"mean": 8.0}}, "takes": 3.0},
                    ),
                    "west": {
                        "operations": {
                            "a": {"agents": 2, "autonomy": {"in_pain": {"max_wait": 0.5}}},
                            "b": {"agents": 2, "queue": {"limit": 3}},
                        },
                        "system5": {"period": 10.0, "tolerance": 0.1, "climbs_after": 5.0, "outside": 0.9},
                    },
                },
            },
            policy={"agents": {"least": 4, "most": 12, "hire_takes": 10.0}},
            channels={
                "s3star": {"delay": 0.2, "loss": 0.05},
                "algedonic": {"delay": 0.05},
                "env_s4": {"delay": 1.0},
            },
        ),
        "small-faults": scenario(
            "faults",
            {"walk-in": poisson(4.0, "top"), "copies": copied()},
            {
                "system2": {"period": 2.0, "suspect_after": 2.0, "stuck_after": 6.0},
                "system3": {"period": 5.0, "probation": 20.0},
                "desk": {"routing": "round-robin"},
                "audit": {
                    "every": {"exponential": {"mean": 1.5}},
                    "takes": 2.0,
                    "sample": 0.9,
                    "threshold": 2.0,
                },
                "operations": {
                    "east": cell("a", "b", system2={"period": 2.0, "suspect_after": 2.0, "stuck_after": 6.0}),
                    "west": {"agents": 4},
                    "north": {"agents": 3},
                },
            },
            channels={"s2": {"delay": 0.1}},
            environment={
                "demand": {"walk-in": poisson(4.0, "top"), "copies": copied()},
                "disturbances": FAULTS,
            },
        ),
        "small-children": scenario(
            "children",
            {"calls": {"arrivals": wave, "work": {"exponential": {"mean": 1.0}}, "to": "top"}},
            {
                "system2": {"period": 2.0, "limit": {"rate": 40.0, "burst": 10.0}},
                "system3": {"period": 4.0, "account_period": 4.0},
                "system4": {
                    "period": 4.0,
                    "looks_ahead": 20.0,
                    "indicators_every": 4.0,
                    "leading": {"lead": 10.0, "every": 5.0},
                },
                "system5": {"period": 6.0, "climbs_after": 4.0, "emergency": 1.0},
                "audit": {"every": {"exponential": {"mean": 3.0}}, "takes": 2.0},
                "essential": {"mean_wait_s": {"max": 0.2, "window": 4.0, "climbs_after": 4.0}},
                "spawn": {
                    "name": "branch",
                    "at_most": 2,
                    "above": 0.7,
                    "below": 0.4,
                    "dwell": 6.0,
                    "child": {
                        "system2": {"period": 2.0},
                        "system3": {"period": 4.0, "account_period": 4.0},
                        "system4": {"period": 4.0, "looks_ahead": 20.0},
                        "system5": {"period": 6.0, "climbs_after": 4.0, "emergency": 1.0},
                        "operations": {"x": {"agents": 1}, "y": {"agents": 1}},
                    },
                },
                "operations": {"front": {"agents": 1}, "back": {"agents": 1}},
            },
            policy={"spawn": {"max_depth": 2}},
            channels={
                "account": {"loss": 0.02},
                "intervene": {"delay": 0.2},
                "env_op": {"delay": {"uniform": {"min": 0.0, "max": 8.0}}},
            },
        ),
        "small-operated": scenario(
            "operated",
            {
                "walk-in": poisson(4.0, "top"),
                "copies": copied(),
                "seasonal": {**poisson(0.5, "top.west"), "season": {"period": 60.0, "amplitude": 0.4}},
            },
            {
                "system2": {"period": 2.0},
                "system3": {"period": 5.0},
                "audit": {"every": {"exponential": {"mean": 2.0}}, "takes": 3.0},
                "system4": {"period": 5.0, "indicators_every": 5.0},
                "system5": {"period": 5.0, "tolerance": 0.0, "patience": 0.0},
                "operations": {
                    "east": cell("a", "b"),
                    "west": {"agents": 4, "autonomy": {"offload": {"gain": 0.5, "period": 2.0}}},
                },
            },
            policy={"agents": {"least": 4, "most": 12, "hire_takes": 10.0}},
            operator=ACTS,
        ),
    }


def copied() -> Plain:
    """A renewal stream: what changes its demand copies it, or leaves some of it out."""
    return {
        "arrivals": {"renewal": {"uniform": {"min": 0.5, "max": 1.5}}},
        "work": {"exponential": {"mean": 1.0}},
        "to": "top.east",
    }


FAULTS = [
    {"kind": "hang", "unit": "top.west", "time": 30.0, "lasts": 25.0},
    {"kind": "hang", "unit": "top.north", "time": 70.0, "lasts": 20.0, "answers": False},
    {
        "kind": "crash",
        "unit": "top.east.a",
        "every": {"exponential": {"mean": 40.0}},
        "lasts": {"exponential": {"mean": 8.0}},
    },
    {"kind": "slow", "unit": "top.west", "time": 100.0, "lasts": 20.0, "factor": 0.4},
    {"kind": "stale", "unit": "top.east.b", "time": 60.0, "lasts": 30.0},
    {"kind": "bias", "unit": "top.north", "time": 10.0, "lasts": 60.0, "factor": 2.0, "probability": 0.7},
    {"kind": "loss", "unit": "top.east", "time": 150.0, "lasts": 30.0},
    {"kind": "demand", "stream": "walk-in", "time": 200.0, "lasts": 30.0, "factor": 1.5, "over": 10.0},
    {"kind": "demand", "stream": "walk-in", "time": 240.0, "lasts": 10.0, "factor": 0.0},
    {"kind": "demand", "stream": "copies", "time": 100.0, "lasts": 100.0, "factor": 1.7},
    *(
        {"kind": kind, "channel": channel, "time": 5.0 + turn, "lasts": 4.0, **more}
        for turn, channel in enumerate(k.CHANNEL_NAMES)
        for kind, more in (("cut", {}), ("delay", {"adds": 0.5}))
    ),
]
"""Everything that may break, within five minutes; each channel is cut, and slow, for a moment."""


def dials() -> list[Plain]:
    """Every dial is turned once, early in the run."""
    whose = {
        k.STREAM: "environment.walk-in", k.OPERATION: "top.west", k.MANAGEMENT: "top.west.management",
        k.SYSTEM2: "top.system2", k.SYSTEM3: "top.system3", k.AUDIT: "top.audit", k.SYSTEM4: "top.system4",
        k.SYSTEM5: "top.system5",
    }  # fmt: skip
    turned = []
    for place, dial in enumerate(DIALS):
        value = {"ratio": 1.5, "probability": 0.1, "share": 0.3}.get(dial.unit, 3.0)
        who = {"who": "top", "channel": "env_op"} if dial.role == ANY_SENDER else {"who": whose[dial.role]}
        turned.append({"time": 20.0 + place, "kind": "set", "dial": dial.name, "value": value, **who})
    return turned


ACTS: list[Plain] = [
    {"time": 3.0, "kind": "demand", "stream": "walk-in", "factor": 0.0},
    {"time": 7.0, "kind": "demand", "stream": "walk-in", "factor": 2.0},
    {"time": 8.0, "kind": "demand", "stream": "copies", "factor": 2.5},
    {"time": 8.0, "kind": "demand", "stream": "seasonal", "factor": 0.3},
    *dials(),
    {"time": 100.0, "kind": "crash", "unit": "top.west"},
    {"time": 105.0, "kind": "crash", "unit": "top.west", "mends": True},
    {"time": 110.0, "kind": "hang", "unit": "top.east.a", "answers": False},
    {"time": 115.0, "kind": "hang", "unit": "top.east.a", "answers": False, "mends": True},
    {"time": 120.0, "kind": "slow", "unit": "top.east.b", "factor": 0.5},
    {"time": 121.0, "kind": "set", "dial": "speed", "who": "top.east.b", "value": 3.0},
    {"time": 130.0, "kind": "slow", "unit": "top.east.b", "mends": True},
    {"time": 131.0, "kind": "stale", "unit": "top.east.b"},
    {"time": 140.0, "kind": "bias", "unit": "top.east.b", "factor": 2.0, "probability": 0.5},
    {"time": 150.0, "kind": "bias", "unit": "top.east.b", "mends": True},
    {"time": 151.0, "kind": "cut", "channel": "account"},
    {"time": 160.0, "kind": "cut", "channel": "account", "mends": True},
    {"time": 161.0, "kind": "delay", "channel": "s2", "of": "top.system2", "adds": 1.0},
    {"time": 170.0, "kind": "loss", "unit": "top.east"},
    {"time": 180.0, "kind": "loss", "unit": "top.east", "mends": True},
    *(
        {"time": 200.0 + place, "kind": "knockout", "system": f"top.{system}"}
        for place, system in enumerate(
            ["east.a.management", "system2", "system4", "audit", "system3", "system5", "east.system3"]
        )
    ),
]
"""Everything that an operator may do, within four minutes."""
