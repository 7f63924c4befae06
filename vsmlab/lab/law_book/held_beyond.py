"""Which tests hold the laws of Systems 3*, 4 and 5, of pain, and of life and death: node ids of pytest."""

from __future__ import annotations

from typing import Final

ALGEDONIC: Final = "tests/vsm/test_algedonic.py"
AUDIT: Final = "tests/vsm/test_audit.py"
DECISIONS: Final = "tests/vsm/test_decisions.py"
ANNOUNCING: Final = "tests/vsm/test_announcing.py"
CLOSING: Final = "tests/vsm/test_closing.py"
RETIRING: Final = "tests/vsm/test_retiring.py"
DISTURBANCES: Final = "tests/world/test_disturbances.py"
DISTURBED: Final = "tests/vsm/test_disturbed.py"
OPERATED: Final = "tests/world/test_operated.py"
TUNED: Final = "tests/vsm/test_tuned.py"
HOMEOSTAT: Final = "tests/vsm/test_homeostat.py"
INDICATORS: Final = "tests/world/test_indicators.py"
INSPECTED: Final = "tests/vsm/test_inspected.py"
SPAWNING: Final = "tests/vsm/test_spawning.py"
SYSTEM4: Final = "tests/vsm/test_system4.py"
SYSTEM5: Final = "tests/vsm/test_system5.py"
VITALS: Final = "tests/vsm/test_vitals.py"
ZOMBIES: Final = "tests/vsm/test_zombies.py"

HELD_BEYOND: Final[dict[str, tuple[str, ...]]] = {
    "inspect_due": (
        f"{AUDIT}::test_audits_are_memoryless_and_fall_on_each_operation_alike",
        f"{AUDIT}::test_audits_find_a_standing_fault_by_the_law_of_poisson",
    ),
    "open_inspection": (
        f"{INSPECTED}::test_an_inspection_lasts_for_two_reports_at_least",
        f"{INSPECTED}::test_one_inspector_at_a_time_and_the_latest_inspection_of_it",
    ),
    "end_inspection": (
        f"{INSPECTED}::test_an_inspection_covers_the_whole_windows_between_its_first_and_its_last_report",
        f"{INSPECTED}::test_what_an_honest_operation_claims_deviates_by_0_on_average_and_by_1",
    ),
    "hear_finding": (
        f"{AUDIT}::test_a_bias_of_one_and_a_half_is_found_as_soon_as_the_theory_of_the_cusum_says",
        f"{AUDIT}::test_rare_lies_are_found_by_the_ratio_test_as_soon_as_its_exact_chain_says",
        f"{AUDIT}::test_an_honest_operation_is_rarely_found_to_lie",
    ),
    "hear_discrepancy": (f"{AUDIT}::test_system_3_divides_what_an_operation_says_by_what_was_found",),
    "show_indicator": (
        f"{INDICATORS}::test_work_born_over_the_time_since_it_was_last_shown_is_what_is_demanded",
        f"{INDICATORS}::test_what_is_foreshown_is_the_work_expected_when_the_lead_is_over",
    ),
    "answer_probe": (
        f"{INDICATORS}::test_a_probe_is_answered_at_once_with_what_came_since_and_only_to_who_asked",
    ),
    "hear_indicator": (
        f"{SYSTEM4}::test_each_stream_feeds_its_own_source_and_a_stranger_feeds_none",
        f"{SYSTEM4}::test_what_is_far_from_the_forecast_is_looked_at_again_half_a_period_later",
    ),
    "look_ahead": (
        f"{SYSTEM4}::test_it_notes_its_forecast_tells_system3_and_proposes_agents_to_system5",
        f"{SYSTEM4}::test_retirement_takes_five_times_as_long_and_needs_a_child",
    ),
    "hear_system3": (
        f"{SYSTEM4}::test_system3_says_what_is_offered_and_what_its_system_can_and_could_serve",
    ),
    "hear_children": (f"{SYSTEM4}::test_decisions_are_totals_that_may_be_repeated_lost_or_late",),
    "balance": (
        f"{HOMEOSTAT}::test_it_rests_at_the_mean_of_the_wishes_weighted_by_the_gains",
        f"{HOMEOSTAT}::test_up_to_one_over_e_it_settles_without_a_swing",
        f"{HOMEOSTAT}::test_from_half_pi_on_it_never_settles",
    ),
    "hired": (
        f"{HOMEOSTAT}::test_notice_recalls_and_who_comes_back_to_the_root_has_left_and_nobody_is_told",
    ),
    "hear_outlook": (
        f"{HOMEOSTAT}::test_system4_pulls_while_it_has_been_heard_within_three_of_its_periods_and_not_after",
        f"{HOMEOSTAT}::test_below_the_root_the_two_sides_meet_in_what_is_accounted_for",
    ),
    "hear_proposal": (
        f"{SYSTEM5}::test_it_steps_in_when_the_wishes_differ_by_more_than_the_tolerance",
        f"{SYSTEM5}::test_a_child_whose_agents_exceed_what_policy_allows_is_refused",
    ),
    "govern": (
        f"{SYSTEM5}::test_the_weights_it_sets_add_up_to_what_settles_without_a_swing",
        f"{SYSTEM5}::test_eager_systems_3_and_4_hunt_without_system5",
    ),
    "decided": (
        f"{DECISIONS}::test_weights_and_limits_are_in_force_as_soon_as_they_are_heard_and_kept_within_reason",
    ),
    "hear_policy": (f"{SYSTEM5}::test_policy_of_the_root_reaches_the_third_level_of_recursion",),
    "vital_due": (
        f"{VITALS}::test_every_window_of_every_variable_is_what_a_bookkeeper_makes_of_the_journal",
        f"{VITALS}::test_the_95th_percentile_is_beyond_its_limit_when_more_than_one_in_twenty_is_late",
    ),
    "hear_vital": (
        f"{ALGEDONIC}::test_pain_says_how_many_times_its_limit_and_pleasure_how_far_within",
        f"{ALGEDONIC}::test_a_signal_begins_with_the_unit_goes_up_once_and_ends_from_anywhere",
    ),
    "climb_from_unit": (
        f"{ALGEDONIC}::test_the_time_to_each_level_is_the_times_to_mend_and_the_delays_whatever_else_is_to_be_said",
    ),
    "hear_signal": (
        f"{ALGEDONIC}::test_every_level_feels_passes_up_and_eases_exactly_what_outlasts_the_levels_below",
    ),
    "climb_from_system": (
        f"{ALGEDONIC}::test_one_pain_in_e_climbs_one_level_and_one_in_e_squared_two_if_mending_takes_as_long_as_is_allowed",
    ),
    "disturbance_due": (
        f"{DISTURBANCES}::test_a_series_alternates_and_its_gaps_and_lengths_are_those_asked_for",
    ),
    "strike_operation": (
        f"{DISTURBED}::test_speed_times_time_in_service_is_the_work_of_every_task",
        f"{DISTURBED}::test_a_crash_loses_the_work_in_service_and_nothing_else",
    ),
    "ask_for": (
        f"{OPERATED}::test_asked_for_twice_as_much_a_poisson_stream_is_one_of_twice_the_rate",
        f"{OPERATED}::test_gaps_after_the_change_are_exponential_with_the_new_mean",
        f"{OPERATED}::test_a_stream_that_is_silenced_keeps_what_was_left",
        f"{OPERATED}::test_other_streams_are_given_by_copies",
    ),
    "tune_stream": (f"{OPERATED}::test_asked_for_as_much_as_before_nothing_is_otherwise",),
    "tune_channels": (f"{TUNED}::test_a_dial_of_a_channel_holds_for_those_made_later_too",),
    "tune_operation": (
        f"{TUNED}::test_a_new_speed_is_kept_to_from_then_on_and_work_is_conserved",
        f"{TUNED}::test_a_dial_set_at_once_is_the_scenario_built_with_that_value",
    ),
    **dict.fromkeys(
        ("tune_management", "tune_system2", "tune_system3", "tune_audit", "tune_system4", "tune_system5"),
        (
            f"{TUNED}::test_every_dial_sets_its_field_and_no_other",
            f"{TUNED}::test_a_dial_set_at_once_is_the_scenario_built_with_that_value",
        ),
    ),
    "strike_management": (
        f"{DISTURBED}::test_a_silent_management_says_nothing_and_still_passes_on_what_system3_wants",
    ),
    "strike_channels": (
        f"{DISTURBED}::test_a_cut_takes_every_channel_of_its_kind_also_those_made_later_and_no_other",
    ),
    "hear_suspicion": (
        f"{ZOMBIES}::test_a_suspect_is_shut_off_its_work_called_home_and_that_is_said_at_every_bargain",
        f"{ZOMBIES}::test_the_last_one_that_is_open_stays_open_until_another_is",
    ),
    "rehome_below": (f"{ZOMBIES}::test_a_child_systems_system3_passes_it_on_to_all_its_operations",),
    "rehome": (
        f"{ZOMBIES}::test_every_task_goes_to_the_desk_in_a_new_epoch_and_its_old_reminders_are_void",
        f"{ZOMBIES}::test_whatever_breaks_and_whoever_is_suspected_no_task_is_lost_and_none_is_served_twice",
    ),
    "introduce": (
        f"{ANNOUNCING}::test_a_newborn_says_again_that_it_is_there_ever_more_rarely_until_it_is_known",
    ),
    "announced_to_desk": (
        f"{ANNOUNCING}::test_the_desk_calls_until_it_is_answered_and_the_child_asks_until_it_knows_that",
    ),
    "announced_to_system3": (
        f"{ANNOUNCING}::test_system3_takes_a_child_in_with_the_agents_that_it_says_it_has",
    ),
    "announced_to_system2": (f"{ANNOUNCING}::test_a_parent_takes_a_newborn_in_once_and_answers_each_time",),
    "retire_operation": (
        f"{CLOSING}::test_what_waits_goes_to_the_successor_in_a_new_epoch_as_moved",
        f"{CLOSING}::test_it_ends_when_nothing_is_left_and_every_agent_is_back_and_not_before",
    ),
    "heard_retired": (f"{RETIRING}::test_as_many_agents_leave_as_came_with_the_child_whatever_it_has_now",),
    "ended_below_system2": (
        f"{CLOSING}::test_its_part_of_the_common_rate_is_free_and_corrections_are_forgotten",
    ),
    "ended_below_system5": (f"{CLOSING}::test_pain_that_came_through_a_child_is_over_when_the_child_is",),
}
"""By law."""
