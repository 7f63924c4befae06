"""How an event's cost grows: every depth is built and run, and its journal is the interpreted engine's."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

pytest.importorskip("numba", reason="needs the extra `fast`: pip install 'vsmlab[fast]'")

from vsmlab.cli import main
from vsmlab.errors import InputError, PeerError
from vsmlab.lab.bench import GROWTH, QUICK_GROWTH, Growth, growth, growth_table, measure_growth
from vsmlab.lab.bench.measuring import folder

pytestmark = pytest.mark.fast_extra

TINY = Growth((1, 2), 2_000, 2)


def test_the_command_tells_every_depth_and_writes_the_figures(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("vsmlab.lab.bench.QUICK_GROWTH", TINY)
    monkeypatch.setenv("COLUMNS", "200")
    file = tmp_path / "growth.json"
    with pytest.raises(SystemExit) as end:
        main(["bench", "engines", "--growth", "--quick", "--json", str(file)])
    assert not end.value.code
    assert "peak RSS [MiB]" in capsys.readouterr().out
    rows = json.loads(file.read_text(encoding="utf-8"))["growth"]
    assert [(one["depth"], one["systems"]) for one in rows] == [(1, 5), (2, 21)]
    for one in rows:
        assert 1_500 < one["events"] < 3_500
        assert 0.0 < one["us_per_loop"] < 100.0
        assert one["peak_bytes"] > 2**20
    assert (rows[0]["event_ratio"], rows[0]["loop_ratio"]) == (1.0, 1.0)
    assert len(growth_table(rows).rows) == 2


def test_an_organisation_built_as_records_writes_the_journal_of_one_built_as_objects():
    ask = (
        "from loops import CHAINED, IN_MEMORY; from recursive.ours import Mine, MineOnSimpy;"
        "size = {'depth': 2, 'seed': 7};"
        "one, other = Mine(size, CHAINED, None), MineOnSimpy(size, IN_MEMORY, None);"
        "one.run(30.0); other.run(30.0);"
        "print(one.handled, one.journal.digest == other.journal.chained().digest, one.sums() == other.sums())"
    )
    call = [sys.executable, "-c", ask]
    answer = subprocess.run(call, capture_output=True, text=True, check=True, cwd=folder())
    events, *same = answer.stdout.split()
    assert same == ["True", "True"]
    assert int(events) > 1_000


def test_two_journals_of_one_seed_are_refused(monkeypatch):
    digests = iter("abcdef")
    told = {"systems": 5, "build_cpu_s": 1.0, "events": 9, "cpu_s": 1.0, "loop_cpu_s": 1.0, "peak_bytes": 1}
    monkeypatch.setattr(growth, "_once", lambda *_: {**told, "digest": next(digests)})
    with pytest.raises(PeerError, match="wrote two journals"):
        measure_growth(TINY)


@pytest.mark.parametrize("wrong", [((0,), 10, 1), ((11,), 10, 1), ((3,), 0, 1), ((3,), 10, 0), ((), 10, 1)])
def test_a_wrong_size_is_refused(wrong):
    with pytest.raises(InputError):
        Growth(*wrong)


def test_what_is_measured_goes_from_85_systems_to_a_million():
    assert GROWTH.depths == (3, 4, 5, 6, 7, 8, 9, 10)
    assert GROWTH.events == 10_000_000
    assert set(QUICK_GROWTH.depths) <= set(GROWTH.depths)
