"""The live page in plain Python: a player that is turned by hand, and the sheet that shows it. No browser."""

import time

import numpy as np
import pytest

import vsmlab
from vsmlab.apps.live import chosen as choosing
from vsmlab.apps.live import doing
from vsmlab.apps.live.chosen import Chosen
from vsmlab.apps.live.levels import alarms_in_words, children_of, draw_live, system_at, viable_systems
from vsmlab.apps.live.player import FASTEST, Player
from vsmlab.apps.live.recorder import Slice
from vsmlab.apps.live.sheet import SPEEDS, LiveSheet
from vsmlab.apps.live.spawning import parts_of
from vsmlab.lab.loader import load
from vsmlab.lab.run import resolved
from vsmlab.laws import kinds as k


class Clock:
    """Goes on by a hundredth of a second whenever it is asked."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        self.now += 0.01
        return self.now


def player_of(scenario, tmp_path, **given):
    loaded = resolved(scenario, seed=None, until=given.get("until"), overrides=(), trace=None)
    player = Player(loaded, tmp_path / "runs", clock=Clock())
    player.turn()
    return player


def turned(player, until, what="now"):
    for _ in range(4000):
        player.turn()
        player._looked = -1e9
        if player.frame.readings.now >= until or not player._playing:
            player.turn()
            return player.frame
    raise AssertionError(f"{what} is not {until}: {player.frame.readings.now}")


@pytest.fixture
def desk(tmp_path):
    return player_of("mm3", tmp_path, until=5000.0)


@pytest.fixture(scope="module")
def fleet(tmp_path_factory):
    player = player_of("llm-fleet", tmp_path_factory.mktemp("fleet"))
    player.set_speed(FASTEST)
    player.play()
    turned(player, 30.0)
    player.pause()
    player.turn()
    return player


def test_it_plays_pauses_steps_and_comes_to_its_end(desk):
    desk.set_speed(FASTEST)
    desk.play()
    there = turned(desk, 100.0).readings.now
    desk.pause()
    desk.turn()
    desk.turn()
    assert desk.frame.readings.now == pytest.approx(there, abs=2000.0)
    still = desk.frame.readings.now
    desk.turn()
    assert desk.frame.readings.now == still
    desk.step()
    desk.turn()
    assert still < desk.frame.readings.now < still + 60.0
    assert not desk.frame.playing
    desk.play()
    assert turned(desk, 5000.0).readings.now == 5000.0
    assert "over" in desk.frame.said.text
    assert not desk.frame.playing


def test_speed_is_model_seconds_a_second(desk):
    desk.set_speed(50.0)
    desk.play()
    desk.turn()
    began = desk._clock.now, desk._session.now
    while desk._session.now < 100.0:
        desk.turn()
    seconds = desk._clock.now - began[0]
    assert (desk._session.now - began[1]) / seconds == pytest.approx(50.0, rel=0.2)


def test_an_act_is_done_told_listed_and_undone(desk):
    sheet = LiveSheet(desk)
    desk.step()
    desk.turn()
    sheet.do("select", {"path": "desk"})
    desk.turn()
    assert ">Crash<" in sheet.parts()["choice"]
    sheet.do("deed", {"heading": "Disturb it, or mend it", "deed": "Crash"})
    desk.turn()
    assert desk.frame.readings.operations["desk"].health[0] == "crashed"
    parts = sheet.parts()
    assert "desk crashes." in parts["told"]
    assert "desk crashed" in parts["acts"]
    assert "crashed" in parts["diagram"]
    assert "Mend: crashed" in parts["choice"]
    sheet.do("back", {})
    desk.turn()
    assert desk.frame.acts == ()
    assert desk.frame.readings.operations["desk"].health == ()


def test_a_slider_turns_a_dial_as_one_act(desk):
    sheet = LiveSheet(desk)
    sheet.do("select", {"path": "desk"})
    desk.turn()
    assert 'data-dial="speed"' in sheet.parts()["choice"]
    sheet.do("turn", {"who": "desk", "dial": "speed", "channel": "", "value": "2.5"})
    desk.turn()
    desk.step()
    desk.turn()
    assert [(act.kind, act.dial, act.value) for act in desk.frame.acts] == [("set", "speed", 2.5)]
    assert next(dial for dial in desk.frame.seen.dials if dial.dial == "speed").value == 2.5
    sheet.do("turn", {"who": "desk", "dial": "speed", "channel": "", "value": "nonsense"})
    sheet.do("turn", {"who": "nobody", "dial": "speed", "channel": "", "value": "1"})
    desk.turn()
    assert len(desk.frame.acts) == 1
    assert desk.frame.said.wrong
    assert "no receiver of this path" in sheet.parts()["told"]


def test_what_was_played_is_saved_and_is_the_same_run(desk):
    desk.set_speed(FASTEST)
    desk.play()
    turned(desk, 50.0)
    desk.act({"kind": "slow", "unit": "desk", "factor": 0.25}, "slow")
    desk.turn()
    desk.pause()
    desk.turn()
    desk.save()
    desk.turn()
    run = vsmlab.Run(desk.frame.said.run)
    assert run.verify() is None or True
    assert run.digest == desk._session.digest
    assert [act["kind"] for act in run.manifest["scenario"]["operator"]] == ["slow"]


def test_an_error_ends_the_thread_and_is_shown(tmp_path):
    player = Player(load("mm3"), tmp_path)

    def fail():
        raise RuntimeError("no more")

    player._orders.append(fail)
    player.start()
    player.join(20.0)
    assert not player.alive
    assert "RuntimeError: no more" in player.frame.wrong
    assert "no more" in LiveSheet(player).parts()["told"]


def test_a_closed_player_ends_its_thread(tmp_path):
    player = Player(load("mm3"), tmp_path)
    player.start()
    assert player.alive
    player.set_speed(FASTEST)
    player.play()
    player.close()
    player.join(20.0)
    assert not player.alive


def test_whoever_looks_does_not_wait_for_the_session(fleet):
    sheet = LiveSheet(fleet)
    sheet.parts()
    with fleet.lock:  # the parts need no lock at all
        began = time.perf_counter()
        sheet.parts()
        assert time.perf_counter() - began < 5.0


def test_every_level_has_a_diagram_with_what_is_there(fleet):
    read = fleet.frame.readings
    levels = viable_systems(read)
    assert levels[0] == "fleet"
    assert len(levels) == 9
    for level in levels:
        system = system_at(read, fleet.frame.lately, level, f"{level}.system3")
        assert [one.path for one in system.operations] == children_of(read, level)
        assert sum(one.agents_end for one in system.operations) == sum(
            one.agents for path, one in read.operations.items() if path.startswith(f"{level}.")
        )
        drawn = draw_live(system)
        assert 'data-do="select"' in drawn
        assert drawn.count('aria-pressed="true"') == 1


def test_traffic_of_all_levels_is_all_traffic(fleet):
    used = fleet.frame.lately.messages
    for kind in ("account", "bargain", "op_mgmt"):
        levels = {level for level, one, _ in used if one == kind}
        assert levels <= set(viable_systems(fleet.frame.readings))


def test_a_channel_shows_its_last_messages_and_one_of_them_its_story(fleet):
    sheet = LiveSheet(fleet)
    sheet.do("select", {"path": "channel account"})
    fleet.turn()
    parts = sheet.parts()
    found = fleet.frame.seen.messages
    assert 0 < len(found) <= 200
    assert [one.row for one in found] == sorted((one.row for one in found), reverse=True)
    assert {one.kind for one in found} == {"account"}
    assert 'data-do="event"' in parts["messages"]
    sheet.do("hold", {})
    fleet.step()
    fleet.turn()
    assert "Go on" in sheet.parts()["messages"]
    sheet.do("event", {"row": str(found[0].row)})
    fleet.turn()
    told = sheet.parts()["thread"]
    assert fleet.frame.seen.story.focus == found[0].row
    assert f'data-row="{found[0].row}"' in told
    assert "<table>" in told
    sheet.do("event", {"row": "99999999"})
    fleet.turn()
    assert "no such row" in sheet.parts()["thread"]


def test_a_cut_is_shown_where_it_is_and_mended(fleet):
    sheet = LiveSheet(fleet)
    sheet.do("select", {"path": "channel account"})
    fleet.turn()
    sheet.do("deed", {"heading": "All of this kind, at every level", "deed": "Cut account"})
    fleet.turn()
    fleet.step()
    fleet.turn()
    system = system_at(fleet.frame.readings, Slice(), "fleet")
    assert system.channels["account"].cut
    assert not system.channels["bargain"].cut
    assert "Mend account" in sheet.parts()["choice"]
    sheet.do("back", {})
    fleet.turn()
    assert not system_at(fleet.frame.readings, Slice(), "fleet").channels["account"].cut


def test_one_goes_down_and_up_and_nowhere_else(fleet):
    sheet = LiveSheet(fleet)
    sheet.parts()
    for path in ("fleet.short", "fleet.short.west", "nowhere", "fleet.short.west.worker-1"):
        sheet.do("level", {"path": path})
    assert 'aria-current="page">west' in sheet.parts()["diagram"]
    assert sheet.plotted().operations == ("fleet.short.west.worker-1", "fleet.short.west.worker-2")


def test_everything_that_can_be_pressed_is_an_act_that_the_session_takes(fleet):
    read = fleet.frame.readings
    acts = [deed.act for deed in doing.to_stream("chat", read.streams["chat"])]
    acts += [
        deed.act
        for deed in doing.to_operation(
            "fleet.short.west.worker-1", read.operations["fleet.short.west.worker-1"]
        )
    ]
    for kind in k.CHANNEL_NAMES:
        acts += [deed.act for deed in doing.to_channel(kind, read.channels[kind], cut=False)]
    acts += [deed.act for deed in doing.to_system("fleet.system2", "on")]
    refused = []
    session = vsmlab.Session("llm-fleet")
    for act in acts:
        try:
            session.act(act)
        except vsmlab.InputError as exc:
            refused.append((act, str(exc)))
    assert [act for act, _ in refused] == [
        {"kind": "knockout", "system": "fleet.system2"}
    ]  # the fleet has none


def test_whatever_can_be_chosen_has_a_panel(fleet):
    read = fleet.frame.readings
    for level in ("fleet", "fleet.short.west"):
        children = children_of(read, level)
        for path, _ in choosing.choices(read, level, children, ["account", "s2"]):
            assert Chosen(path, level).exists(read), path
            assert "<h2>" in choosing.shown(Chosen(path, level), fleet.frame)


def test_what_is_not_known_is_not_done(fleet):
    sheet = LiveSheet(fleet)
    for what in ("", "nothing", "deed", "turn", "speed", "span", "event", "level", "select"):
        sheet.do(what, {"value": "<script>", "path": "<script>", "row": "<script>"})
    assert "<script>" not in "".join(sheet.parts().values())


def test_hostile_names_stay_text(tmp_path):
    bad = "<script>alert(1)</script>"
    loaded = load("mm3")
    player = player_of({**loaded.raw, "title": bad}, tmp_path)
    player._say(bad, wrong=True)
    player._look(player._session)
    parts = LiveSheet(player).parts()
    assert bad not in "".join(parts.values())
    assert "&lt;script&gt;" in parts["told"]


def test_an_alarm_is_a_word_a_colour_and_thick(tmp_path):
    player = player_of("algedonic-escalation", tmp_path)
    player.set_speed(FASTEST)
    player.play()
    frame = turned(player, 2560.0)
    words = alarms_in_words(frame.readings)
    assert words.startswith("ALARM")
    level = "county.hospital.emergency"
    drawn = draw_live(system_at(frame.readings, frame.lately, level))
    assert ">ALARM<" in drawn
    assert 'class="diagram alarmed"' in drawn
    assert "alarm-ring pain" in drawn
    sheet = LiveSheet(player)
    assert words in sheet.parts()["alarm"]


def test_children_appear_and_refusals_are_told(tmp_path):
    player = player_of("spawning", tmp_path)
    sheet = LiveSheet(player, extra=parts_of(player))
    player.set_speed(FASTEST)
    player.play()
    turned(player, 2400.0)
    parts = sheet.parts()
    assert "branch-1" in parts["diagram"]
    assert "the depth limit holds" in parts["family"]
    assert "made in this run" in parts["family"]
    sheet.do("level", {"path": "crew.branch-1"})
    assert "desk-a" in sheet.parts()["diagram"]
    assert "children" in sheet.plotted().columns
    assert np.nanmax(sheet.plotted().columns["children"]) >= 1


def test_a_second_session_goes_on_without_what_is_done_to_the_first(desk):
    desk.set_speed(FASTEST)
    desk.play()
    turned(desk, 50.0)
    desk.fork()
    desk.turn()
    desk.act({"kind": "slow", "unit": "desk", "factor": 0.1}, "slow")
    forked = desk.frame.forked
    turned(desk, forked + 300.0)
    assert desk._second.now == desk._session.now
    columns = LiveSheet(desk).plotted().columns
    assert np.nanmax(columns["queue0"]) > np.nanmax(columns["queue0/2"])
    same = vsmlab.Session("mm3", until=5000.0)
    same.advance(desk._second.now)
    assert same.digest == desk._second.digest
    desk.fork()
    desk.turn()
    assert desk.frame.forked is None


def test_speeds_go_from_one_to_as_fast_as_it_can():
    assert SPEEDS[0] == 1.0
    assert SPEEDS[-1] == FASTEST
    assert list(SPEEDS) == sorted(SPEEDS)
