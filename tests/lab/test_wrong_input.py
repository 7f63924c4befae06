"""Every wrong input gets one line that names the place, what was given and what would be right."""

import pytest
from spoilt import RIGHT, Wrong, assert_one_clear_line, folder, plus, swap

from vsmlab.lab.loader import load

RATE = "{poisson: {rate: 1}}"
WORK = "{exponential: {mean: 1}}"
A = (
    "{agents: 2, queue: {discipline: fifo}, autonomy: {in_pain: {max_wait: 9}}, "
    "next: [{unit: b, probability: 0.5}]}"
)
NEXT = "[{unit: b, probability: 0.5}]"
B = "    b: {like: cell}"
CELL = "cell: {operations: {worker: {count: 2, agents: 1}}}"
EXPECT = "{measure: units.fleet.a.served, min: 3}"
FAILURE = "{probability: 0.1, attempts: 2}"
DEMAND = "environment.demand.chat"
OPERATIONS = "organisation.operations"

WRONG: dict[str, Wrong] = {
    # what is not a scenario at all
    "empty": ("", ("is empty", "version: 1")),
    "only a remark": ("# nothing\n", ("nothing is there",)),
    "a list on top": ("- version: 1\n", ("not a mapping", "a list")),
    "text on top": ("a scenario\n", ("not a mapping", "text")),
    "not UTF-8": (b"title: \xe9t\xe9\n", ("line 1", "not UTF-8", "0xe9")),
    "UTF-16": ("version: 1\n".encode("utf-16"), ("not UTF-8",)),
    "binary": (b"PAR1\x00\x01\x02", ("forbidden character", "U+0000")),
    "too large": (b"#" * 1_000_001, ("too large", "1,000,000 bytes")),
    "3,000 nested brackets": ("a: " + "[" * 3000, ("nested too deeply", "64")),
    "3,000 nested mappings": ("{a: " * 3000, ("nested too deeply",)),
    "alias bomb": ("a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n", ("line 1, column 4", "an anchor", "&a")),
    "alias": (swap(WORK, "*work"), ("an alias", "*work", "like")),
    "merge key": (plus("<<: {seed: 1}"), ("unknown field", "'<<'")),
    "tag of Python": (swap("A fleet", "!!python/object/apply:os.getcwd []"), ("a tag", "python")),
    "duplicate key": (plus("name: other"), ("line 50, column 1", "twice", "'name'")),
    "two documents": (plus("---\nversion: 1"), ("second document",)),
    "tab": (plus("seed:\n\t- 1"), ("tabs",)),
    "unclosed bracket": (plus("seed: [1"), ("not YAML",)),
    # numbers
    "NaN": (swap(RATE, "{poisson: {rate: .nan}}"), ("not finite", ".nan")),
    "NaN as text": (
        swap(RATE, "{poisson: {rate: NaN}}"),
        (f"{DEMAND}.arrivals.poisson.rate", "not a number"),
    ),
    "infinity": (swap("horizon: 100", "horizon: .inf"), ("not finite", ".inf")),
    "too large a number": (swap("horizon: 100", "horizon: 1e999"), ("too large", "1e999")),
    "negative rate": (
        swap(RATE, "{poisson: {rate: -1}}"),
        ("poisson.rate", "given -1", "above 0", "a second"),
    ),
    "rate of nothing": (swap(RATE, "{poisson: {rate: 0}}"), ("poisson.rate", "given 0", "above 0")),
    "a number as text": (swap(RATE, "{poisson: {rate: '3'}}"), ("poisson.rate", "not a number", "'3'")),
    "a boolean as a number": (
        swap("{agents: 2,", "{agents: true,"),
        (f"{OPERATIONS}.a.agents", "whole", "true"),
    ),
    "half an agent": (swap("{agents: 2,", "{agents: 1.5,"), ("a.agents", "not a whole number", "1.5")),
    "negative agents": (swap("{agents: 2,", "{agents: -2,"), ("a.agents", "-2", "at least 0")),
    "seed too large": (plus("seed: 9223372036854775808"), ("seed", "at most")),
    "negative seed": (plus("seed: -1"), ("seed", "at least 0")),
    "huge whole number": (plus("seed: " + "9" * 5000), ("too long a number",)),
    "probability above 1": (swap(FAILURE, "{probability: 1.5}"), ("failure.probability", "1.5", "at most 1")),
    "no attempts": (swap(FAILURE, "{attempts: 0}"), ("failure.attempts", "at least 1")),
    "loss above 1": (swap("{delay: 1}", "{loss: 2}"), ("channels.bargain.loss", "at most 1")),
    "impossible capacity": (swap("{delay: 1}", "{capacity: 0}"), ("channels.bargain.capacity", "above 0")),
    "negative delay": (swap("{delay: 1}", "{delay: -1}"), ("channels.bargain.delay", "at least 0")),
    "negative work": (swap(WORK, "-1"), (f"{DEMAND}.work", "-1", "at least 0")),
    "period of nothing": (swap("{period: 10}", "{period: 0}"), ("organisation.system3.period", "above 0")),
    "another sum of agents": (swap("total: 4", "total: 5"), ("policy.agents.total", "given 5", "sum to 4")),
    # the frame
    "missing version": (swap("version: 1", ""), ("version", "missing")),
    "version 2": (swap("version: 1", "version: 2"), ("version", "given 2", "version: 1")),
    "version true": (swap("version: 1", "version: true"), ("version", "True", "version: 1")),
    "missing title": (swap("title: A fleet", ""), ("title", "missing", "one line")),
    "title of two lines": (swap("A fleet", '"A\\nfleet"'), ("title", "one line")),
    "title with an escape": (swap("A fleet", '"A \\e[31mfleet"'), ("title", "control characters")),
    "warm-up as long as the run": (plus("warmup: 100"), ("warmup", "given 100", "below horizon (100 s)")),
    "no horizon": (swap("horizon: 100", "horizon: 0"), ("horizon", "above 0")),
    "horizon of nothing": (swap("horizon: 100", "horizon:"), ("horizon", "nothing")),
    "unknown field": (plus("horizont: 5"), ("unknown field", "'horizont'", "did you mean horizon?")),
    "unknown field below": (
        swap("{agents: 2,", "{agnets: 2,"),
        (f"{OPERATIONS}.a.agnets: unknown field", "'agnets'", "did you mean agents?"),
    ),
    "text for a mapping": (
        swap("policy: {agents:", "policy: strict # {agents:"),
        ("policy", "not a mapping"),
    ),
    "several things": (
        swap("{agents: 2,", "{agnets: 2,") + "seed: -1\n",
        ("agnets", "(and 1 more)"),
    ),
    # names
    "markup as a name": (
        swap("    b: {", "    <script>: {"),
        (OPERATIONS, "not a name", "'<script>'", "letters"),
    ),
    "markup as the scenario's name": (swap("name: fleet\ntitle", "name: <b>\ntitle"), ("name", "'<b>'")),
    "reserved name": (swap("    b: {", "    system3: {"), ("system3", "reserved name")),
    "reserved name of the root": (
        swap("  name: fleet\n", "  name: world\n"),
        ("organisation.name", "reserved"),
    ),
    "reserved name of a stream": (swap("    chat:", "    world:"), ("environment.demand", "reserved")),
    "capital letters": (swap("    chat:", "    Chat:"), ("environment.demand", "'Chat'", "small letters")),
    "a name that ends in a line end": (swap("    chat:", '    "chat\\n":'), ("no name", "'chat\\n'")),
    "name clash": (
        swap(B, "    b: {operations: {w-1: {agents: 1}, w: {count: 2, agents: 1}}}"),
        (f"{OPERATIONS}.b.operations.w", "'w-1'", "choose another name"),
    ),
    # extends, templates
    "cyclic extends": (plus("extends: wrong.yaml"), ("cyclic extends", "wrong.yaml -> wrong.yaml")),
    "extends outside": (plus("extends: ../other.yaml"), ("extends", "leads outside", "'../other.yaml'")),
    "extends nothing": (plus("extends: other.yaml"), ("extends", "no such file")),
    "extends a number": (plus("extends: 3"), ("extends", "a number")),
    "unknown template": (swap("like: cell", "like: cel"), ("b.like", "'cel'", "did you mean cell?")),
    "like a list": (swap("like: cell", "like: [cell]"), ("b.like", "a list")),
    "cyclic like": (
        swap(CELL, "cell: {like: big}\n  big: {operations: {x: {like: cell}}}"),
        ("templates.big", "cyclic like", "cell -> big -> cell"),
    ),
    "template like itself": (swap(CELL, "cell: {like: cell}"), ("cyclic like", "cell -> cell")),
    "template of text": (swap(CELL, "cell: large"), ("templates.cell", "not a mapping")),
    "templates of a list": (swap(f"  {CELL}", "  - cell"), ("templates", "a list")),
    "count of nothing": (swap("count: 2", "count: 0"), ("worker.count", "given 0", "from 1 to 1000")),
    "count too large": (swap("count: 2", "count: 1001"), ("worker.count", "1001")),
    "count of the root": (
        swap("  system3:", "  count: 2\n  system3:"),
        ("organisation.count", "one organisation"),
    ),
    "count bomb": (
        swap(CELL, "cell: {operations: {x: {count: 1000, operations: {y: {count: 1000, agents: 1}}}}}"),
        ("too large", "20,000"),
    ),
    "template bomb": (
        swap(
            CELL,
            "t0: {agents: 1}\n"
            + "".join(
                f"  t{n}: {{operations: {{a: {{like: t{n - 1}}}, b: {{like: t{n - 1}}}}}}}\n"
                for n in range(1, 40)
            )
            + "  cell: {operations: {x: {like: t39}}}",
        ),
        ("too large", "20,000"),
    ),
    "too deep": (
        swap(
            CELL,
            "t0: {agents: 1}\n"
            + "".join(f"  t{n}: {{operations: {{a: {{like: t{n - 1}}}}}}}\n" for n in range(1, 400))
            + "  cell: {operations: {x: {like: t399}}}",
        ),
        ("too deep", "64"),
    ),
    # demand
    "no demand": (
        "version: 1\nname: x\ntitle: x\nhorizon: 1\nenvironment: {demand: {}}\n"
        "organisation: {name: x, agents: 1}\n",
        ("environment.demand", "at least 1"),
    ),
    "no arrivals": (
        swap(f"arrivals: {RATE}", "balks: true"),
        (DEMAND, "missing", "arrivals, profile, trace"),
    ),
    "two sources": (
        swap(f"arrivals: {RATE}", f"arrivals: {RATE}\n      profile: p"),
        (DEMAND, "arrivals, profile"),
    ),
    "two arrival processes": (
        swap(RATE, "{poisson: {rate: 1}, renewal: 1}"),
        (f"{DEMAND}.arrivals", "2 where one belongs", "poisson, renewal"),
    ),
    "gaps of nothing": (swap(RATE, "{renewal: 0}"), ("arrivals.renewal", "above 0")),
    "states without rates": (
        swap(RATE, "{markov: {rates: [1, 2], leave: [1]}}"),
        ("markov", "2 rates but 1"),
    ),
    "times that fall": (
        swap(RATE, "{linear: {times: [0, 5, 4], rates: [1, 2, 3]}}"),
        ("linear.times", "increase"),
    ),
    "two distributions": (swap(WORK, "{constant: 1, gamma: {mean: 1, cv2: 1}}"), ("work", "constant, gamma")),
    "no distribution": (swap(WORK, "{}"), (f"{DEMAND}.work", "a distribution is missing")),
    "unknown distribution": (swap(WORK, "{expontial: {mean: 1}}"), ("work", "did you mean exponential?")),
    "work as text": (swap(WORK, "much"), (f"{DEMAND}.work", "not a mapping", "'much'")),
    "uniform the wrong way": (
        swap(WORK, "{uniform: {min: 2, max: 1}}"),
        ("work.uniform", "min 2 is above max 1"),
    ),
    "quantiles that fall": (swap(WORK, "{empirical: {quantiles: [2, 1]}}"), ("quantiles", "non-decreasing")),
    "no work": (swap(f"work: {WORK}", "balks: false"), (f"{DEMAND}.work", "fleet.a", "neither says")),
    "unknown column of work": (swap("size: 2}", "sizes: 2}"), ("linear.sizes", "did you mean size?")),
    "unknown column of a way": (swap("when: {size", "when: {sise"), ("to.0.when.sise", "did you mean size?")),
    "columns of what has none": (
        swap(WORK, "{linear: {size: 1}}"),
        ("linear.size", "columns of this stream: none"),
    ),
    "unknown way": (
        swap("to: fleet.a", "to: fleet.aa"),
        (f"{DEMAND}.to: ", "'fleet.aa'", "did you mean"),
    ),
    "a way to a System": (
        swap("to: fleet.a", "to: fleet.system3"),
        ("chat.to: no operation of this path",),
    ),
    "a last way with a condition": (
        swap("{unit: fleet.b}", "{unit: fleet.b, when: {size: {min: 1}}}"),
        ("to.1",),
    ),
    "a way after the last": (swap(", when: {size: {max: 3}}", ""), ("mail.to.0", "only the last")),
    "a range without bounds": (swap("{max: 3}", "{}"), ("when.size", "min, max")),
    "rank too high": (swap("to: fleet.a", "rank: 10\n      to: fleet.a"), ("rank", "at most 9")),
    "a path outside": (swap("mail.csv", "../../etc/passwd"), ("mail.trace.file", "leads outside", "data/")),
    "an absolute path": (swap("mail.csv", "/etc/passwd"), ("mail.trace.file", "leads outside")),
    "a folder": (swap("file: mail.csv", "file: ."), ("mail.trace.file", "a folder")),
    "a missing file": (swap("mail.csv", "male.csv"), ("mail.trace.file", "no such file", "'male.csv'")),
    "a path with a NUL": (swap("mail.csv", '"a\\0b"'), ("mail.trace.file", "not a path")),
    "a path too long": (swap("mail.csv", "x" * 3000), ("mail.trace.file", "cannot be reached")),
    "a profile that is none": (
        swap("trace: {file: mail.csv, time: t, columns: {size: Size}}", "profile: mail.csv"),
        ("mail.csv", "Parquet"),
    ),
    # organisation
    "neither kind": (swap(A, "{speed: 2}"), (f"{OPERATIONS}.a", "agents", "operations")),
    "both kinds": (swap(A, "{agents: 1, operations: {x: {agents: 1}}}"), ("a.agents", "either")),
    "no operations": (swap(A, "{operations: {}}"), ("a.operations", "at least one")),
    "an operation with a System 2": (swap(A, "{agents: 1, system2: off}"), ("a.system2", "viable system")),
    "nothing for a System": (swap("system3: {period: 10}", "system3:"), ("organisation.system3", "off")),
    "unknown routing": (
        swap("  system3:", "  desk: {routing: least-loaded}\n  system3:"),
        ("organisation.desk.routing", "'least-loaded'", "did you mean least-reported?", "shares"),
    ),
    "unknown discipline": (
        swap("{discipline: fifo}", "{discipline: fifi}"),
        ("discipline", "did you mean fifo?"),
    ),
    "next to nowhere": (swap("unit: b,", "unit: c,"), (f"{OPERATIONS}.a.next.0.unit", "'c'")),
    "next above 1": (
        swap(NEXT, "[{unit: b, probability: 0.6}, {unit: a, probability: 0.6}]"),
        (f"{OPERATIONS}.a.next", "sum to more than 1", "1.2"),
    ),
    "next both ways": (
        swap(NEXT, "[{unit: b, probability: 0.6, when: {size: {min: 1}}}]"),
        ("next.0", "exactly one"),
    ),
    "next mixed": (
        swap(NEXT, "[{unit: b, probability: 0.6}, {unit: a, when: {size: {min: 1}}}]"),
        ("a.next", "mixed"),
    ),
    "next by an unknown column": (
        swap(NEXT, "[{unit: b, when: {size: {min: 1}}}]"),
        ("a.next.0.when.size", "chat, which comes here", "none"),
    ),
    "phase beyond the period": (swap(A, "{agents: 2, report: {every: 1, phase: 1}}"), ("report", "phase")),
    "operations as a list": (swap(A, "{operations: [x]}"), ("a.operations", "not a mapping")),
    # channels, policy, knock-outs, expectations
    "unknown channel": (
        swap("{bargain:", "{bargains:"),
        ("channels: unknown channel", "did you mean bargain?"),
    ),
    "unknown knock-out": (
        swap("[fleet.system2,", "[fleet.systm2,"),
        ("knockout.0", "did you mean fleet.system2?"),
    ),
    "knock-out of nobody's": (swap("of: fleet.a", "of: fleet.z"), ("knockout.1", "'fleet.z'")),
    "knock-out of a strange channel": (
        swap("channel: account", "channel: acount"),
        ("did you mean account?",),
    ),
    "expectation of nothing": (
        swap(EXPECT, "{measure: units.fleet.a.served}"),
        ("expect.0", "near and within"),
    ),
    "half a nearness": (
        swap(EXPECT, "{measure: units.fleet.a.served, near: 1}"),
        ("expect.0", "belong together"),
    ),
    "both expectations": (
        swap(EXPECT, "{measure: units.fleet.a.served, min: 1, near: 1, within: 1}"),
        ("expect.0", "both"),
    ),
    "unknown unit of a measure": (swap("units.fleet.a.", "units.flet.a."), ("expect.0.measure", "fleet.a")),
    "no measure": (swap("units.fleet.a.served", "served"), ("expect.0.measure", "'served'")),
}


@pytest.mark.parametrize(("text", "fragments"), WRONG.values(), ids=WRONG)
def test_a_wrong_scenario_gets_one_clear_line(text, fragments, tmp_path):
    assert_one_clear_line(text, fragments, tmp_path)


def test_the_scenario_that_the_table_spoils_is_right(tmp_path):
    path = folder(tmp_path) / "right.yaml"
    path.write_text(RIGHT)
    assert load(path).scenario.name == "fleet"


def test_at_least_forty_kinds_are_told_apart():
    assert len(WRONG) >= 40
