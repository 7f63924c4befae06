"""Small scenarios that between them make every law run; each is a mapping that `load` reads."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from frames import Plain, cell, poisson, scenario
from whole_scenarios import small_organisations

from vsmlab.lab.loader import Loaded, load

ROOT = Path(__file__).parents[2]
PROFILE = "data/llm-requests-2023.parquet"


FAILURE = {
    "probability": 0.3,
    "attempts": 3,
    "backoff": {"uniform": {"min": 0.1, "max": 2.0}},
    "deadline": 6.0,
    "patience": {"gamma": {"mean": 2.0, "cv2": 2.0}},
}


_folder = TemporaryDirectory(prefix="vsmlab-")


def loaded_small(name: str, **more: object) -> Loaded:
    """A small scenario, ready to be built; `more` replaces fields of it."""
    trace = {"chat": written_trace(Path(_folder.name))} if name == "small-trace" else None
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        return load({**small_scenarios()[name], **more}, trace=trace)


def written_trace(folder: Path) -> Path:
    """A trace of a few hundred requests, three of them in the same instant."""
    lines = ["TIMESTAMP,ContextTokens,GeneratedTokens"]
    for i in range(400):
        time = i * 0.25 if i % 50 > 2 else (i - i % 50) * 0.25
        lines.append(f"{time:.3f},{(i * 37) % 900},{(i * 13) % 300}")
    path = folder / "trace.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def small_scenarios() -> dict[str, Plain]:
    """By what each is about."""
    return small_operations() | small_organisations()


def small_operations() -> dict[str, Plain]:
    """Systems 1 to 3, one thing at a time; Systems 3*, 4 and 5 are there with their defaults."""
    by_tokens = [{"unit": "top.a", "when": {"context_tokens": {"max": 500}}}, {"unit": "top.b"}]
    linear = {"linear": {"constant": 0.1, "context_tokens": 0.001}}
    return {
        "small-queues": scenario(
            "queues",
            {
                "walk-in": poisson(3.0, "top", failure=FAILURE, rank=3, cost_usd=0.01),
                "urgent": poisson(0.5, "top.edf", rank=0, failure={"deadline": 4.0}),
                "shy": poisson(1.0, "top.lifo", balks=True),
                "plain": poisson(1.5, "top.random"),
                "flood": {
                    "arrivals": {"markov": {"rates": [0.1, 8.0], "leave": [0.1, 0.2]}},
                    "work": {"lognormal": {"mean": 1.0, "cv2": 3.0}},
                    "to": "top.edf",
                    "rank": 5,
                },
            },
            {
                "desk": {"routing": "round-robin"},
                "audit": "off",
                "operations": {
                    "edf": {
                        "agents": 3,
                        "queue": {"discipline": "edf", "limit": 4, "preemptive": True},
                        "limit": {"rate": 4.0, "burst": 2.0},
                    },
                    "lifo": {"agents": 2, "queue": {"discipline": "lifo"}, "autonomy": {"max_wait": 1.0}},
                    "random": {
                        "agents": 1,
                        "speed": 2.0,
                        "queue": {"discipline": "random"},
                        "autonomy": {"budget": True},
                        "limit": {"rate": 2.0, "burst": 1.0},
                    },
                },
                "system3": {"budget_usd_per_s": 0.02, "rule": "proportional", "period": 10},
            },
            channels={"op_mgmt": {"loss": 0.1}, "env_op": {"capacity": 6.0, "queue_limit": 3}},
        ),
        "small-hand-ons": scenario(
            "hand-ons",
            {
                "ramp": {
                    "arrivals": {"linear": {"times": [0, 50, 200], "rates": [0.0, 3.0, 1.0]}},
                    "work": {"empirical": {"quantiles": [0.2, 0.5, 0.9, 2.0]}},
                    "to": "top.line.first",
                },
                "clock": {
                    "arrivals": {"renewal": {"gamma": {"mean": 2.0, "cv2": 0.5}}},
                    "work": {"gamma": {"mean": 0.5, "cv2": 4.0}},
                    "to": "top.line",
                },
            },
            {
                "operations": {
                    "line": {
                        "operations": {
                            "first": {
                                "agents": 4,
                                "next": [
                                    {"unit": "second", "probability": 0.7},
                                    {"unit": "first", "probability": 0.2},
                                ],
                                "max_visits": 2,
                            },
                            "second": {
                                "agents": 3,
                                "work": {"exponential": {"mean": 0.5}},
                                "next": [{"unit": "top.office", "probability": 0.5}],
                            },
                        }
                    },
                    "office": {"agents": 3, "queue": {"limit": 2}},
                }
            },
            channels={"op_op": {"delay": {"exponential": {"mean": 0.2}}}, "op_mgmt": {"quantise": 0.5}},
        ),
        "small-trace": scenario(
            "trace",
            {
                "chat": {
                    "profile": PROFILE,  # `written_trace` takes its place
                    "work": linear,
                    "rank": [{"rank": 1, "when": {"context_tokens": {"min": 100}}}, {"rank": 2}],
                    "to": by_tokens,
                }
            },
            {
                "operations": {
                    "a": {"agents": 1, "next": [{"unit": "b", "when": {"generated_tokens": {"min": 200}}}]},
                    "b": {"agents": 2},
                }
            },
        ),
        "small-profile": scenario(
            "profile",
            {"chat": {"profile": PROFILE, "work": linear, "to": by_tokens}},
            cell("a", "b", system4={"period": 20.0, "leading": {"lead": 60.0, "every": 20.0}}),
        ),
        "small-autonomy": scenario(
            "autonomy",
            {"busy": poisson(4.5, "top.a"), "calm": poisson(0.5, "top.b")},
            {
                "operations": {
                    name: {"agents": 3, "autonomy": {"offload": {"gain": 0.8, "period": 2.0}}}
                    for name in ("a", "b", "c")
                },
                "system2": {"share": False, "gain": 0.3, "stagger": False, "predict": False},
                "system3": {"may_move": "nothing", "band": 0.1, "after": 1, "period": 5},
            },
        ),
        "small-bargain": scenario(
            "bargain",
            {
                "east": poisson(6.0, "top.east"),
                "west": {
                    **poisson(1.0, "top.west"),
                    "arrivals": {"linear": {"times": [0, 100, 110], "rates": [0.5, 0.5, 9.0]}},
                },
            },
            {
                "operations": {
                    "east": cell(
                        "a",
                        "b",
                        desk={"routing": "least-reported"},
                        system3={"period": 5, "account_period": 5, "pooled": True},
                    ),
                    "west": cell("a", "b", "c", system3={"period": 5, "account_period": 5, "gain": 0.5}),
                },
                "desk": {"routing": "least-reported"},
                "system2": {"limit": {"rate": 12.0, "burst": 4.0}, "period": 3},
                "system3": {"period": 5, "max_moves": 1, "band": 0.05, "after": 1, "suspend": 5},
            },
            channels={"account": {"loss": 0.2}, "bargain": {"delay": 0.5}},
        ),
        "small-patient": scenario(
            "patient",
            {"walk-in": poisson(4.0, "top", failure={"deadline": 5.0})},
            {
                "operations": {
                    name: {"agents": 2, "autonomy": {"max_wait": 0.5, "defer": 2.0}} for name in "ab"
                }
            },
        ),
        "small-pair": scenario("pair", {"walk-in": poisson(3.0, "top")}, cell("a", "b")),
        "small-alone": scenario(
            "alone",
            {"again": poisson(1.5, "top")},
            {"agents": 4, "next": [{"unit": "top", "probability": 0.5}]},
        ),
        "small-knocked-out": scenario(
            "knocked-out",
            {"east": poisson(3.0, "top")},
            cell("a", "b", system2={"stagger": False}),
            knockout=["system2", "top.a.management", {"channel": "account", "of": "top.b.management"}],
        ),
    }
