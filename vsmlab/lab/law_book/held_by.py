"""Which tests hold which law: node ids of pytest, checked to exist by ``tests/test_docs.py``."""

from __future__ import annotations

from typing import Final

from .held_beyond import HELD_BEYOND

ALLOCATION: Final = "tests/mechanisms/test_allocation.py"
ARRIVALS: Final = "tests/world/test_arrivals.py"
CHANNELS: Final = "tests/laws/test_channels.py"
CONTROL: Final = "tests/vsm/test_control.py"
COORDINATION: Final = "tests/vsm/test_coordination.py"
DEFERRAL: Final = "tests/engines/test_deferral.py"
DEMAND: Final = "tests/world/test_demand.py"
DESK: Final = "tests/vsm/test_desk.py"
DISPATCH: Final = "tests/test_dispatch.py"
DISTRIBUTIONS: Final = "tests/laws/test_distributions.py"
EXACT_QUEUES: Final = "tests/engines/test_exact_queues.py"
JOURNEYS_BETWEEN_OPERATIONS: Final = "tests/engines/test_journeys_between_operations.py"
KNOCK_OUT_FLEET = "tests/vsm/test_knock_out_fleet.py"
KNOCK_OUT_SYSTEM2: Final = "tests/vsm/test_knock_out_system2.py"
MANAGEMENT: Final = "tests/vsm/test_management.py"
NORMAL: Final = "tests/mechanisms/test_normal.py"
NUMBERS: Final = "tests/mechanisms/test_numbers.py"
PHILOX: Final = "tests/mechanisms/test_philox.py"
QUEUEING: Final = "tests/mechanisms/test_queueing.py"
RATE_LIMIT: Final = "tests/vsm/test_rate_limit.py"
REPORTING: Final = "tests/vsm/test_reporting.py"
STEADY_STATE: Final = "tests/engines/test_steady_state.py"
SYSTEM2: Final = "tests/vsm/test_system2.py"
SYSTEM3: Final = "tests/vsm/test_system3.py"
TASK_LIFE: Final = "tests/engines/test_task_life.py"

HELD_BY: Final[dict[str, tuple[str, ...]]] = HELD_BEYOND | {
    "defer": (
        f"{DEFERRAL}::test_a_deferred_task_comes_back_after_the_time_said_and_is_served_as_the_same_task",
        f"{DEFERRAL}::test_a_deadline_ends_a_deferral",
    ),
    "accept": (
        f"{EXACT_QUEUES}::test_every_start_is_the_later_of_the_arrival_and_the_earliest_free_agent",
        f"{JOURNEYS_BETWEEN_OPERATIONS}::test_a_moved_task_is_let_in_whatever_the_limit_there",
    ),
    "why_refused": (
        f"{TASK_LIFE}::test_beyond_the_queue_limit_tasks_are_shed",
        f"{TASK_LIFE}::test_local_autonomy_refuses_what_would_wait_too_long",
        f"{TASK_LIFE}::test_a_task_balks_with_the_odds_of_those_present",
        f"{STEADY_STATE}::test_a_bounded_room_sheds_what_its_chain_says",
        f"{STEADY_STATE}::test_balking_makes_the_number_present_poisson",
    ),
    "budget_left": (
        f"{TASK_LIFE}::test_what_is_accepted_on_a_budget_never_costs_more_than_came_in",
        f"{TASK_LIFE}::test_without_a_budget_granted_nothing_that_costs_is_accepted",
    ),
    "done": (
        f"{EXACT_QUEUES}::test_every_start_is_the_later_of_the_arrival_and_the_earliest_free_agent",
        f"{JOURNEYS_BETWEEN_OPERATIONS}::test_a_served_task_goes_on_and_counts_as_an_arrival_there",
        f"{STEADY_STATE}::test_exponential_service_waits_as_erlang_says",
        f"{STEADY_STATE}::test_constant_service_at_three_agents_waits_as_crommelin_says",
    ),
    "next_choice": (
        f"{JOURNEYS_BETWEEN_OPERATIONS}::test_ways_on_are_taken_with_their_probabilities_and_the_rest_leaves",
        f"{JOURNEYS_BETWEEN_OPERATIONS}::test_the_first_condition_that_holds_decides_and_without_one_the_task_leaves",
        f"{JOURNEYS_BETWEEN_OPERATIONS}::test_a_task_leaves_after_the_most_visits",
        f"{STEADY_STATE}::test_a_network_with_loops_is_as_jackson_says",
    ),
    "failed_attempt": (
        f"{TASK_LIFE}::test_a_failing_task_is_tried_again_after_the_backoff_and_arrives_only_once",
        f"{TASK_LIFE}::test_two_attempts_at_one_half_fail_a_quarter_of_the_tasks",
    ),
    "retry": (
        f"{TASK_LIFE}::test_a_retry_is_let_in_whatever_the_limit_of_the_queue",
        f"{TASK_LIFE}::test_while_a_task_backs_off_its_agent_serves_another_and_the_retry_stands_in_line",
    ),
    "abandon": (
        f"{TASK_LIFE}::test_a_deadline_ends_a_task_in_the_queue_in_service_and_in_its_backoff",
        f"{TASK_LIFE}::test_patience_counts_only_while_a_task_waits",
        f"{STEADY_STATE}::test_impatient_tasks_give_up_as_erlang_a_says",
    ),
    "give_away": (
        f"{JOURNEYS_BETWEEN_OPERATIONS}::test_a_moved_task_keeps_what_it_is_and_its_epoch_is_counted",
        f"{JOURNEYS_BETWEEN_OPERATIONS}::test_a_moved_task_takes_its_deadline_along_and_its_old_reminder_is_void",
    ),
    "set_number": (
        f"{SYSTEM3}::test_agents_are_conserved_whatever_the_channels_lose",
        f"{CONTROL}::test_totals_said_again_late_or_out_of_order_leave_management_and_operation_as_said_once",
    ),
    "take_agents": (f"{SYSTEM3}::test_agents_are_conserved_whatever_the_channels_lose",),
    "release": (f"{SYSTEM3}::test_agents_are_conserved_whatever_the_channels_lose",),
    "goes_before": (
        f"{EXACT_QUEUES}::test_a_lower_rank_number_goes_first_and_within_a_rank_the_discipline_rules",
        f"{STEADY_STATE}::test_two_ranks_wait_as_cobham_says",
    ),
    "set_key": (
        f"{EXACT_QUEUES}::test_last_come_is_first_served",
        f"{EXACT_QUEUES}::test_the_earliest_deadline_is_served_first_and_tasks_without_one_last",
    ),
    "random_place": (f"{EXACT_QUEUES}::test_a_random_queue_takes_each_of_those_waiting_alike",),
    "begin_waiting": (
        f"{EXACT_QUEUES}::test_a_more_urgent_task_never_waits_while_a_less_urgent_one_is_served",
    ),
    "preempt": (
        f"{EXACT_QUEUES}::test_interrupted_service_is_resumed_and_adds_up_to_the_work_drawn",
        f"{STEADY_STATE}::test_two_ranks_stay_as_long_as_preemptive_resume_says",
    ),
    "least_urgent": (
        f"{EXACT_QUEUES}::test_a_more_urgent_task_never_waits_while_a_less_urgent_one_is_served",
    ),
    "has_room": (
        f"{TASK_LIFE}::test_no_operation_ever_has_more_in_service_than_agents",
        f"{TASK_LIFE}::test_starts_stay_within_the_token_bucket_in_every_window",
    ),
    "refill": (f"{TASK_LIFE}::test_starts_stay_within_the_token_bucket_in_every_window",),
    "token": (f"{TASK_LIFE}::test_a_waiting_task_starts_when_the_token_comes",),
    "route": (
        f"{JOURNEYS_BETWEEN_OPERATIONS}::test_a_task_handed_to_a_viable_system_is_routed_inside_it",
        f"{JOURNEYS_BETWEEN_OPERATIONS}::test_each_level_adds_the_delay_of_its_channel",
    ),
    "correction": (
        f"{SYSTEM2}::test_the_loop_is_monotone_up_to_gain_times_delay_of_one_over_e",
        f"{SYSTEM2}::test_the_loop_stops_settling_at_gain_times_delay_of_half_pi",
        f"{SYSTEM2}::test_the_sampled_loop_is_stable_below_its_bound_and_not_above",
    ),
    "under_way": (f"{SYSTEM2}::test_a_correction_counts_until_a_report_can_show_it",),
    "expected_load": (
        f"{SYSTEM2}::test_prediction_keeps_a_loop_stable_that_is_not_without_it",
        f"{SYSTEM2}::test_without_prediction_the_reported_load_is_taken_as_it_is",
    ),
    "coordinate": (
        f"{KNOCK_OUT_SYSTEM2}::test_oscillation_grows_when_system2_is_knocked_out",
        f"{COORDINATION}::test_staggered_each_sibling_is_looked_at_once_a_period_and_else_all_at_once",
    ),
    "allow_gain": (
        f"{KNOCK_OUT_SYSTEM2}::test_oscillation_grows_when_system2_is_knocked_out",
        f"{SYSTEM2}::test_n_siblings_that_act_in_phase_have_the_sum_of_their_gains",
        f"{COORDINATION}::test_siblings_that_act_by_themselves_are_allowed_the_gain_of_the_whole_together",
        f"{COORDINATION}::test_where_system2_shares_load_itself_the_siblings_are_allowed_none",
    ),
    "offload_due": (
        f"{KNOCK_OUT_SYSTEM2}::test_oscillation_grows_when_system2_is_knocked_out",
        f"{MANAGEMENT}::test_a_management_keeps_within_the_gain_that_system2_allowed_for_four_periods",
        f"{MANAGEMENT}::test_what_system2_allows_does_not_end_an_intervention",
    ),
    "bargain_due": (
        f"{SYSTEM3}::test_without_system3_capacity_is_misplaced",
        f"{KNOCK_OUT_FLEET}::test_each_system_is_missed",
        f"{CONTROL}::test_a_bargain_judges_the_promise_of_the_period_before_and_then_promises_anew",
    ),
    "divide": (
        f"{SYSTEM3}::test_the_bargain_is_the_optimal_whole_number_allocation",
        f"{SYSTEM3}::test_the_bargain_equals_the_greedy_oracle_and_gives_out_every_agent",
        f"{SYSTEM3}::test_no_other_split_of_the_agents_waits_less",
        f"{ALLOCATION}::test_greedy_is_exactly_optimal_at_any_load",
    ),
    "gain_of_one_more": (
        f"{SYSTEM3}::test_the_bargain_is_the_optimal_whole_number_allocation",
        f"{SYSTEM3}::test_the_proportional_rule_shares_by_load",
    ),
    "pooled_demand": (f"{SYSTEM3}::test_pooled_operations_are_treated_alike_whatever_they_say",),
    "step_towards": (f"{SYSTEM3}::test_moves_are_capped_and_smoothed",),
    "set_targets": (f"{SYSTEM3}::test_until_all_have_reported_nothing_is_moved",),
    "keep_as_is": (f"{SYSTEM3}::test_until_all_have_reported_nothing_is_moved",),
    "at_hand": (f"{SYSTEM3}::test_agents_that_were_recalled_and_not_returned_still_count",),
    "recall": (f"{SYSTEM3}::test_agents_are_conserved_whatever_the_channels_lose",),
    "hand_out": (f"{SYSTEM3}::test_agents_are_conserved_whatever_the_channels_lose",),
    "repeat_grants": (
        f"{SYSTEM3}::test_agents_are_conserved_whatever_the_channels_lose",
        f"{CONTROL}::test_grants_and_recalls_are_said_again_as_totals_and_agents_travel_as_long_as_ever",
        f"{CONTROL}::test_totals_said_again_late_or_out_of_order_leave_management_and_operation_as_said_once",
    ),
    "pay_debt": (f"{SYSTEM3}::test_agents_are_conserved_whatever_the_channels_lose",),
    "hear_account": (f"{SYSTEM3}::test_agents_are_conserved_whatever_the_channels_lose",),
    "granted": (
        f"{SYSTEM3}::test_agents_are_conserved_whatever_the_channels_lose",
        f"{CONTROL}::test_totals_said_again_late_or_out_of_order_leave_management_and_operation_as_said_once",
    ),
    "granted_from_above": (f"{SYSTEM3}::test_agents_are_conserved_whatever_the_channels_lose",),
    "mean_waiting": (
        f"{QUEUEING}::test_the_law_is_erlang_c_where_the_queue_is_stable",
        f"{QUEUEING}::test_the_law_falls_and_is_convex_in_the_servers_at_any_load",
    ),
    "serve": (
        f"{EXACT_QUEUES}::test_an_agent_of_another_speed_divides_the_work_and_nothing_else",
        f"{TASK_LIFE}::test_each_attempt_draws_its_own_work_and_its_own_fate",
    ),
    "attempt_work": (f"{TASK_LIFE}::test_each_attempt_draws_its_own_work_and_its_own_fate",),
    "deliver": (f"{TASK_LIFE}::test_every_served_task_is_delivered_to_its_environment",),
    "describe": (
        f"{TASK_LIFE}::test_a_task_costs_what_its_columns_say",
        f"{DEMAND}::test_a_tasks_row_that_served_another_leaves_no_trace_of_it",
    ),
    "first_match": (
        f"{JOURNEYS_BETWEEN_OPERATIONS}::test_the_first_condition_that_holds_decides_and_without_one_the_task_leaves",
    ),
    "next_time": (
        f"{STEADY_STATE}::test_poisson_arrivals_see_time_averages",
        f"{STEADY_STATE}::test_even_arrivals_do_not_see_time_averages",
        f"{ARRIVALS}::test_poisson_gaps_are_exponential_and_renewal_gaps_are_what_their_distribution_says",
        f"{ARRIVALS}::test_a_trace_arrives_when_it_says_and_then_never_again",
    ),
    "passage": (
        f"{JOURNEYS_BETWEEN_OPERATIONS}::test_a_cut_channel_loses_every_task_and_says_so",
        f"{JOURNEYS_BETWEEN_OPERATIONS}::test_a_lossy_channel_loses_its_share_and_each_task_is_accounted_for",
        f"{JOURNEYS_BETWEEN_OPERATIONS}::test_a_channels_capacity_makes_messages_wait_in_line_and_its_limit_loses_the_rest",
        f"{JOURNEYS_BETWEEN_OPERATIONS}::test_each_level_adds_the_delay_of_its_channel",
        f"{CHANNELS}::test_capacity_is_a_line_of_one_server_with_so_many_places",
        f"{CHANNELS}::test_losses_are_by_their_own_draws_and_as_frequent_as_the_channel_says",
        f"{CHANNELS}::test_the_delay_comes_after_the_capacity_and_holds_nobody_else_up",
    ),
    "quantised": (
        f"{JOURNEYS_BETWEEN_OPERATIONS}::test_a_transducer_rounds_what_is_said",
        f"{CHANNELS}::test_a_transducer_says_the_nearest_multiple_of_its_step",
        f"{CHANNELS}::test_halves_are_rounded_away_from_zero_and_without_a_step_nothing_is",
    ),
    "carry": (
        f"{JOURNEYS_BETWEEN_OPERATIONS}::test_a_lossy_channel_loses_its_share_and_each_task_is_accounted_for",
    ),
    "await_ticket": (f"{TASK_LIFE}::test_an_old_ticket_does_nothing_even_when_its_row_serves_another_task",),
    "redeem": (
        f"{TASK_LIFE}::test_an_old_ticket_does_nothing_even_when_its_row_serves_another_task",
        f"{JOURNEYS_BETWEEN_OPERATIONS}::test_a_moved_task_takes_its_deadline_along_and_its_old_reminder_is_void",
    ),
    "unanswered": (
        f"{KNOCK_OUT_SYSTEM2}::test_oscillation_grows_when_system2_is_knocked_out",
        f"{SYSTEM3}::test_without_system3_capacity_is_misplaced",
        f"{DISPATCH}::test_what_is_not_answered_is_a_fact_and_what_it_carried_is_lost",
        f"{DISPATCH}::test_on_the_clock_every_message_to_who_is_knocked_out_is_unanswered_and_none_of_its_own_follows",
    ),
    "philox": (f"{PHILOX}::test_known_answers_of_random123",),
    "sequence_uniform": (
        f"{PHILOX}::test_buffered_sequences_are_the_source_bit_for_bit",
        f"{PHILOX}::test_every_part_of_the_address_matters",
    ),
    "keyed_uniform": (
        f"{PHILOX}::test_buffered_keyed_draws_are_the_source_bit_for_bit",
        f"{PHILOX}::test_every_part_of_the_address_matters",
    ),
    "exponential": (
        f"{STEADY_STATE}::test_exponential_service_waits_as_erlang_says",
        f"{DISTRIBUTIONS}::test_what_is_drawn_by_inversion_is_the_quantile_of_its_uniform_number",
    ),
    "standard_gamma": (
        f"{STEADY_STATE}::test_general_service_waits_as_pollaczek_and_khinchine_say",
        f"{DISTRIBUTIONS}::test_gamma_variates_have_their_law_their_mean_and_their_spread",
        f"{DISTRIBUTIONS}::test_over_evenly_spread_numbers_the_gamma_is_sharp_in_its_first_three_moments",
    ),
    "variate": (
        f"{STEADY_STATE}::test_general_service_waits_as_pollaczek_and_khinchine_say",
        f"{DISTRIBUTIONS}::test_what_is_drawn_by_inversion_is_the_quantile_of_its_uniform_number",
        f"{DISTRIBUTIONS}::test_mean_and_spread_are_as_the_scenario_says",
        f"{DISTRIBUTIONS}::test_gamma_variates_have_their_law_their_mean_and_their_spread",
    ),
    "logarithm": (f"{NUMBERS}::test_the_logarithm_is_within_one_unit_in_the_last_place",),
    "natural_exp": (f"{NUMBERS}::test_the_exponential_is_within_one_unit_in_the_last_place",),
    "normal_quantile": (f"{NUMBERS}::test_the_normal_quantile_agrees_with_scipy",),
    "next_arrival": (
        f"{DEMAND}::test_the_first_reminder_only_draws_and_each_other_makes_one_task_and_draws_the_next",
        f"{DEMAND}::test_a_stream_that_has_come_to_its_end_reminds_itself_of_nothing_more",
    ),
    "next_markov": (
        f"{ARRIVALS}::test_a_poisson_process_that_is_switched_on_and_off_has_hyperexponential_gaps",
        f"{ARRIVALS}::test_two_states_give_the_mean_rate_and_the_index_of_dispersion_of_their_process",
        f"{ARRIVALS}::test_each_state_has_its_share_of_the_arrivals_and_after_the_last_comes_the_first",
    ),
    "next_linear": (
        f"{ARRIVALS}::test_the_expected_number_between_two_arrivals_is_the_exponential_that_was_drawn",
        f"{ARRIVALS}::test_a_linear_rate_gives_a_poisson_process_in_its_own_time",
        f"{ARRIVALS}::test_nothing_arrives_while_the_rate_is_zero_and_nothing_at_all_after_a_last_zero",
    ),
    "next_in_profile": (
        f"{ARRIVALS}::test_every_window_has_exactly_its_tasks_of_every_class",
        f"{ARRIVALS}::test_within_its_window_a_task_comes_at_any_time_alike_and_any_class_comes_first_alike",
    ),
    "take_class": (
        f"{ARRIVALS}::test_every_window_has_exactly_its_tasks_of_every_class",
        f"{DEMAND}::test_classes_are_taken_without_replacement_until_none_is_left",
        f"{DEMAND}::test_every_order_of_the_classes_of_a_window_is_equally_likely",
    ),
    "draw_columns": (
        f"{DEMAND}::test_each_column_has_the_quantiles_of_its_class_whatever_the_correlation",
        f"{DEMAND}::test_the_rank_correlation_is_that_of_the_copulas_parameter",
        f"{DEMAND}::test_where_the_correlation_is_full_one_column_tells_the_other",
    ),
    "new_task": (
        f"{DEMAND}::test_identities_are_unique_and_tell_the_origin_and_its_count",
        f"{DEMAND}::test_a_tasks_row_that_served_another_leaves_no_trace_of_it",
    ),
    "observe": (f"{REPORTING}::test_a_window_carries_its_busy_agent_seconds_and_offers_what_arrived_in_it",),
    "report": (
        f"{REPORTING}::test_a_report_says_what_is_here_what_was_asked_what_was_done_and_what_could_be_done",
        f"{REPORTING}::test_an_operation_without_management_tells_only_its_desk_and_then_only_where_the_desk_asks",
    ),
    "hear_operation": (
        f"{MANAGEMENT}::test_management_keeps_the_last_number_of_each_kind_and_says_nothing",
        f"{MANAGEMENT}::test_returned_agents_are_told_at_once_and_only_when_there_are_more_of_them",
        f"{MANAGEMENT}::test_what_a_sibling_says_is_kept_apart_from_what_the_operation_says",
    ),
    "hear_potentiality": (
        f"{MANAGEMENT}::test_management_keeps_the_last_number_of_each_kind_and_says_nothing",
    ),
    "smoothed": (
        f"{MANAGEMENT}::test_at_first_what_is_kept_is_the_mean_over_time_and_then_what_is_older_fades",
        f"{MANAGEMENT}::test_memory_is_one_of_time_whatever_the_number_of_reports",
    ),
    "heartbeat_due": (f"{MANAGEMENT}::test_every_heartbeat_counts_and_says_load_and_capability",),
    "account_due": (
        f"{MANAGEMENT}::test_an_account_says_what_became_of_the_agents_and_repeats_to_the_operation_what_was_granted",
        f"{MANAGEMENT}::test_before_it_has_heard_what_was_asked_and_done_management_accounts_for_agents_only",
    ),
    "intervened_with": (
        f"{MANAGEMENT}::test_an_intervention_suspends_local_autonomy_here_and_at_the_operation_and_then_ends",
        f"{MANAGEMENT}::test_what_system2_allows_does_not_end_an_intervention",
        f"{MANAGEMENT}::test_a_shorter_intervention_does_not_end_a_longer_one",
    ),
    "limited": (f"{MANAGEMENT}::test_a_limit_of_system2_is_passed_on_as_it_is",),
    "damped": (
        f"{MANAGEMENT}::test_asked_to_give_to_a_sibling_management_passes_it_on",
        f"{MANAGEMENT}::test_a_management_keeps_within_the_gain_that_system2_allowed_for_four_periods",
        f"{MANAGEMENT}::test_the_last_word_of_system2_holds_whether_it_is_more_or_less",
    ),
    "by_shares": (
        f"{DESK}::test_tasks_go_where_the_shares_say_as_often_as_they_say",
        f"{DESK}::test_the_draw_belongs_to_the_task_whoever_came_before",
        f"{DESK}::test_desks_of_different_depth_draw_apart",
    ),
    "by_turns": (f"{DESK}::test_each_operation_has_its_turn",),
    "by_reports": (
        f"{DESK}::test_a_task_goes_where_the_report_says_the_least_crowd_for_the_capability",
        f"{DESK}::test_what_was_sent_since_the_last_report_counts",
    ),
    "hear_operations": (
        f"{DESK}::test_a_desk_keeps_what_each_operation_says_of_itself_and_nobody_elses_word",
    ),
    "told_share": (f"{DESK}::test_system3s_shares_are_kept_by_address_and_one_of_nobody_changes_nothing",),
    "pass_report": (f"{DESK}::test_a_desk_answers_for_the_sum_of_its_operations",),
    "share_load": (
        f"{COORDINATION}::test_the_one_with_more_than_its_part_is_asked_to_give_to_the_one_that_lacks_most",
        f"{COORDINATION}::test_what_is_asked_keeps_all_tasks_and_never_makes_the_giver_lack_or_the_taker_exceed",
        f"{COORDINATION}::test_with_prediction_the_second_look_reckons_with_the_first",
    ),
    "limit_rate": (
        f"{RATE_LIMIT}::test_the_rates_never_sum_above_the_common_rate_while_the_loads_change",
        f"{RATE_LIMIT}::test_a_fall_is_free_only_when_its_owner_is_looked_at_again",
        f"{RATE_LIMIT}::test_once_loads_keep_still_the_whole_rate_is_given_out_by_load",
        f"{RATE_LIMIT}::test_when_the_rate_from_above_falls_the_rates_follow_within_a_round_and_none_is_below_zero",
    ),
    "hear_sibling_load": (
        f"{COORDINATION}::test_system2_keeps_what_each_sibling_says_of_itself_and_nobody_elses_word",
    ),
    "beat": (
        f"{COORDINATION}::test_a_child_system_speaks_as_one_operation_of_the_sum_of_loads_and_capabilities",
    ),
    "told_by_parent": (
        f"{COORDINATION}::test_asked_to_give_to_a_sibling_system_the_most_loaded_operation_is_asked_and_it_is_remembered",
        f"{COORDINATION}::test_a_gain_allowed_to_a_system_is_not_passed_on_and_an_empty_system_gives_nothing",
        f"{COORDINATION}::test_a_rate_told_from_above_becomes_the_systems_own",
        f"{RATE_LIMIT}::test_a_lower_rate_from_above_stops_nobody",
    ),
    "demanded": (f"{CONTROL}::test_a_backlog_is_demand_spread_over_the_time_in_which_it_should_be_gone",),
    "announce": (
        f"{CONTROL}::test_the_desk_is_told_each_share_of_the_targets_by_the_operations_address",
        f"{CONTROL}::test_the_whole_budget_is_divided_by_demand_and_the_shares_are_whole",
        f"{CONTROL}::test_shares_are_not_announced_where_there_are_no_targets_or_no_desk_that_follows_them",
    ),
    "promise": (
        f"{CONTROL}::test_each_promises_what_is_offered_as_far_as_its_agents_can_and_nobody_unheard_promises",
    ),
    "judge": (
        f"{CONTROL}::test_below_the_band_for_so_many_periods_in_a_row_system3_intervenes_outside_the_bargain",
        f"{CONTROL}::test_the_band_is_below_the_promise_only_and_its_edge_belongs_to_it",
        f"{CONTROL}::test_one_period_within_the_band_begins_the_count_anew",
    ),
    "account_for": (
        f"{CONTROL}::test_a_system_accounts_for_the_sum_of_its_operations_and_for_what_it_returned",
    ),
    "stepped_in": (f"{CONTROL}::test_an_intervention_from_above_reaches_every_operation",),
    "refused": (
        f"{DISPATCH}::test_what_is_not_answered_is_a_fact_and_what_it_carried_is_lost",
        f"{DISPATCH}::test_every_line_answers_in_its_place_and_everything_else_is_refused",
        f"{DISPATCH}::test_on_the_clock_a_message_without_a_law_is_refused_and_the_run_goes_on",
    ),
    "quantile": (
        f"{DISTRIBUTIONS}::test_a_list_of_quantiles_is_linear_between_its_levels_and_constant_beyond",
        f"{DISTRIBUTIONS}::test_the_mean_of_what_is_drawn_is_the_mean_of_the_list",
    ),
    "normal_probability": (
        f"{NORMAL}::test_the_probability_is_exact_to_fifteen_digits",
        f"{NORMAL}::test_it_agrees_with_scipy_and_is_symmetric",
    ),
}
