"""The law book on what looks beyond the day's work: System 3*, System 4, System 5 and the homeostat between 3 and 4."""

from __future__ import annotations

from typing import Final

from .entry import UNCHECKED, Chapter, Entry

AUDIT: Final = Chapter(
    "System 3*: audit",
    "It looks past every channel at single operations, at times that nobody foresees, and compares what the reports "
    "claim of that time with a count of a sample. With audits of rate v that each find a standing fault with "
    "probability d, P(found by t) = 1 - exp(-v d t); mean 1 / (v d).",
    (
        Entry(
            "inspect_due",
            "next inspection after a drawn gap (memoryless if exponential); operation i with probability 1 / n",
            "Poisson audits cannot be waited out (Avenhaus, von Stengel and Zamir 2002, " + UNCHECKED + ")",
            ("Audit.every", "Audit.takes"),
        ),
        Entry(
            "open_inspection",
            "count whole report windows from the next report on, for max(takes, 2 report periods)",
            "our own choice: claims and counts must cover the same time",
            ("Audit.takes",),
        ),
        Entry(
            "end_inspection",
            "claimed = sum of what the reports claim; counted = noticed / sample",
            "binomial sample, scaled by its share (Horvitz and Thompson 1952, " + UNCHECKED + ")",
            ("Audit.sample",),
        ),
        Entry(
            "hear_finding",
            "z = (claimed - counted) / sqrt(claimed (1 - s) / s)\n"
            "S = max(0, S + z - k), sure beyond h\n"
            "L += ln(p1/p0) where z > 2, else ln((1-p1)/(1-p0)); sure from ln((1-b)/a)",
            "CUSUM (Page 1954) and sequential probability ratio test (Wald 1945), " + UNCHECKED,
            ("Audit.reference", "Audit.threshold", "Audit.lies"),
        ),
        Entry(
            "hear_discrepancy",
            "what a branch says of its load is divided by claimed over counted, at least 1",
            "our own choice: an audit changes what is believed, not who commands",
        ),
    ),
)

SYSTEM4: Final = Chapter(
    "System 4: intelligence",
    "It is shown the environment, forecasts demand with its uncertainty, and proposes what to be ready for. An "
    "unannounced step cannot be foreseen by anyone.",
    (
        Entry(
            "show_indicator",
            "demanded = work born since / time;  foreshown = r(t + lead) f(t + lead) weight (1 + noise Z)",
            "our own choice",
            ("System4.indicators_every", "Leading.lead", "Leading.noise"),
        ),
        Entry("answer_probe", "demanded = work born since / time, at once", "our own choice"),
        Entry(
            "hear_indicator",
            "Holt: l' = l + phi b + alpha e, b' = phi b + beta e\n"
            "DLM: a = G m, R = G (C + D) G', A = R_.1 / Q, m = a + A e, S' = (n S + S e^2 / Q) / (n + 1)\n"
            "foreshown values are remembered, and the square of their error is learned",
            "Holt 1957 and Gardner and McKenzie 1985 ("
            + UNCHECKED
            + "); discount model of West and Harrison 1997, "
            "chapters 6, 10 (" + UNCHECKED + ")",
            (
                "System4.method",
                "System4.alpha",
                "System4.beta",
                "System4.damping",
                "System4.discount_level",
                "System4.discount_growth",
                "SeasonalForecast.gamma",
                "System4.probe_beyond",
            ),
        ),
        Entry(
            "look_ahead",
            "mean = sum of means; deviation = sqrt(sum of variances) at t + looks_ahead\n"
            "agents for it = (mean + cover deviation) / staffing\n"
            "child: mean > above max(capability, potentiality) for dwell; retire: mean < below capability for 5 dwell",
            "trend and leading indicator joined by inverse variance (Bates and Granger 1969, "
            + UNCHECKED
            + "); "
            "hysteresis and dwell are our own choice",
            (
                "System4.looks_ahead",
                "System4.cover",
                "System3.staffing",
                "Spawn.above",
                "Spawn.below",
                "Spawn.dwell",
            ),
        ),
        Entry(
            "hear_system3",
            "offered, capability, potentiality as told, in erlangs",
            "Beer's three levels, in our units",
        ),
        Entry(
            "hear_children",
            "children decided on, as a total; who is watched is watched anew",
            "our own choice",
        ),
    ),
)

SYSTEM5: Final = Chapter(
    "System 5, and the homeostat of 3 and 4",
    "Systems 3 (inside and now) and 4 (outside and then) pull at one number, the agents committed. With u the "
    "commitment, d the delay of hiring and k the gains, u'(t) = k3 (u3* - u(t - d)) + k4 (u4* - u(t - d)): it rests at "
    "(k3 u3* + k4 u4*) / (k3 + k4), settles while (k3 + k4) d < pi/2, and without a swing up to 1/e (Hayes 1950, not "
    "checked; computed). System 5 sets the gains, never the number.",
    (
        Entry(
            "balance",
            "u += period (k3 (u3* - p) + k4 (u4* - p)), p the agents present; least <= u <= most",
            "Beer 1979 for the homeostat; the equation is our own choice",
            ("System3.gain_now", "System3.gain_then", "System3.balance_period", "PolicyAgents.hire_takes"),
        ),
        Entry(
            "hired",
            "hired agents begin; those whose notice is over are recalled and leave",
            "our own choice",
            ("PolicyAgents.hire_takes",),
        ),
        Entry(
            "hear_outlook",
            "accounted as offered, below the root: (1 - w) offered + w max(0, expected + cover deviation)",
            "our own choice: where nobody hires, 3 and 4 meet in what is asked of the system above",
            ("System3.cover",),
        ),
        Entry(
            "hear_proposal",
            "apart while |now - then| > tolerance\nchild: births - retirements < at_most and agents within policy",
            "our own choice",
            ("System5.tolerance", "Spawn.at_most", "PolicyAgents.most"),
        ),
        Entry(
            "govern",
            "apart for longer than patience: k3 = (1 - outside) / (e d), k4 = outside / (e d), w = outside",
            "Beer 1979 for the balance; gains bounded by the delay (Hayes 1950, " + UNCHECKED + ")",
            ("System5.period", "System5.patience", "System5.outside"),
        ),
        Entry(
            "decided",
            "System 3 takes weights, limits, children and emergencies as decided",
            "our own choice",
            ("System5.emergency",),
        ),
        Entry(
            "hear_policy",
            "outside as the System 5 above says, and on down",
            "our own choice",
            ("System5.outside",),
        ),
    ),
)

ALGEDONIC: Final = Chapter(
    "Pain and pleasure: the algedonic channel",
    "Essential variables outside their limits hurt. The unit is told first; only what outlasts its time climbs, one "
    "recursion a time-out, past every queue. Time to level n = sum of climbs_after below it + sum of channel delays, "
    "whatever Systems 2 to 4 have to do (Beer 1979, 1981).",
    (
        Entry(
            "vital_due",
            "mean wait, share later than the limit, mean queue, utilisation, share shed, share failed, over the window",
            "Ashby 1956, chapter 10, for essential variables ("
            + UNCHECKED
            + "); the estimators are our own choice",
            ("Essential.window",),
        ),
        Entry(
            "hear_vital",
            "pain: value / most or least / value; pleasure: the smaller of good_most / value and value / good_least\n"
            "calm -> told -> above, and calm again whenever it ends",
            "Beer 1981, after Cybersyn's rule that the unit is told first (" + UNCHECKED + ")",
            ("Essential.min", "Essential.max", "Essential.good", "Essential.climbs_after", "InPain.max_wait"),
        ),
        Entry(
            "climb_from_unit",
            "at felt + climbs_after, if it has not ended: to System 5",
            "Beer 1981, " + UNCHECKED,
            ("Essential.climbs_after",),
        ),
        Entry(
            "hear_signal",
            "the same three states for each signal from below; pain raises an alarm",
            "Beer 1981, " + UNCHECKED,
            ("System5.emergency",),
        ),
        Entry(
            "climb_from_system",
            "at heard + climbs_after, if it has not ended: to the System 5 above",
            "Beer 1981, " + UNCHECKED,
            ("System5.climbs_after",),
        ),
    ),
)
