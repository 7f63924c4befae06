"""Which tests hold which law: node ids of pytest, checked to exist by ``tests/test_docs.py``."""

from __future__ import annotations

from typing import Final

ALLOCATION: Final = "tests/mechanisms/test_allocation.py"
DEFERRAL: Final = "tests/engines/test_deferral.py"
EXACT_QUEUES: Final = "tests/engines/test_exact_queues.py"
JOURNEYS_BETWEEN_OPERATIONS: Final = "tests/engines/test_journeys_between_operations.py"
KNOCK_OUT_SYSTEM2: Final = "tests/vsm/test_knock_out_system2.py"
NUMBERS: Final = "tests/mechanisms/test_numbers.py"
PHILOX: Final = "tests/mechanisms/test_philox.py"
QUEUEING: Final = "tests/mechanisms/test_queueing.py"
STEADY_STATE: Final = "tests/engines/test_steady_state.py"
SYSTEM2: Final = "tests/vsm/test_system2.py"
SYSTEM3: Final = "tests/vsm/test_system3.py"
TASK_LIFE: Final = "tests/engines/test_task_life.py"

HELD_BY: Final[dict[str, tuple[str, ...]]] = {
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
    "set_number": (f"{SYSTEM3}::test_agents_are_conserved_whatever_the_channels_lose",),
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
    "coordinate": (f"{KNOCK_OUT_SYSTEM2}::test_oscillation_grows_when_system2_is_knocked_out",),
    "allow_gain": (
        f"{KNOCK_OUT_SYSTEM2}::test_oscillation_grows_when_system2_is_knocked_out",
        f"{SYSTEM2}::test_n_siblings_that_act_in_phase_have_the_sum_of_their_gains",
    ),
    "offload_due": (f"{KNOCK_OUT_SYSTEM2}::test_oscillation_grows_when_system2_is_knocked_out",),
    "bargain_due": (
        f"{SYSTEM3}::test_without_system3_capacity_is_misplaced",
        f"{SYSTEM3}::test_without_system3_capacity_is_misplaced_in_the_fleet",
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
    "repeat_grants": (f"{SYSTEM3}::test_agents_are_conserved_whatever_the_channels_lose",),
    "pay_debt": (f"{SYSTEM3}::test_agents_are_conserved_whatever_the_channels_lose",),
    "hear_account": (f"{SYSTEM3}::test_agents_are_conserved_whatever_the_channels_lose",),
    "granted": (f"{SYSTEM3}::test_agents_are_conserved_whatever_the_channels_lose",),
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
    "describe": (f"{TASK_LIFE}::test_a_task_costs_what_its_columns_say",),
    "first_match": (
        f"{JOURNEYS_BETWEEN_OPERATIONS}::test_the_first_condition_that_holds_decides_and_without_one_the_task_leaves",
    ),
    "next_time": (
        f"{STEADY_STATE}::test_poisson_arrivals_see_time_averages",
        f"{STEADY_STATE}::test_even_arrivals_do_not_see_time_averages",
    ),
    "passage": (
        f"{JOURNEYS_BETWEEN_OPERATIONS}::test_a_cut_channel_loses_every_task_and_says_so",
        f"{JOURNEYS_BETWEEN_OPERATIONS}::test_a_lossy_channel_loses_its_share_and_each_task_is_accounted_for",
        f"{JOURNEYS_BETWEEN_OPERATIONS}::test_a_channels_capacity_makes_messages_wait_in_line_and_its_limit_loses_the_rest",
        f"{JOURNEYS_BETWEEN_OPERATIONS}::test_each_level_adds_the_delay_of_its_channel",
    ),
    "quantised": (f"{JOURNEYS_BETWEEN_OPERATIONS}::test_a_transducer_rounds_what_is_said",),
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
    "exponential": (f"{STEADY_STATE}::test_exponential_service_waits_as_erlang_says",),
    "standard_gamma": (f"{STEADY_STATE}::test_general_service_waits_as_pollaczek_and_khinchine_say",),
    "variate": (f"{STEADY_STATE}::test_general_service_waits_as_pollaczek_and_khinchine_say",),
    "logarithm": (f"{NUMBERS}::test_the_logarithm_is_within_one_unit_in_the_last_place",),
    "natural_exp": (f"{NUMBERS}::test_the_exponential_is_within_one_unit_in_the_last_place",),
    "normal_quantile": (f"{NUMBERS}::test_the_normal_quantile_agrees_with_scipy",),
}
