"""A disturbance that cannot be gets one line that says what would be right."""

import pytest
from spoilt import RIGHT, Wrong, assert_one_clear_line, swap

PLACE = "environment.disturbances"
CRASH = "{kind: crash, time: 10, unit: fleet.b.worker-1, lasts: 5}"
SLOW = "factor: 0.5}"
BIAS = "factor: 1.5, probability: 0.6}"
CUT = "channel: s2, of: fleet.b.system2,"
DELAY = "channel: op_mgmt, adds: 3}"
LOSS = "unit: fleet.b, lasts: 8"
DEMAND = "{kind: demand, time: 80, stream: chat, factor: 2.5, over: 10, lasts: 15}"
LASTS = "lasts: {uniform: {min: 1, max: 9}}"


def crash(fields: str) -> str:
    """The first disturbance with these fields instead."""
    return swap(CRASH, f"{{kind: crash, {fields}}}")


def demand(fields: str) -> str:
    """The last disturbance with these fields instead."""
    return swap(DEMAND, f"{{kind: demand, {fields}}}")


WRONG: dict[str, Wrong] = {
    # what it is
    "not a list": (
        RIGHT[: RIGHT.index("  disturbances:")] + "  disturbances: {}\n" + RIGHT[RIGHT.index("templates:") :],
        (PLACE, "not a list", "a mapping"),
    ),
    "text": (swap(CRASH, "crash"), (f"{PLACE}.0", "not a mapping")),
    "no kind": (swap("kind: crash, ", ""), (f"{PLACE}.0.kind", "missing")),
    "unknown kind": (
        swap("kind: crash", "kind: crush"),
        (f"{PLACE}.0.kind", "'crush'", "did you mean crash?", "demand"),
    ),
    "unknown field": (crash("time: 1, units: fleet.a"), (f"{PLACE}.0.units", "did you mean unit?")),
    # when
    "no time": (crash("unit: fleet.a"), (f"{PLACE}.0", "when it begins is missing", "time, every")),
    "two times": (crash("unit: fleet.a, time: 1, every: 5"), (f"{PLACE}.0", "2 where one belongs")),
    "before the run": (crash("unit: fleet.a, time: -1"), (f"{PLACE}.0.time", "at least 0")),
    "time as text": (crash("unit: fleet.a, time: soon"), (f"{PLACE}.0.time", "not a number", "'soon'")),
    "gaps of nothing": (crash("unit: fleet.a, every: 0"), (f"{PLACE}.0.every", "above 0")),
    "gaps of an unknown law": (
        crash("unit: fleet.a, every: {expo: {mean: 1}}"),
        (f"{PLACE}.0.every", "'expo'", "exponential"),
    ),
    "it lasts no time": (crash("unit: fleet.a, time: 1, lasts: 0"), (f"{PLACE}.0.lasts", "above 0")),
    "it lasts less than no time": (
        crash("unit: fleet.a, time: 1, lasts: -5"),
        (f"{PLACE}.0.lasts", "at least 0"),
    ),
    # whom it strikes
    "nobody": (crash("time: 1"), (f"{PLACE}.0.unit", "missing", "crash", "needs it")),
    "an unknown unit": (
        crash("time: 1, unit: fleet.b.worker-3"),
        (f"{PLACE}.0.unit", "no operation of this path", "'fleet.b.worker-3'", "did you mean fleet.b.worker"),
    ),
    "not a path": (crash("time: 1, unit: fleet..a"), (f"{PLACE}.0.unit", "names joined by dots")),
    "a system": (
        crash("time: 1, unit: fleet.b"),
        (f"{PLACE}.0.unit", "not an elementary operation", "loss strikes every operation"),
    ),
    "a System": (crash("time: 1, unit: fleet.system3"), (f"{PLACE}.0.unit", "no operation of this path")),
    "a pattern": (crash("time: 1, unit: fleet.extra.hand"), (f"{PLACE}.0.unit", "no operation of this")),
    "loss of an operation": (swap(LOSS, "unit: fleet.a"), (f"{PLACE}.7.unit", "not a viable system")),
    "loss of nobody": (swap(LOSS, "unit: fleet.c"), (f"{PLACE}.7.unit", "no viable system of this path")),
    "slow and no unit": (swap("unit: fleet.b.worker-2, factor", "factor"), (f"{PLACE}.2.unit", "slow")),
    # how much
    "a crash with a factor": (
        crash("time: 1, unit: fleet.a, factor: 2"),
        (f"{PLACE}.0.factor", "only another kind has 'factor'", "kind crash has unit"),
    ),
    "a crash that answers": (crash("time: 1, unit: fleet.a, answers: true"), (f"{PLACE}.0.answers", "crash")),
    "a hang of half an answer": (
        swap("answers: false", "answers: perhaps"),
        (f"{PLACE}.1.answers", "not true or false"),
    ),
    "slow by nothing said": (swap(f", {SLOW}", "}"), (f"{PLACE}.2.factor", "missing", "slow")),
    "slow that is fast": (swap(SLOW, "factor: 2}"), (f"{PLACE}.2.factor", "given 2", "at most 1")),
    "slow that stands": (swap(SLOW, "factor: 0}"), (f"{PLACE}.2.factor", "hangs")),
    "slow backwards": (swap(SLOW, "factor: -1}"), (f"{PLACE}.2.factor", "at least 0")),
    "bias of nothing": (swap(BIAS, "factor: 0}"), (f"{PLACE}.4.factor", "above 0")),
    "bias by nothing said": (swap(BIAS, "probability: 0.6}"), (f"{PLACE}.4.factor", "missing")),
    "a bias that never is": (swap("probability: 0.6", "probability: 0"), ("4.probability", "above 0")),
    "a bias that is always and more": (
        swap("probability: 0.6", "probability: 2"),
        ("4.probability", "at most 1"),
    ),
    "two biases of two probabilities": (
        swap(CRASH, "{kind: bias, time: 1, unit: fleet.a, factor: 2}"),
        (f"{PLACE}.4.probability", "disturbance 0 has another for fleet.a", "given 0.6"),
    ),
    # channels
    "cut of nothing": (swap(f"{CUT} ", ""), (f"{PLACE}.5.channel", "missing", "cut")),
    "cut of an unknown channel": (swap(CUT, "channel: s3,"), (f"{PLACE}.5.channel", "one of", "s3star")),
    "cut that adds": (swap(CUT, "channel: s2, adds: 3,"), (f"{PLACE}.5.adds", "only another kind")),
    "cut of one who never sends": (
        swap(CUT, "channel: s2, of: fleet.b.system3,"),
        (f"{PLACE}.5.of", "nothing is sent on s2 there", "did you mean fleet.b.system2?"),
    ),
    "cut of nobody": (swap(CUT, "channel: s2, of: fleet.z,"), (f"{PLACE}.5.of", "'fleet.z'", "senders: ")),
    "cut of a stream": (
        swap(CUT, "channel: s4_env, of: environment.chat,"),
        (f"{PLACE}.5.of", "senders: fleet.system4"),
    ),
    "cut where nobody sends": (
        swap(CUT, "channel: s4_env,")
        .replace("  system4: {looks", "  system4: off # {looks")
        .replace("  spawn:", "  # spawn:")
        .replace("{like: cell}", "{like: cell, system4: off}"),
        (f"{PLACE}.5.channel", "nobody sends on s4_env"),
    ),
    "delay of nothing": (swap(", adds: 3}", "}"), (f"{PLACE}.6.adds", "missing", "delay")),
    "delay of no time": (swap(DELAY, "channel: op_mgmt, adds: 0}"), (f"{PLACE}.6.adds", "above 0")),
    "delay by chance": (
        swap(DELAY, "channel: op_mgmt, adds: {exponential: {mean: 1}}}"),
        (f"{PLACE}.6.adds", "not a number"),
    ),
    # demand
    "demand of nobody": (demand("time: 1, factor: 2"), (f"{PLACE}.8.stream", "missing", "demand")),
    "demand of an unknown stream": (
        demand("time: 1, factor: 2, stream: chad"),
        (f"{PLACE}.8.stream", "unknown stream", "did you mean chat?", "mail"),
    ),
    "demand of a path": (demand("time: 1, factor: 2, stream: fleet.a"), ("8.stream", "not a name")),
    "demand without factor": (demand("time: 1, stream: chat"), (f"{PLACE}.8.factor", "missing")),
    "negative demand": (demand("time: 1, stream: chat, factor: -1"), (f"{PLACE}.8.factor", "at least 0")),
    "demand by chance": (
        demand("every: {exponential: {mean: 9}}, stream: chat, factor: 2"),
        (f"{PLACE}.8.every", "set time"),
    ),
    "demand that ends by chance": (
        swap("over: 10, lasts: 15", "over: 10, lasts: {exponential: {mean: 9}}"),
        (f"{PLACE}.8.lasts", "set number of seconds"),
    ),
    "demand reached before": (swap("over: 10", "over: -1"), (f"{PLACE}.8.over", "at least 0")),
    "demand of a unit": (demand("time: 1, stream: chat, factor: 2, unit: fleet.a"), ("8.unit", "demand has")),
    # names
    "a stream called like a disturbance": (
        swap("    chat:", "    crash-1:").replace("stream: chat", "stream: crash-1"),
        ("environment.demand.crash-1", "a disturbance is called 'crash-1'", "choose another name"),
    ),
}


@pytest.mark.parametrize(("text", "fragments"), WRONG.values(), ids=WRONG)
def test_a_wrong_disturbance_gets_one_clear_line(text, fragments, tmp_path):
    assert_one_clear_line(text, fragments, tmp_path)
