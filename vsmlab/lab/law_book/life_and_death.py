"""The law book on what begins and ends during a run: disturbances, zombies, child systems."""

from __future__ import annotations

from typing import Final

from .entry import UNCHECKED, Chapter, Entry

OWN: Final = "our own choice"

LIFE: Final = Chapter(
    "Life and death",
    "What the world does to the organisation, who finds it, and what becomes of the work. Agents crash; the queue "
    "outlasts them. A task that is called home goes in a new epoch; what its old holder still completes is void.",
    (
        Entry(
            "disturbance_due",
            "well for a drawn gap, broken for a drawn time, in turn; at a set time: once",
            "alternating renewal process (Cox 1962, " + UNCHECKED + ")",
            ("Disturbance.time", "Disturbance.every", "Disturbance.lasts"),
        ),
        Entry(
            "strike_operation",
            "sum of speed times time in service = work of the task; a hang is speed 0, a crash loses what was done",
            OWN + ": work is conserved under every change of speed",
            ("Disturbance.kind", "Disturbance.factor", "Disturbance.answers"),
        ),
        Entry(
            "tune_channels",
            "channel_delay: seconds added; channel_loss: the probability, on all channels of the kind, also those to "
            "come",
            OWN + ": docs/decisions/0024",
            ("Act.channel", "Act.value"),
        ),
        Entry("tune_stream", "demand: ask_for", OWN, ("Act.stream", "Act.factor")),
        Entry(
            "ask_for",
            "Poisson at a constant rate: the arrival due at T comes at t + (T - t) f / f', held back at f' = 0;\n"
            "else each arrival is floor(f') tasks, one more with probability f' - floor(f')",
            "a Poisson process has no memory (textbook); copies: docs/decisions/0015",
            ("Act.factor",),
        ),
        Entry(
            "tune_operation",
            "speed: work left / new speed, slowed by the same factor as before; report_every",
            OWN + ": work is conserved under every change of speed",
            ("Act.value",),
        ),
        Entry("tune_management", "account_every, offload_gain: the number, from the next time on", OWN),
        Entry("tune_system2", "gain, threshold, period, settle: the number, from the next time on", OWN),
        Entry(
            "tune_system3",
            "period, gain, drain, floor, move_takes, band, after, suspend: the number, from the next time on",
            OWN,
        ),
        Entry("tune_audit", "pace: so many times each gap that is drawn; threshold", OWN),
        Entry("tune_system4", "period, cover: the number, from the next time on", OWN),
        Entry("tune_system5", "outside: passed down at once; period, tolerance, patience, emergency", OWN),
        Entry("strike_management", "silent while its operation has crashed or hangs in silence", OWN),
        Entry(
            "strike_channels",
            "cut: everything is lost; slow: seconds added to every message",
            OWN,
            ("Disturbance.adds",),
        ),
        Entry(
            "hear_suspicion",
            "unheard: now - last beat > suspect_after beats, while another is heard\n"
            "stuck: nothing completed for longer than stuck_after while load >= 1\n"
            "the desk routes past the suspect, which is asked to give its tasks back; tried again after probation",
            "missed beats (Chen, Toueg and Aguilera 2002, "
            + UNCHECKED
            + "); completions as the proof of life are "
            + OWN,
            ("System2.suspect_after", "System2.stuck_after", "System3.probation"),
        ),
        Entry(
            "told_opening", "the desk may, or may not, route there; the last open operation stays open", OWN
        ),
        Entry("told_to_rehome", "management asks its operation to give every task back", OWN),
        Entry("rehome_below", "a child system asks every operation to give back, to the desk above", OWN),
        Entry(
            "rehome",
            "each task moves to the desk with epoch + 1; its tickets are revoked",
            "fencing by epoch (" + UNCHECKED + "): moved once, served at most once",
        ),
    ),
)

RECURSION: Final = Chapter(
    "Recursion at run time",
    "A child viable system, with complete Systems 1 to 5, is a copy of a pattern. It announces itself, is called on, "
    "answers, and is sent work; retired, it hands its work over and ends. Splitting a pool costs what Erlang says.",
    (
        Entry("introduce", "announce until everyone has said that they heard it", OWN, ("Spawn.child",)),
        Entry("announced_to_desk", "a link of share 0, and a call", OWN),
        Entry("known", "who is called answers; who was heard stops announcing", OWN),
        Entry("answered", "the link is open from now on", OWN),
        Entry("announced_to_system2", "one more to coordinate: gains are divided by the number", OWN),
        Entry(
            "announced_to_system3",
            "one more in the bargain, with the agents that came along",
            OWN,
            ("Spawn.at_most",),
        ),
        Entry("announced_to_system5", "policy is passed on to it", OWN),
        Entry("announced_to_audit", "one more operation to look at, under the child's branch", OWN),
        Entry("told_share", "share of one operation as System 3 says", OWN),
        Entry(
            "retire_system",
            "all agents called in, everyone in it asked to end",
            OWN,
            ("Spawn.below", "Spawn.dwell"),
        ),
        Entry("retire_at_desk", "the door is shut; whoever was behind it is asked to hand over", OWN),
        Entry("retire_operation", "what waits moves with epoch + 1; what is in service is waited for", OWN),
        Entry("retire_management", "agents go back; management ends with its operation", OWN),
        Entry("operation_ended", "the operation has ended: tell System 3", OWN),
        Entry(
            "heard_retired",
            "ended when nothing is left and all agents ever given are back; they leave as they came",
            OWN,
        ),
        Entry("end_here", "a System ends when its own System 3 says so", OWN),
        Entry("ended_below_desk", "forget who has ended", OWN),
        Entry("ended_below_system2", "one less to coordinate; its part of the common rate is free", OWN),
        Entry("ended_below_system5", "no more policy goes there; what hurt it is over", OWN),
        Entry("ended_below_audit", "nothing is left to look at", OWN),
    ),
)
