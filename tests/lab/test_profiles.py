"""The shipped profile tells the story of the published trace, and every wrong profile is refused."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy.stats import norm, spearmanr

from vsmlab.errors import InputError
from vsmlab.lab.profiles import Profile, read_profile
from vsmlab.lab.traces import read_trace

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "data/llm-requests-2023.parquet"
CONVERSATION = (
    Path(os.environ.get("VSMLAB_DATA") or ROOT.parent / "shared/data") / "azure-llm/conversation.csv"
)
TOKENS = {"context_tokens": "ContextTokens", "generated_tokens": "GeneratedTokens"}
published = pytest.mark.skipif(
    not CONVERSATION.exists(), reason=f"no published trace at {CONVERSATION} (set VSMLAB_DATA)"
)

REQUESTS = [7643, 9020, 2703]
STORY = np.array(  # erlangs offered to each class in each ten minutes of the published trace
    [
        [3.46, 22.25, 1.22],
        [4.50, 21.68, 1.59],
        [7.19, 15.28, 3.63],
        [8.21, 14.18, 2.41],
        [4.75, 18.17, 1.89],
        [4.15, 18.83, 0.70],
    ]
)


def work(context: np.ndarray, generated: np.ndarray) -> np.ndarray:
    return 0.2 + 0.0002 * context + 0.02 * generated


def erlangs(times: np.ndarray, classes: np.ndarray, seconds: np.ndarray, end: float) -> np.ndarray:
    offered = np.zeros((6, 3))
    np.add.at(offered, ((times // 600).astype(int), classes - 1), seconds)
    return offered / np.array([600.0] * 5 + [end - 3000.0])[:, None]


def draw(profile: Profile, chance: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Times, classes, context and generated tokens of one run: the sampler that the profile is made for."""
    times, kinds, found = [], [], {name: [] for name in profile.columns}
    for start in np.unique(profile.starts):
        rows = np.flatnonzero(profile.starts == start)
        left = profile.counts[rows].copy()
        number = int(left.sum())
        at = start
        for remaining in range(number, 0, -1):  # the least of those that remain, uniform on what is left
            at += (profile.ends[rows[0]] - at) * (1 - chance.random() ** (1 / remaining))
            pick = int(np.searchsorted(np.cumsum(left), chance.random() * remaining, side="right"))
            left[pick] -= 1
            times.append(at)
            kinds.append(rows[pick])
    row = np.array(kinds)
    one = chance.standard_normal(len(row))
    rho = profile.correlation[row]
    two = rho * one + np.sqrt(1 - rho**2) * chance.standard_normal(len(row))
    for name, z in zip(profile.columns, (one, two), strict=True):
        table = profile.quantiles[name]
        place = np.clip(norm.cdf(z) * table.shape[1] - 0.5, 0, table.shape[1] - 1)
        low = np.minimum(place.astype(int), table.shape[1] - 2)
        found[name] = table[row, low] + (place - low) * (table[row, low + 1] - table[row, low])
    return np.array(times), profile.classes[row], *found.values()


@pytest.fixture(scope="module")
def shipped() -> Profile:
    return read_profile(SHIPPED)


@pytest.fixture(scope="module")
def runs(shipped: Profile) -> list[tuple[np.ndarray, ...]]:
    return [draw(shipped, np.random.default_rng(seed)) for seed in range(8)]


def test_the_shipped_profile_has_the_counts_of_the_trace(shipped: Profile) -> None:
    assert shipped.columns == ("context_tokens", "generated_tokens")
    assert shipped.quantiles["context_tokens"].shape == (351, 32)
    assert [int(shipped.counts[shipped.classes == kind].sum()) for kind in (1, 2, 3)] == REQUESTS
    assert int(shipped.counts.sum()) == 19_366
    assert np.unique(shipped.starts).tolist() == [30.0 * window for window in range(117)]
    assert shipped.ends[-1] == 3502.0
    assert (shipped.ends[:-3] == shipped.starts[:-3] + 30).all()
    assert SHIPPED.stat().st_size < 200_000


def test_quantiles_stay_inside_their_class(shipped: Profile) -> None:
    context = shipped.quantiles["context_tokens"]
    one, two, three = (context[shipped.classes == kind] for kind in (1, 2, 3))
    assert one.min() >= 2
    assert one.max() <= 512 < two.min()
    assert two.max() <= 2048 < three.min()


def test_the_note_beside_the_profile_is_true(shipped: Profile) -> None:
    note = json.loads(SHIPPED.with_suffix(".json").read_text(encoding="utf-8"))
    assert note["sha256"] == shipped.sha256 == hashlib.sha256(SHIPPED.read_bytes()).hexdigest()
    assert note["derived_from"]["commit"] == "b469a113"
    assert note["licence"].startswith("CC BY 4.0")
    for kind, measured in enumerate(note["measured"]["classes"], start=1):
        rho = 2 * np.sin(np.pi * measured["spearman"] / 6)
        assert measured["requests"] == REQUESTS[kind - 1]
        assert abs(measured["copula"] - rho) < 1e-6
        assert set(shipped.correlation[shipped.classes == kind]) == {measured["copula"]}


def test_a_draw_has_every_request_of_every_class_in_its_window(shipped: Profile, runs) -> None:
    for times, kinds, context, _ in runs:
        assert len(times) == 19_366
        assert (np.diff(times) >= 0).all()
        drawn = np.zeros((117, 3), dtype=int)
        np.add.at(drawn, ((times // 30).astype(int), kinds - 1), 1)
        assert drawn.ravel().tolist() == shipped.counts.tolist()
        assert (1 + np.searchsorted([512, 2048], context) == kinds).all()


def test_requests_rise_to_five_hundred_a_minute_and_fall_while_work_moves_between_classes(runs) -> None:
    for times, kinds, context, generated in runs:
        minutes = np.bincount((times // 60).astype(int))
        assert (minutes[0], minutes[31], minutes[56]) == (191, 507, 246)
        assert minutes.argmax() == 31
        offered = erlangs(times, kinds, work(context, generated), 3501.721937)
        assert np.abs(offered.sum(axis=1) / STORY.sum(axis=1) - 1).max() < 0.03
        assert 23 < offered.sum(axis=1).min() < offered.sum(axis=1).max() < 29
        assert np.abs(offered[:, 0] / STORY[:, 0] - 1).max() < 0.06
        assert np.abs(offered[:, 1] / STORY[:, 1] - 1).max() < 0.05
        assert np.abs(offered[:, 2] / STORY[:, 2] - 1).max() < 0.12


def test_the_mean_of_the_quantiles_is_the_work_of_the_trace(shipped: Profile) -> None:
    mean = work(*(shipped.quantiles[name].mean(axis=1) for name in shipped.columns))
    offered = erlangs(shipped.starts, shipped.classes, mean * shipped.counts, 3501.721937)
    assert np.abs(offered - STORY).max() < 0.011  # the story is rounded; one row of 351 is pooled


@published
def test_draws_have_the_spread_and_the_rank_correlation_of_the_trace(runs) -> None:
    trace = read_trace(CONVERSATION, "TIMESTAMP", TOKENS)
    context, generated = trace.columns["context_tokens"], trace.columns["generated_tokens"]
    real_kinds = 1 + np.searchsorted([512, 2048], context)
    real = work(context, generated)
    assert np.abs(erlangs(trace.times, real_kinds, real, trace.times[-1]) - STORY).max() < 0.0051
    for kind in (1, 2, 3):
        mine = [[values[run[1] == kind] for values in run[2:]] for run in runs]
        theirs = [values[real_kinds == kind] for values in (context, generated)]
        rank = np.mean([spearmanr(*pair).statistic for pair in mine])
        assert abs(rank - spearmanr(*theirs).statistic) < 0.08
        spread = np.mean([work(*pair).std() for pair in mine]) / real[real_kinds == kind].std()
        assert 0.95 < spread < 1.02


@published
def test_the_same_trace_gives_the_same_profile(tmp_path: Path, shipped: Profile) -> None:
    script = ROOT / "tools/derive_llm_profile.py"
    for folder in ("one", "two"):
        command = [sys.executable, str(script), str(CONVERSATION), "--out", str(tmp_path / folder)]
        subprocess.run(command, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True, capture_output=True)
    one, two = (tmp_path / folder / SHIPPED.name for folder in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    again = read_profile(one)  # another pyarrow may write other bytes, never other numbers
    assert again.counts.tolist() == shipped.counts.tolist()
    for name in shipped.columns:
        assert np.array_equal(again.quantiles[name], shipped.quantiles[name])


def test_another_file_than_the_published_one_is_not_derived_from(tmp_path: Path) -> None:
    script = ROOT / "tools/derive_llm_profile.py"
    other = tmp_path / "other.csv"
    for content, words in (
        ("TIMESTAMP,ContextTokens,GeneratedTokens\n0,1,2\n", "not the published"),
        ("", "empty"),
    ):
        other.write_text(content, encoding="utf-8")
        command = [sys.executable, str(script), str(other), "--out", str(tmp_path / "out")]
        env = os.environ | {"PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, env=env, check=False, capture_output=True, text=True)
        assert done.returncode == 2
        assert words in done.stderr
        assert not (tmp_path / "out").exists()


GOOD = {
    "window_start": [0.0, 0.0, 60.0],
    "window_end": [30.0, 30.0, 90.0],
    "class": [0, 7, 7],
    "count": [3, 0, 2],
    "correlation": [0.5, 0.0, -1.0],
    "pages_q": [[1.0, 2.0], [3.0, 3.0], [4.0, 5.0]],
    "words_q": [[1, 2], [3, 3], [4, 5]],
}


def saved(folder: Path, **changes: object) -> Path:
    columns = {name: values for name, values in (GOOD | changes).items() if values is not None}
    pq.write_table(pa.table(columns), folder / "profile.parquet")
    return folder / "profile.parquet"


def test_a_user_can_make_a_profile_of_other_quantities(tmp_path: Path) -> None:
    profile = read_profile(saved(tmp_path))
    assert profile.columns == ("pages", "words")
    assert profile.starts.tolist() == [0.0, 0.0, 60.0]
    assert profile.classes.tolist() == [0, 7, 7]
    assert profile.quantiles["words"].tolist() == [[1.0, 2.0], [3.0, 3.0], [4.0, 5.0]]
    assert read_profile(saved(tmp_path, correlation=None, words_q=None)).correlation.tolist() == [0.0] * 3


NONE = float("nan")
WRONG = {
    "missing column": ({"count": None}, "column count", "the columns are: window_start"),
    "unknown column": ({"corelation": [0.0] * 3}, "column corelation", "did you mean correlation?"),
    "bad name": ({"Pages-read_q": [[1, 2]] * 3}, "column Pages-read_q", "is not a name"),
    "no quantities": ({"pages_q": None, "words_q": None, "correlation": None}, "", "has no quantities"),
    "text": ({"count": ["3", "0", "2"]}, "column count", "wrong type, given string"),
    "broken class": ({"class": [0.5, 1.0, 1.0]}, "column class", "whole numbers are needed"),
    "no value": ({"count": [3, None, 2]}, "row 2", "count has no value"),
    "negative count": ({"count": [3, -1, 2]}, "row 2", "count is impossible, given -1.0"),
    "nobody": ({"count": [0, 0, 0]}, "column count", "impossible total"),
    "too many": ({"count": [3, 0, 9_000_000]}, "column count", "impossible total, given 9000003"),
    "negative window": ({"window_start": [-1.0, 0.0, 60.0]}, "row 1", "window_start is impossible"),
    "endless window": ({"window_end": [30.0, 30.0, float("inf")]}, "row 3", "window_end is impossible"),
    "empty window": ({"window_end": [30.0, 30.0, 60.0]}, "row 3", "the window is empty, given 60 to 60"),
    "overlap": ({"window_start": [0.0, 0.0, 20.0]}, "row 3", "given 20 to 90 after 0 to 30"),
    "other end": ({"window_end": [30.0, 31.0, 90.0]}, "row 2", "overlaps"),
    "class twice": ({"class": [7, 7, 7]}, "row 2", "twice in this window, given 7"),
    "correlation": ({"correlation": [0.5, 1.5, 0.0]}, "row 2", "correlation is impossible, given 1.5"),
    "no correlation": ({"correlation": [0.5, NONE, 0.0]}, "row 2", "correlation is impossible, given nan"),
    "three joined": ({"lines_q": [[1, 2]] * 3}, "column correlation", "here are 3"),
    "one joined": ({"words_q": None}, "column correlation", "here are 1"),
    "not a list": ({"words_q": [1, 2, 3]}, "column words_q", "lists of numbers are needed"),
    "list of text": ({"words_q": [["a", "b"]] * 3}, "column words_q", "lists of numbers are needed"),
    "no list": ({"words_q": [[1, 2], None, [1, 2]]}, "row 2", "words_q has no value"),
    "no quantile": (
        {"words_q": [[1, 2], [1, None], [1, 2]]},
        "row 2",
        "words_q has no value, given quantile 2",
    ),
    "another length": (
        {"words_q": [[1, 2], [1, 2, 3], [1, 2]]},
        "row 2",
        "given 3 quantiles; 2, as in row 1",
    ),
    "lengths differ": ({"words_q": [[1, 2, 3]] * 3}, "", "given pages_q 2, words_q 3"),
    "one quantile": ({"words_q": [[1]] * 3}, "row 1", "words_q is a bad list, given 1 quantiles"),
    "NaN": ({"words_q": [[1.0, 2.0], [NONE, 2.0], [1.0, 2.0]]}, "row 2", "words_q is impossible, given nan"),
    "negative": ({"words_q": [[-1, 2], [1, 2], [1, 2]]}, "row 1", "words_q is impossible, given -1.0"),
    "goes down": ({"words_q": [[1, 2], [1, 2], [3, 2]]}, "row 3", "words_q goes down, given 3 then 2"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_profile_is_refused_with_its_place(tmp_path: Path, kind: str) -> None:
    changes, place, words = WRONG[kind]
    file = saved(tmp_path, **changes)
    with pytest.raises(InputError) as caught:
        read_profile(file)
    assert (caught.value.source, caught.value.place) == (str(file), place)
    assert words in str(caught.value)


def test_what_is_no_profile_at_all_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("window_start\n0\n", encoding="utf-8")
    (tmp_path / "b.parquet").write_bytes(SHIPPED.read_bytes()[:-100])
    (tmp_path / "c.parquet").touch()
    none = saved(tmp_path, **{name: pa.array([], pa.table(GOOD)[name].type) for name in GOOD})
    for file, words in (
        (tmp_path / "a.csv", "a CSV of single tasks is a trace"),
        (tmp_path / "b.parquet", "cannot be read as Parquet"),
        (tmp_path / "c.parquet", "is empty"),
        (tmp_path / "none.parquet", "there is no such file"),
        (tmp_path, "is a folder"),
        (none, "has column names but no rows"),
    ):
        with pytest.raises(InputError, match=words):
            read_profile(file)
