"""Random organisations for Hypothesis: any shape, any limits, any faults, short runs."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Mapping = dict[str, Any]
Draw = Any

POSITIVE = st.sampled_from([0.05, 0.2, 0.5, 1.0, 3.0])
AMOUNTS: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from([0.0, 0.25, 0.5, 2.0]),
    POSITIVE.map(lambda mean: {"exponential": {"mean": mean}}),
    POSITIVE.map(lambda mean: {"gamma": {"mean": mean, "cv2": 3.0}}),
    POSITIVE.map(lambda mean: {"lognormal": {"mean": mean, "cv2": 0.5}}),
    POSITIVE.map(lambda most: {"uniform": {"min": 0.0, "max": most}}),
)
BUCKET = st.fixed_dictionaries(
    {"rate": st.sampled_from([0.3, 1.0, 4.0]), "burst": st.sampled_from([1, 1.5, 4])}
)
CHANNEL = st.fixed_dictionaries(
    {},
    optional={
        "delay": st.sampled_from(
            [0.0, 0.2, 0.5, {"exponential": {"mean": 0.5}}, {"uniform": {"min": 0.0, "max": 2.0}}]
        ),
        "loss": st.sampled_from([0.0, 0.1, 0.5]),
        "capacity": st.sampled_from([5.0, 20.0]),
        "queue_limit": st.integers(0, 3),
        "cut": st.sampled_from([False] * 7 + [True]),
        "quantise": st.sampled_from([0.3, 3.0]),
    },
)
KINDS = ("env_op", "op_env", "op_mgmt", "mgmt_op", "bargain", "account", "intervene", "s2", "op_op")
CHANNELS = st.dictionaries(st.sampled_from(KINDS), CHANNEL, min_size=1, max_size=2)
ELEMENTARY = st.fixed_dictionaries(
    {"agents": st.sampled_from([2, 1, 3, 4, 0])},
    optional={
        "speed": st.sampled_from([0.5, 3.0]),
        "queue": st.fixed_dictionaries(
            {},
            optional={
                "discipline": st.sampled_from(["fifo", "lifo", "random", "edf"]),
                "limit": st.sampled_from([0, 2, 5, 20]),
                "preemptive": st.booleans(),
            },
        ),
        "work": AMOUNTS,
        "max_visits": st.integers(1, 3),
        "limit": BUCKET,
        "autonomy": st.fixed_dictionaries(
            {},
            optional={
                "max_wait": st.sampled_from([1.0, 5.0, 20.0]),
                "defer": st.sampled_from([2.0, 9.0]),
                "offload": st.fixed_dictionaries(
                    {"gain": st.sampled_from([0.3, 1.5]), "period": st.just(1.0)}
                ),
                "budget": st.sampled_from([False, False, True]),
            },
        ),
        "management": st.sampled_from(
            [{"account_every": every, "heartbeat_every": 0.7} for every in (1.0, 2.0, 3.0)] + ["off"]
        ),
        "report": st.fixed_dictionaries({"every": st.sampled_from([0.5, 2.0])}),
    },
)
SYSTEM2 = st.one_of(
    st.fixed_dictionaries(
        {"period": st.sampled_from([0.5, 2.0])},
        optional={
            "gain": st.sampled_from([0.2, 1.0, 2.0]),
            "threshold": st.sampled_from([0.0, 2.0]),
            "predict": st.booleans(),
            "stagger": st.booleans(),
            "share": st.booleans(),
            "settle": st.sampled_from([0.0, 3.0]),
            "limit": BUCKET,
        },
    ),
    st.just("off"),
)
SYSTEM3 = st.one_of(
    st.fixed_dictionaries(
        {"period": st.sampled_from([1.0, 5.0]), "account_period": st.sampled_from([1.0, 4.0])},
        optional={
            "rule": st.sampled_from(["optimal", "proportional"]),
            "pooled": st.booleans(),
            "may_move": st.sampled_from(["agents"] * 5 + ["nothing"]),
            "move_takes": st.sampled_from([0.0, 1.0, 7.0]),
            "max_moves": st.integers(1, 3),
            "gain": st.sampled_from([0.3, 1.0]),
            "drain": st.sampled_from([0.5, 10.0]),
            "floor": st.integers(0, 2),
            "budget_usd_per_s": st.sampled_from([0.5, 5.0]),
            "band": st.just(0.1),
            "after": st.integers(1, 3),
            "suspend": st.just(4.0),
        },
    ),
    st.just("off"),
)
ARRIVALS: st.SearchStrategy[Any] = st.sampled_from(
    [
        {"poisson": {"rate": 6.0}},
        {"poisson": {"rate": 2.0}},
        {"renewal": 0.5},
        {"renewal": {"gamma": {"mean": 0.4, "cv2": 4.0}}},
        {"markov": {"rates": [0.0, 6.0], "leave": [0.3, 0.3]}},
        {"linear": {"times": [0, 10, 20], "rates": [0.0, 6.0, 1.0]}},
    ]
)
FAILURE = st.fixed_dictionaries(
    {},
    optional={
        "probability": st.sampled_from([0.2, 0.7]),
        "attempts": st.integers(1, 4),
        "backoff": AMOUNTS,
        "deadline": st.sampled_from([20.0, 3.0]),
        "patience": AMOUNTS,
    },
)


def node(draw: Draw, depth: int) -> Mapping:
    """A node with whatever lies below it, at most ``depth`` levels deep."""
    if depth <= 0 or draw(st.integers(0, 5)) == 5:
        here = dict(draw(ELEMENTARY))
        if draw(st.integers(0, 5)) == 5:
            here["channels"] = draw(CHANNELS)
        return here
    names = "abc"[: draw(st.sampled_from([2, 3, 1]))]
    viable: Mapping = {"operations": {name: node(draw, depth - 1) for name in names}}
    if draw(st.booleans()):
        viable["desk"] = {"routing": draw(st.sampled_from(["shares", "round-robin", "least-reported"]))}
    for system, choice in (("system2", SYSTEM2), ("system3", SYSTEM3)):
        if draw(st.integers(0, 4)) < 4:
            viable[system] = draw(choice)
    if draw(st.integers(0, 3)) == 0:
        viable["channels"] = draw(CHANNELS)
    return viable


def paths(tree: Mapping, path: str) -> list[tuple[str, Mapping]]:
    """Every node by its path."""
    found = [(path, tree)]
    for name, child in tree.get("operations", {}).items():
        found += paths(child, f"{path}.{name}")
    return found


def hand_on(draw: Draw, tree: Mapping) -> None:
    """Let some operations hand tasks on, to siblings or to those of the systems they are part of."""
    nodes = dict(paths(tree, "org"))
    for path, here in nodes.items():
        if "operations" in here or draw(st.integers(0, 2)) < 2:
            continue
        near = [
            other for other in nodes if path.startswith(other.rpartition(".")[0] + ".") or "." not in other
        ]
        targets = draw(st.lists(st.sampled_from(near), min_size=1, max_size=2))
        here["next"] = [{"unit": target, "probability": 0.35} for target in targets]


def knock_outs(draw: Draw, tree: Mapping) -> list[Any]:
    """Systems and channels to take away."""
    systems = [
        f"{path}.{system}"
        for path, here in paths(tree, "org")
        for system in (("system2", "system3") if "operations" in here else ("management",))
        if here.get(system) != "off" and "." in path + ("." if "operations" in here else "")
    ]
    chosen: list[Any] = []
    if systems and draw(st.integers(0, 3)) == 3:
        chosen = draw(st.lists(st.sampled_from(systems), min_size=1, max_size=2, unique=True))
    if draw(st.integers(0, 9)) == 9:
        chosen.append({"channel": draw(st.sampled_from(KINDS))})
    return chosen


@st.composite
def organisations(draw: Draw) -> Mapping:
    """A whole scenario."""
    tree = node(draw, draw(st.sampled_from([2, 1, 3, 2, 0])))
    tree["name"] = "org"
    hand_on(draw, tree)
    everywhere = [path for path, _ in paths(tree, "org")]
    demand = {}
    for name in ("one", "two", "three")[: draw(st.integers(1, 3))]:
        demand[name] = {
            "arrivals": draw(ARRIVALS),
            "work": draw(AMOUNTS),
            "to": draw(st.sampled_from(["org"] * len(everywhere) + everywhere)),
            "rank": draw(st.integers(0, 2)),
            "balks": draw(st.sampled_from([False, False, False, True])),
            "cost_usd": draw(st.sampled_from([0.0, 0.5])),
            "failure": draw(FAILURE),
        }
    horizon = draw(st.sampled_from([30.0, 50.0]))
    return {
        "version": 1,
        "name": "random",
        "title": "A random organisation",
        "horizon": horizon,
        "warmup": draw(st.sampled_from([0.0, 0.0, 3.0, 7.7])),
        "seed": draw(st.integers(0, 2**63 - 1)),
        "environment": {"demand": demand},
        "organisation": tree,
        "channels": draw(CHANNELS) if draw(st.integers(0, 2)) == 2 else {},
        "knockout": knock_outs(draw, tree),
    }


TIMES = st.sampled_from([0.0, 1.0, 5.0, 11.0, 20.0])
LASTS = st.sampled_from([3.0, 10.0])
SYSTEM4 = st.fixed_dictionaries(
    {"period": st.sampled_from([2.0, 6.0]), "looks_ahead": st.sampled_from([4.0, 12.0])},
    optional={
        "method": st.sampled_from(["holt", "dlm"]),
        "indicators_every": st.just(3.0),
        "leading": st.just({"lead": 6.0, "every": 3.0, "noise": 0.2}),
        "season": st.just({"period": 12.0, "bins": 3}),
        "cover": st.sampled_from([0.0, 1.0]),
    },
)
SYSTEM5 = st.fixed_dictionaries(
    {"period": st.sampled_from([2.0, 7.0])},
    optional={
        "tolerance": st.sampled_from([0.0, 1.0]),
        "outside": st.sampled_from([0.0, 0.5, 1.0]),
        "climbs_after": st.sampled_from([0.0, 4.0]),
        "emergency": st.sampled_from([0.0, 8.0]),
    },
)
AUDIT = st.fixed_dictionaries(
    {"every": st.sampled_from([2.0, {"exponential": {"mean": 3.0}}]), "takes": st.just(3.0)},
    optional={"sample": st.sampled_from([0.5, 1.0]), "threshold": st.just(2.0)},
)
ESSENTIAL = st.sampled_from(
    [
        {"mean_wait_s": {"max": 0.5, "window": 3.0, "climbs_after": 2.0, "good": {"max": 0.1}}},
        {"p95_wait_s": {"max": 0.5, "window": 3.0}},
        {"utilisation": {"min": 0.3, "max": 0.8, "window": 4.0, "climbs_after": 3.0}},
    ]
)
CHILD: Mapping = {
    "operations": {"hand": {"agents": 1}, "foot": {"agents": 2}},
    "system2": {"period": 1.0},
    "system3": {"period": 2.0},
    "system4": {"period": 4.0},
}


def disturbance(draw: Draw, operations: list[str]) -> Mapping:
    """Something that happens to an operation, a channel or the demand, once or again and again."""
    kind = draw(st.sampled_from(["crash", "hang", "slow", "stale", "bias", "cut", "delay", "loss", "demand"]))
    about: Mapping = {"kind": kind}
    if draw(st.booleans()):
        about |= {"time": draw(TIMES)}
    else:
        about |= {"every": {"exponential": {"mean": draw(st.sampled_from([4.0, 15.0]))}}}
    about["lasts"] = draw(LASTS)
    if kind == "demand":
        return about | {"stream": "one", "factor": draw(st.sampled_from([0.2, 3.0]))}
    if kind in ("cut", "delay"):
        about["channel"] = draw(st.sampled_from(["account", "op_mgmt", "bargain", "mgmt_op"]))
        return about | ({"adds": 2.0} if kind == "delay" else {})
    about["unit"] = draw(st.sampled_from(operations))
    if kind in ("slow", "bias"):
        about["factor"] = 0.5 if kind == "slow" else 2.0
    if kind == "hang":
        about["answers"] = draw(st.booleans())
    return about


@st.composite
def whole_organisations(draw: Draw) -> Mapping:
    """A scenario with all Systems, pain, faults, hiring and children, as far as it happens to be a right one."""
    scenario: Mapping = draw(organisations())
    tree = scenario["organisation"]
    nodes = paths(tree, "org")
    operations = [path for path, here in nodes if "operations" not in here]
    for _, here in nodes:
        if "operations" in here:
            for system, choice in (("system4", SYSTEM4), ("system5", SYSTEM5), ("audit", AUDIT)):
                here[system] = draw(st.one_of(choice, choice, st.just("off")))
            if draw(st.integers(0, 3)) == 0:
                here["essential"] = draw(ESSENTIAL)
    if "operations" in tree and draw(st.booleans()):
        tree["spawn"] = {
            "child": CHILD,
            "name": "child",
            "above": 0.3,
            "below": 0.2,
            "dwell": 2.0,
            "at_most": 2,
        }
        tree |= {"system3": {"period": 2.0}, "system4": draw(SYSTEM4), "system5": draw(SYSTEM5)}
    if draw(st.booleans()):
        scenario["policy"] = {
            "agents": {"least": 0, "most": 40, "hire_takes": draw(st.sampled_from([0.0, 5.0]))}
        }
    many = draw(st.integers(0, 4))
    scenario["environment"]["disturbances"] = [disturbance(draw, operations) for _ in range(many)]
    return scenario
