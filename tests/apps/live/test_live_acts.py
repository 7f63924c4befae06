"""What a person does on the live page, and what they see of it at once, at the end and in what is saved. No browser."""

import re

import numpy as np
import pytest

import vsmlab
from vsmlab.apps.lab import Lab
from vsmlab.apps.live.levels import draw_live, system_at
from vsmlab.apps.live.page import page
from vsmlab.apps.live.player import FASTEST, Player
from vsmlab.apps.live.recorder import Recorder
from vsmlab.apps.live.series import ALARM, busiest_channels, operations_shown
from vsmlab.apps.live.sheet import LiveSheet
from vsmlab.apps.live.spawning import parts_of
from vsmlab.apps.live.telling import lead
from vsmlab.apps.live.watching import story_of
from vsmlab.lab.run import resolved
from vsmlab.lab.series import bins


def player_of(scenario, tmp_path, **given):
    loaded = resolved(scenario, seed=None, until=given.get("until"), overrides=(), trace=None)
    player = Player(loaded, tmp_path / "runs")
    player.turn()
    return player


def played(player, until):
    """Play to a time exactly, as one that is turned by hand."""
    session = player._session
    while session.now < until:
        session.advance(min(until, session.now + 10.0))
        player._sample(session)
    player._look(session)
    return player


def did(sheet, player, path, deed):
    sheet.do("select", {"path": path})
    player.turn()
    choice = sheet.parts()["choice"]
    heading = re.search(rf'data-heading="([^"]*)" data-deed="{re.escape(deed)}"', choice)
    assert heading, f"no button {deed}: {choice}"
    sheet.do("deed", {"heading": heading[1], "deed": deed})
    return heading[1]


@pytest.fixture
def siblings(tmp_path):
    return played(player_of("oscillating-siblings", tmp_path, until=1200.0), 200.0)


def test_what_is_done_to_one_that_stands_still_is_seen_at_once(siblings):
    sheet = LiveSheet(siblings)
    assert not siblings.frame.playing
    did(sheet, siblings, "teams.system2", "Knock out")
    siblings.turn()
    parts = sheet.parts()
    assert siblings.frame.readings.systems["teams.system2"] == "off"
    assert "knocked out" in parts["choice"]
    assert "knocked out" in parts["diagram"]
    did(sheet, siblings, "teams.team-1", "Slow to a quarter")
    siblings.turn()
    assert "slow" in siblings.frame.readings.operations["teams.team-1"].health
    assert "slow" in sheet.parts()["choice"]
    assert siblings._session.now == pytest.approx(200.0, abs=1e-9)


def test_two_that_double_are_four_times_even_before_the_page_has_been_drawn_again(siblings):
    sheet = LiveSheet(siblings)
    stream = next(iter(siblings.frame.readings.streams))
    heading = did(sheet, siblings, "environment", "Double")
    sheet.do("deed", {"heading": heading, "deed": "Double"})
    siblings.turn()
    assert siblings.frame.readings.streams[stream].asked == 4.0
    assert [act.factor for act in siblings.frame.acts] == [2.0, 4.0]
    assert "4 times the demand that the scenario says" in sheet.parts()["choice"]
    assert "4 times" in sheet.parts()["told"]


def test_what_is_in_force_already_is_refused_in_a_sentence(siblings):
    sheet = LiveSheet(siblings)
    heading = did(sheet, siblings, "teams.system2", "Knock out")
    siblings.turn()
    assert 'aria-disabled="true"' in sheet.parts()["choice"]
    sheet.do("deed", {"heading": heading, "deed": "Knock out"})
    siblings.turn()
    assert "knocked out already" in sheet.parts()["told"]
    assert len(siblings.frame.acts) == 1
    for path, deed in (("teams.team-1", "Crash"), ("teams.team-2", "Slow to a quarter"), ("environment", "Silence"),
                       ("channel op_mgmt", "Delay by 10 s")):  # fmt: skip
        heading = did(sheet, siblings, path, deed)
        siblings.turn()
        done = len(siblings.frame.acts)
        sheet.do("deed", {"heading": heading, "deed": deed})
        siblings.turn()
        assert siblings.frame.said.wrong, deed
        assert len(siblings.frame.acts) == done, deed
    sheet.do("deed", {"heading": heading, "deed": "no such thing"})
    siblings.turn()
    assert "cannot be done any more" in sheet.parts()["told"]


def test_what_was_done_at_one_moment_replays_and_its_run_comes_with_a_report(siblings):
    sheet = LiveSheet(siblings)
    did(sheet, siblings, "environment", "Double")
    did(sheet, siblings, "teams.system2", "Knock out")
    siblings.turn()
    played(siblings, 300.0)
    sheet.do("save", {})
    siblings.turn()
    run = vsmlab.Run(siblings.frame.said.run)
    assert run.digest == siblings._session.digest
    report = (run.folder / "report.html").read_text(encoding="utf-8")
    assert "What was done by hand" in report
    assert "teams.system2 knocked out" in report
    assert "knocked out at 200 s" in report


def test_at_the_end_nothing_can_be_done_and_one_sentence_says_so(tmp_path):
    player = played(player_of("oscillating-siblings", tmp_path, until=601.0), 601.0)
    sheet = LiveSheet(player)
    for path in ("teams.team-1", "environment", "channel s2"):
        sheet.do("select", {"path": path})
        player.turn()
        choice = sheet.parts()["choice"]
        assert choice.count("The run is over") == 1
        buttons = re.findall(r'<button[^>]*data-do="deed"[^>]*>', choice)
        assert buttons
        assert all('disabled="true"' in button for button in buttons)
        assert all('disabled="true"' in one for one in re.findall(r"<input[^>]*>", choice))


def test_rates_of_channels_are_the_models_whatever_the_pace_of_watching():
    seen = []
    for step in (1.0, 12.0):
        session, recorder = vsmlab.Session("oscillating-siblings", until=7200.0), Recorder(60.0)
        while session.now < 600.0:
            session.advance(session.now + step)
            recorder.sample(session, session.readings())
        lately = recorder.lately()
        assert (lately.begin, lately.end) == (540.0, 600.0)
        seen.append(lately.messages)
        assert lately.rate(120) == 2.0
    assert seen[0] == seen[1]


def test_numbers_in_the_diagram_say_what_they_are(siblings):
    drawn = draw_live(system_at(siblings.frame.readings, siblings.frame.lately, "teams"))
    assert "in so far<" in drawn
    assert "served so far<" in drawn
    assert re.search(r"[\d.]+ reports<", drawn)
    assert "messages a second" in drawn
    legend = LiveSheet(siblings).parts()["diagram"]
    assert "messages a second of the model" in legend
    assert siblings.recorder.over == bins(1200.0)[1]


def test_what_is_written_beside_a_channel_chooses_it(siblings):
    drawn = draw_live(system_at(siblings.frame.readings, siblings.frame.lately, "teams"))
    for kind in ("s2", "env_op", "op_env", "op_mgmt", "op_op"):
        assert (
            f'<g class="note-of" data-do="select" data-path="channel {kind}" data-key="note-{kind}">' in drawn
        )
    assert 'class="note-of" data-channel' not in drawn


def test_a_message_says_what_its_number_is(siblings):
    sheet = LiveSheet(siblings)
    sheet.do("select", {"path": "channel s2"})
    siblings.turn()
    listed = sheet.parts()["messages"]
    assert "erlangs" in listed
    assert re.search(r"present [\d,.]+ tasks?<", listed)
    assert '<th scope="col" class="number">seconds</th>' in listed


def test_a_story_goes_further_back_when_somebody_asks(tmp_path):
    player = played(player_of("oscillating-siblings", tmp_path, until=1200.0), 100.0)
    session, sheet = player._session, LiveSheet(player)
    row = next(row for row in range(session.count - 1, 0, -1) if story_of(session, row).older)
    sheet.do("event", {"row": str(row)})
    player.turn()
    before = len(player.frame.seen.story.generation())
    thread = sheet.parts()["thread"]
    assert 'data-do="earlier"' in thread
    assert "earlier causes are not shown" not in thread
    sheet.do("earlier", {})
    player.turn()
    assert len(player.frame.seen.story.generation()) > before
    for _ in range(200):
        if not player.frame.seen.goes_back:
            break
        sheet.do("earlier", {})
        player.turn()
    assert player.frame.seen.story.events[0].cause < 0
    assert 'data-do="earlier"' not in sheet.parts()["thread"]


@pytest.fixture(scope="module")
def crew(tmp_path_factory):
    player = player_of("spawning", tmp_path_factory.mktemp("crew"))
    return played(player, 6000.0)


def test_children_that_have_ended_keep_their_line_and_their_name(crew):
    sheet = LiveSheet(crew, plots=("queue", "agents"))
    told = sheet.plotted()
    assert "crew.branch-1" in told.operations
    at = told.operations.index("crew.branch-1")
    assert told.ended[at]
    assert not told.ended[0]
    line = told.columns[f"agents{at}"]
    assert np.nanmax(line) > 0.0
    assert np.isnan(line[-1])
    assert "branch-1, ended" in sheet.parts()["legend"]
    assert "swatch s2 gone" in sheet.parts()["legend"]


def test_those_who_are_there_come_before_those_who_have_ended(crew):
    read = crew.frame.readings
    ever = [f"crew.old-{n}" for n in range(9)] + list(read.operations)
    found = operations_shown(ever, read, "crew")
    assert len(found.shown) == 8
    assert set(read.operations) <= set(found.shown)
    assert found.left_out == 3
    assert "crew.old-8" in found.ended


def test_pain_is_among_the_kinds_that_are_plotted_and_what_is_not_is_named(crew):
    read = crew.frame.readings
    shown = busiest_channels(read)
    assert len(shown) == 8
    assert ALARM in shown
    told = LiveSheet(crew).parts()["kinds"]
    assert "Not shown, with fewer messages: " in told
    assert "probes" in told


def test_it_plays_on_to_the_next_event_and_its_row_has_a_story(tmp_path):
    player = player_of("spawning", tmp_path)
    sheet = LiveSheet(player, extra=parts_of(player))
    sheet.do("next-event", {})
    for _ in range(20_000):
        player.turn()
        if not player._playing:
            break
    frame = player.frame
    first = player.recorder.happenings[0]
    assert len(player.recorder.happenings) == 1
    assert first.time <= frame.readings.now <= first.time + player.recorder.over / 60.0
    assert "a child system was made (crew.branch-1)" in frame.said.text
    family = sheet.parts()["family"]
    assert f'data-do="event" data-row="{first.row}" data-to="thread"' in family
    sheet.do("event", {"row": str(first.row)})
    player.turn()
    focus = next(one for one in player.frame.seen.story.events if one.row == first.row)
    assert (focus.kind, focus.time) == ("spawned", first.time)
    sheet.do("next-event", {})
    sheet.do("pause", {})
    player.turn()
    assert not player.frame.seeking
    player.set_speed(FASTEST)


def test_a_long_text_is_folded_and_a_short_one_is_not():
    assert "<details" not in lead("A word or two.", "")
    assert lead("", "") == ""
    folded = lead("word " * 100, "./live")
    assert folded.startswith('<div class="lead"><details')
    assert len(re.search(r"<summary>(.*?)<", folded)[1]) <= 200
    assert folded.count("word") == 100
    assert "Another scenario" in folded
    assert "<summary>One that is long enough to stand on the first line of a page by itself.<" in lead(
        "One that is long enough to stand on the first line of a page by itself. " + "more " * 40, ""
    )


def test_without_a_scenario_the_page_asks_which(tmp_path):
    (tmp_path / "mine.yaml").write_text("version: 1\norganisation: {}\n", encoding="utf-8")
    shown = page(Lab(runs=(tmp_path / "runs",), here=tmp_path), {})
    assert shown.heading == "Live"
    parts = shown.body.parts()
    assert 'href="./live?scenario=mm3"' in parts["which"]
    assert "mine.yaml" not in parts["which"]  # it cannot be read
    shown.body.do("filter", {"value": "<b>"})
    assert "&lt;b&gt;" in shown.body.parts()["which"]
