"""Wrong Systems 3* to 5, essential variables, children and policy get one line that says what would be right."""

import pytest
from spoilt import Wrong, assert_one_clear_line, swap

AUDIT, FOUR, FIVE = "organisation.audit", "organisation.system4", "organisation.system5"
ESSENTIAL, SPAWN = "organisation.essential", "organisation.spawn"
LIES = "{honest: 0.04, lying: 0.3}"
P95 = "{max: 12, window: 31, climbs_after: 16}"
USED = "{min: 0.2, max: 0.9, good: {min: 0.5, max: 0.8}}"
LEADING = "{lead: 44, every: 22}"
FORESEEN = "{period: 66, bins: 6}"
SEASON = "{period: 60, amplitude: 0.5, phase: 0.25}"
CHILD = "{operations: {hand: {agents: 1}}}"
PAIN = "{in_pain: {max_wait: 9}}"
THREE = "{period: 10}"
TWO = "{suspect_after: 4, stuck_after: 40}"
AGENTS = "{total: 4, least: 3, most: 7, hire_takes: 55}"
B = "    b: {like: cell}"


def systems(a: str) -> str:
    """A System 3* and so on of an elementary operation."""
    return swap("    a: {agents: 2,", f"    a: {{agents: 2, {a},")


WRONG: dict[str, Wrong] = {
    # System 3*
    "nothing for an audit": (swap("audit: {every: 21, takes: 11,", "audit: #"), (AUDIT, "off")),
    "audit of text": (swap("audit: {every: 21, takes: 11,", "audit: often #"), (AUDIT, "not a mapping")),
    "audits without end": (swap("every: 21", "every: 0"), (f"{AUDIT}.every", "without end", "above 0")),
    "audits before now": (swap("every: 21", "every: -1"), (f"{AUDIT}.every", "at least 0")),
    "audits of an unknown law": (swap("every: 21", "every: {poisson: 1}"), (f"{AUDIT}.every", "'poisson'")),
    "inspection of no time": (swap("takes: 11", "takes: 0"), (f"{AUDIT}.takes", "above 0", "seconds")),
    "inspection of no task": (swap("sample: 0.3", "sample: 0"), (f"{AUDIT}.sample", "above 0")),
    "inspection of more than all": (swap("sample: 0.3", "sample: 1.5"), (f"{AUDIT}.sample", "at most 1")),
    "inspection in words": (swap("sample: 0.3", "sample: some"), (f"{AUDIT}.sample", "not a number")),
    "negative allowance": (swap("reference: 0.7", "reference: -1"), (f"{AUDIT}.reference", "at least 0")),
    "threshold of nothing": (swap("threshold: 5", "threshold: 0"), (f"{AUDIT}.threshold", "above 0")),
    "unknown field of an audit": (swap("takes: 11", "take: 11"), (f"{AUDIT}.take", "did you mean takes?")),
    "liars like the honest": (
        swap(LIES, "{honest: 0.3, lying: 0.3}"),
        (f"{AUDIT}.lies", "honest 0.3 is not below lying 0.3"),
    ),
    "certain lies": (swap(LIES, "{lying: 1}"), (f"{AUDIT}.lies.lying", "below 1")),
    "never wrong": (swap(LIES, "{alpha: 0}"), (f"{AUDIT}.lies.alpha", "above 0")),
    "lies decided by nothing": (
        swap(LIES, "{alpha: 0.6, beta: 0.4}"),
        (f"{AUDIT}.lies", "alpha + beta < 1"),
    ),
    "audit of an operation": (systems("audit: {}"), ("operations.a.audit", "viable system")),
    # System 4
    "no period ahead": (swap("{looks_ahead: 33", "{period: 0"), (f"{FOUR}.period", "above 0")),
    "looking behind": (swap("looks_ahead: 33", "looks_ahead: -3"), (f"{FOUR}.looks_ahead", "above 0")),
    "unknown method": (
        swap("method: holt", "method: hold"),
        (f"{FOUR}.method", "'hold'", "did you mean holt?", "dlm"),
    ),
    "alpha above 1": (swap("method: holt", "alpha: 1.2"), (f"{FOUR}.alpha", "at most 1", "level")),
    "alpha of nothing": (swap("method: holt", "alpha: 0"), (f"{FOUR}.alpha", "above 0")),
    "negative beta": (swap("method: holt", "beta: -0.1"), (f"{FOUR}.beta", "at least 0", "growth")),
    "growth that grows": (swap("method: holt", "damping: 1.1"), (f"{FOUR}.damping", "at most 1")),
    "discount above 1": (swap("method: holt", "discount_level: 2"), (f"{FOUR}.discount_level", "at most 1")),
    "discount of all": (swap("method: holt", "discount_growth: 0"), (f"{FOUR}.discount_growth", "0.01")),
    "negative cover": (swap("method: holt", "cover: -1"), (f"{FOUR}.cover", "at least 0")),
    "indicators all the time": (
        swap("method: holt", "indicators_every: 0"),
        (f"{FOUR}.indicators_every", "above 0"),
    ),
    "negative probe": (swap("method: holt", "probe_beyond: -1"), (f"{FOUR}.probe_beyond", "0 is never")),
    "a season of one part": (swap(FORESEEN, "{period: 66, bins: 1}"), (f"{FOUR}.season.bins", "at least 2")),
    "a season of half a part": (swap(FORESEEN, "{period: 66, bins: 2.5}"), (f"{FOUR}.season.bins", "whole")),
    "too fine a season": (swap(FORESEEN, "{period: 66, bins: 1001}"), ("season.bins", "at most 1000")),
    "a season without period": (swap(FORESEEN, "{bins: 6}"), (f"{FOUR}.season.period", "missing")),
    "a season learnt too fast": (
        swap(FORESEEN, "{period: 66, gamma: 2}"),
        (f"{FOUR}.season.gamma", "at most 1"),
    ),
    "an indicator that lags": (swap(LEADING, "{lead: -5}"), (f"{FOUR}.leading.lead", "above 0")),
    "an indicator without lead": (swap(LEADING, "{every: 22}"), (f"{FOUR}.leading.lead", "missing")),
    "an indicator shown too often": (
        swap(LEADING, "{lead: 44, every: 0.001}"),
        (f"{FOUR}.leading", "lead 44", "1,000 times every 0.001", "show less often"),
    ),
    "an indicator of negative noise": (
        swap(LEADING, "{lead: 44, noise: -1}"),
        (f"{FOUR}.leading.noise", "at least 0"),
    ),
    "an indicator of a trace alone": (
        swap("b: {like: cell}", "b: {like: cell, system4: {leading: {lead: 5}}}"),
        ("operations.b.system4.leading", "can be foreseen", "a trace cannot"),
    ),
    "System 4 of an operation": (systems("system4: on"), ("operations.a.system4", "viable system")),
    # System 5
    "nothing for System 5": (swap("system5: {tolerance: 2,", "system5: #"), (FIVE, "off")),
    "govern all the time": (swap("{tolerance: 2", "{period: 0"), (f"{FIVE}.period", "above 0")),
    "negative tolerance": (swap("tolerance: 2", "tolerance: -2"), (f"{FIVE}.tolerance", "at least 0")),
    "negative patience": (swap("tolerance: 2", "patience: -2"), (f"{FIVE}.patience", "at least 0")),
    "all outside and more": (swap("outside: 0.4", "outside: 1.4"), (f"{FIVE}.outside", "at most 1")),
    "climbs before it is felt": (
        swap("tolerance: 2", "climbs_after: -2"),
        (f"{FIVE}.climbs_after", "at least 0"),
    ),
    "emergency of text": (swap("tolerance: 2", "emergency: yes"), (f"{FIVE}.emergency", "not a number")),
    "System 5 of an operation": (systems("system5: {}"), ("operations.a.system5", "viable system")),
    # Systems 2 and 3
    "negative suspicion": (
        swap(TWO, "{suspect_after: -1}"),
        ("system2.suspect_after", "at least 0", "heartbeats"),
    ),
    "stuck before it starts": (swap(TWO, "{stuck_after: -1}"), ("system2.stuck_after", "at least 0")),
    "more than fully used": (swap(THREE, "{staffing: 1.2}"), ("system3.staffing", "at most 1")),
    "never used": (swap(THREE, "{staffing: 0}"), ("system3.staffing", "above 0")),
    "negative cover of System 3": (swap(THREE, "{cover: -1}"), ("system3.cover", "at least 0")),
    "negative gain now": (swap(THREE, "{gain_now: -1}"), ("system3.gain_now", "at least 0")),
    "negative gain then": (swap(THREE, "{gain_then: -1}"), ("system3.gain_then", "at least 0")),
    "balance all the time": (swap(THREE, "{balance_period: 0}"), ("system3.balance_period", "above 0")),
    "negative probation": (swap(THREE, "{probation: -1}"), ("system3.probation", "at least 0")),
    # essential variables
    "essential list": (swap(P95, "[12]"), (f"{ESSENTIAL}.p95_wait_s", "not a mapping")),
    "unknown essential": (
        swap("p95_wait_s:", "p99_wait_s:"),
        (ESSENTIAL, "unknown essential variable, given 'p99_wait_s'", "did you mean p95_wait_s?"),
    ),
    "no limit": (swap(USED, "{window: 30}"), (f"{ESSENTIAL}.utilisation", "min, max or both")),
    "limits the wrong way": (swap(USED, "{min: 0.8, max: 0.2}"), ("min 0.8 is above max 0.2",)),
    "negative limit": (swap(P95, "{max: -1}"), (f"{ESSENTIAL}.p95_wait_s.max", "at least 0")),
    "a share above 1": (swap(USED, "{max: 95}"), (f"{ESSENTIAL}.utilisation", "between 0 and 1")),
    "a percentile with a least": (swap(P95, "{min: 1, max: 9}"), ("p95_wait_s", "one limit", "max alone")),
    "a good percentile": (swap(P95, "{max: 9, good: {max: 2}}"), ("p95_wait_s", "max alone")),
    "window of nothing": (swap("window: 31", "window: 0"), ("p95_wait_s.window", "above 0")),
    "climbs too early": (swap("climbs_after: 16", "climbs_after: -1"), ("climbs_after", "at least 0")),
    "good beyond the limit": (
        swap(USED, "{max: 0.9, good: {max: 0.95}}"),
        (f"{ESSENTIAL}.utilisation.good", "reaches into pain"),
    ),
    "good without the bound of pain": (swap(USED, "{max: 0.9, good: {min: 0.5}}"), ("utilisation.good",)),
    "good of nothing": (swap(USED, "{max: 0.9, good: {}}"), ("utilisation.good", "min, max or both")),
    "essential without management": (
        systems("management: off, essential: {mean_wait_s: {max: 3}}"),
        ("operations.a.essential", "no management"),
    ),
    "in pain for no time": (swap(PAIN, "{in_pain: {max_wait: -1}}"), ("in_pain.max_wait", "at least 0")),
    "in pain without a word": (swap(PAIN, "{in_pain: {}}"), ("in_pain.max_wait", "missing")),
    "in pain without management": (systems("management: off"), ("a.autonomy.in_pain", "no management")),
    "in pain without anything that hurts": (
        swap(f"  essential:\n    p95_wait_s: {P95}\n    utilisation: {USED}\n", ""),
        ("operations.a.autonomy.in_pain", "nothing can hurt here"),
    ),
    # children
    "children without a pattern": (swap(f"child: {CHILD}, ", ""), (f"{SPAWN}.child", "missing")),
    "spawn of text": (swap(f"{{child: {CHILD}, name: extra,", "large #"), (SPAWN, "not a mapping")),
    "a child that is an operation": (
        swap(CHILD, "{agents: 1}"),
        (f"{SPAWN}.child", "viable system", "operations"),
    ),
    "a child of nothing": (swap(CHILD, "{}"), (f"{SPAWN}.child", "agents", "operations")),
    "a child of text": (swap(CHILD, "cell"), (f"{SPAWN}.child", "not a mapping")),
    "a child that hands on": (
        swap(CHILD, "{operations: {hand: {agents: 1, next: [{unit: fleet.a, probability: 1}]}}}"),
        (f"{SPAWN}.child.operations.hand.next", "a way on out of a child"),
    ),
    "several patterns": (
        swap(CHILD, "{count: 2, operations: {hand: {agents: 1}}}"),
        (f"{SPAWN}.child.count", "at_most"),
    ),
    "children that nobody proposes": (
        swap("system4: {looks_ahead", "system4: off # {looks_ahead"),
        (SPAWN, "no system4", "it proposes the children"),
    ),
    "children that nobody decides on": (
        swap("system5: {tolerance", "system5: off # {tolerance"),
        (SPAWN, "no system5", "it decides on the children"),
    ),
    "children that nobody makes": (
        swap(", least: 3, most: 7, hire_takes: 55", "").replace("system3: {period: 10}", "system3: off"),
        (SPAWN, "no system3", "it makes the children"),
    ),
    "a child that gives no agents back": (
        swap(CHILD, "{system3: off, operations: {hand: {agents: 1}}}"),
        (f"{SPAWN}.child.system3", "no System 3", "retired"),
    ),
    "a hand that gives no agents back": (
        swap(CHILD, "{operations: {hand: {agents: 1, management: off}}}"),
        (f"{SPAWN}.child.operations.hand.management", "no management", "retired"),
    ),
    "a child like nothing": (swap(CHILD, "{like: sell}"), (f"{SPAWN}.child.like", "did you mean cell?")),
    "a child like what it comes from": (
        swap("cell: {operations:", "cell: {spawn: {child: {like: cell}}, operations:"),
        ("templates.cell", "cyclic like", "cell -> cell"),
    ),
    "too many operations of a child": (
        swap(CHILD, "{operations: {a: {count: 1000, operations: {b: {count: 20, agents: 1}}}}}"),
        (SPAWN, "too large", "20,000"),
    ),
    "too many children's operations": (
        swap(
            "{count: 2, agents: 1}",
            "{count: 1000, operations: {b: {agents: 1}},\n"
            "    spawn: {child: {operations: {c: {count: 20, agents: 1}}}}}",
        ),
        ("too large", "20,000"),
    ),
    "children without end": (swap("at_most: 2", "at_most: 101"), (f"{SPAWN}.at_most", "at most 100")),
    "no children": (swap("at_most: 2", "at_most: 0"), (f"{SPAWN}.at_most", "at least 1")),
    "half a child": (swap("at_most: 2", "at_most: 1.5"), (f"{SPAWN}.at_most", "whole number")),
    "come and go": (
        swap("below: 0.45", "below: 0.9"),
        (SPAWN, "below 0.9 is not below above 0.85"),
    ),
    "negative below": (swap("below: 0.45", "below: -1"), (f"{SPAWN}.below", "at least 0")),
    "above nothing": (swap("above: 0.85", "above: 0"), (f"{SPAWN}.above", "above 0")),
    "negative dwell": (swap("dwell: 35", "dwell: -1"), (f"{SPAWN}.dwell", "at least 0", "seconds")),
    "a reserved name of children": (swap("name: extra", "name: system4"), (f"{SPAWN}.name", "reserved")),
    "a number as a name of children": (swap("name: extra", "name: 7"), (f"{SPAWN}.name", "not text")),
    "an operation called like a child": (
        swap(B, f"{B}\n    extra-1: {{agents: 0}}"),
        ("operations.extra-1", "the name of a child", "choose another name"),
    ),
    "operations counted like children": (
        swap(B, f"{B}\n    extra: {{count: 2, agents: 0}}"),
        ("operations.extra-1", "the name of a child"),
    ),
    "an operation called like the pattern": (
        swap(B, f"{B}\n    extra: {{agents: 0}}"),
        ("operations.extra", "the name of a child"),
    ),
    "an operation of a child called like a child's child": (
        swap(CHILD, "{operations: {extra-7: {agents: 1}}}"),
        (f"{SPAWN}.child.operations.extra-7", "the name of a child"),
    ),
    "spawn of an operation": (systems(f"spawn: {{child: {CHILD}}}"), ("a.spawn", "viable system")),
    "no work for a child": (
        swap("      work: {linear: {constant: 1, size: 2}}\n", "")
        .replace("max_wait: 9}}", "max_wait: 9}}, work: 1")
        .replace("cell: {operations: {worker: {count: 2,", "cell: {operations: {worker: {work: 1, count: 2,")
        .replace("b: {like: cell}", f"b: {{like: cell, spawn: {{child: {CHILD}}}}}"),
        ("demand.mail.work", "tasks reach fleet.b.child.hand"),
    ),
    # policy
    "nothing more than agents": (swap(AGENTS, "4"), ("policy.agents", "not a mapping")),
    "negative least": (swap(AGENTS, "{least: -1}"), ("policy.agents.least", "at least 0")),
    "half an agent of policy": (swap(AGENTS, "{most: 4.5}"), ("policy.agents.most", "whole number")),
    "least above most": (swap(AGENTS, "{least: 5, most: 3}"), ("policy.agents", "least 5 is above most 3")),
    "total above most": (swap(AGENTS, "{total: 4, most: 3}"), ("policy.agents", "total 4 is above most 3")),
    "least above total": (swap(AGENTS, "{total: 4, least: 5}"), ("least 5 is above total 4",)),
    "fewer agents than least": (swap(AGENTS, "{least: 5}"), ("policy.agents.least", "given 5", "sum to 4")),
    "more agents than most": (swap(AGENTS, "{most: 3}"), ("policy.agents.most", "given 3", "sum to 4")),
    "hired before": (swap("hire_takes: 55", "hire_takes: -1"), ("agents.hire_takes", "at least 0")),
    "nobody to hire": (
        swap("system3: {period: 10}", "system3: off"),
        ("policy.agents.most", "no System 3", "leave least and most out"),
    ),
    "negative depth": (swap("max_depth: 3", "max_depth: -1"), ("policy.spawn.max_depth", "at least 0")),
    "too deep a limit": (swap("max_depth: 3", "max_depth: 65"), ("policy.spawn.max_depth", "at most 64")),
    # season of a stream, channels, knock-outs
    "season of nothing": (swap(SEASON, "{amplitude: 0.5}"), ("chat.season.period", "missing")),
    "season without end": (swap(SEASON, "{period: 0, amplitude: 0.5}"), ("chat.season.period", "above 0")),
    "season above all": (swap(SEASON, "{period: 60, amplitude: 2}"), ("season.amplitude", "at most 1")),
    "phase of a whole period": (
        swap(SEASON, "{period: 60, amplitude: 1, phase: 1}"),
        ("season.phase", "below 1"),
    ),
    "season of text": (swap(SEASON, "summer"), ("chat.season", "not a mapping")),
    "a strange channel": (
        swap("{bargain: {delay: 1}}", "{algedonik: {delay: 1}}"),
        ("channels: unknown channel, given 'algedonik'", "did you mean algedonic?", "s34_s5"),
    ),
    "knock-out of what is off": (
        swap("[fleet.system2,", "[audit,")
        .replace("audit: {every", "audit: off # {every")
        .replace("{like: cell}", "{like: cell, audit: off}"),
        ("knockout.0", "there is no audit", "off already"),
    ),
    "knock-out of one that is off": (
        swap("[fleet.system2,", "[fleet.b.system5,").replace("{like: cell}", "{like: cell, system5: off}"),
        ("knockout.0", "'fleet.b.system5'", "did you mean"),
    ),
    "knock-out in a pattern": (swap("[fleet.system2,", "[fleet.extra.system2,"), ("knockout.0", "did you")),
}


@pytest.mark.parametrize(("text", "fragments"), WRONG.values(), ids=WRONG)
def test_a_wrong_metasystem_gets_one_clear_line(text, fragments, tmp_path):
    assert_one_clear_line(text, fragments, tmp_path)
