"""The law book on what lies around the systems: the environment, channels, reminders, chance."""

from __future__ import annotations

from typing import Final

from .entry import UNCHECKED, Chapter, Entry

WORLD: Final = Chapter(
    "The environment",
    "What arrives, what it needs, how long work takes, and whether it comes to anything.",
    (
        Entry(
            "next_arrival",
            "a task arrives; the next arrival is drawn",
            "our own choice",
            ("Environment.demand", "Stream.to"),
        ),
        Entry(
            "next_time",
            "Poisson: t + Exp(1/rate); renewal: t + gap; a trace: the next row's time",
            "textbook",
            ("Poisson.rate", "Arrivals.renewal", "Stream.trace"),
        ),
        Entry(
            "next_markov",
            "in state i: an arrival or a change after Exp(1/(rate_i + leave_i));\n"
            "an arrival with probability rate_i / (rate_i + leave_i), else state i + 1 (cyclic)",
            "Markov-modulated Poisson process (textbook), by competing exponentials",
            ("Markov.rates", "Markov.leave"),
        ),
        Entry(
            "next_linear",
            "solve  integral of rate from t to t'  =  E, E ~ Exp(1), for t' exactly, piece by piece:\n"
            "x = 2 E / (r + sqrt(r^2 + 2 slope E))",
            "inversion of a non-homogeneous Poisson process (Cinlar 1975, " + UNCHECKED + ")",
            ("LinearRate.times", "LinearRate.rates"),
        ),
        Entry(
            "next_in_profile",
            "n arrivals left in a window that ends at b: t <- t + (b - t) (1 - (1 - u)^(1/n))",
            "order statistics of uniforms, one after the other (textbook): the count of a window is exact",
            ("Stream.profile",),
        ),
        Entry(
            "take_class",
            "the class of a task: drawn without replacement from what is left in its window",
            "our own choice: the counts of a profile are exact",
            ("Stream.profile",),
        ),
        Entry(
            "draw_columns",
            "first column: quantile of u; others: quantile of Phi(rho z + sqrt(1 - rho^2) z'), z = Phi^-1(u)",
            "Gaussian copula (Sklar 1959, " + UNCHECKED + "); rho from the measured rank correlation",
            ("Stream.profile",),
        ),
        Entry(
            "describe",
            "work: a distribution, or constant + sum of coefficient * column; cost and rank likewise",
            "our own choice",
            ("Stream.work", "Stream.cost_usd", "Stream.rank", "Stream.failure"),
        ),
        Entry(
            "attempt_work",
            "first attempt of the first visit: drawn at birth; every later one anew, keyed by stage "
            "and attempt",
            "docs/anatomy.md: draws belong to the task",
            ("Stream.work", "Node.work"),
        ),
        Entry(
            "serve",
            "finish = now + work / speed; fails with the stream's probability",
            "docs/decisions/0004: the answer comes from the operation's environment",
            ("Node.speed", "Failure.probability"),
        ),
        Entry("deliver", "delivered += 1", "our own choice"),
        Entry(
            "first_match",
            "the first entry all of whose ranges hold, both ends included",
            "our own choice",
            ("Route.when", "Next.when", "Range.min", "Range.max"),
        ),
        Entry(
            "new_task",
            "identity = 24 bits of the origin's identity, then the origin's own count (38 bits)",
            "our own choice: one stream's change never shifts another's tasks",
        ),
    ),
)

CHANNELS: Final = Chapter(
    "Channels and reminders",
    "How messages travel, and how a receiver reminds itself.",
    (
        Entry(
            "passage",
            "cut: lost. lost with probability `loss`.\n"
            "capacity: out = max(now, free) + 1/capacity; waiting = (free - now) * capacity > queue_limit: lost\n"
            "then the delay is added, drawn from the sender's stream",
            "Beer's channels with capacity; first in, first out is our own choice",
            ("Channel.cut", "Channel.loss", "Channel.capacity", "Channel.queue_limit", "Channel.delay"),
        ),
        Entry(
            "quantised",
            "the nearest multiple of the step; halves away from zero",
            "a transducer that attenuates (Beer; Ashby 1956)",
            ("Channel.quantise",),
        ),
        Entry(
            "carry",
            "a task travels with its message; lost with it, it is lost for good, and that is a fact",
            "our own choice: nothing vanishes in silence",
        ),
        Entry(
            "await_ticket", "a reminder with a ticket that lives from arming to firing", "docs/decisions/0005"
        ),
        Entry(
            "redeem",
            "valid: it does its work; revoked before: a fact `expired`, and nothing else",
            "docs/decisions/0005",
        ),
        Entry(
            "unanswered",
            "a fact, and what the message carried is lost",
            "our own choice: a knock-out takes away exactly one System",
            ("Knockout.system",),
        ),
        Entry(
            "refused", "a fact, and what the message carried is lost", "our own choice: nothing is swallowed"
        ),
    ),
)

CHANCE: Final = Chapter(
    "Chance and numbers",
    "Every draw is a pure function of its address; the same bits on every machine. Streams: docs/anatomy.md.",
    (
        Entry(
            "philox",
            "ten rounds of two 32 x 32 bit products, each round with the key raised by two constants",
            "Salmon, Moraes, Dror and Shaw (2011); held against the known answers of Random123",
        ),
        Entry(
            "sequence_uniform",
            "u(seed; identity, stream, draw) in [0, 1), a multiple of 2^-53",
            "our own layout of counter and key",
        ),
        Entry(
            "keyed_uniform",
            "u(seed; task, purpose, stage, attempt, draw) in [0, 1), a multiple of 2^-53",
            "our own layout of counter and key",
        ),
        Entry("exponential", "x = -mean * log(1 - u)", "inversion (textbook)", ("Exponential.mean",)),
        Entry(
            "standard_gamma",
            "d = k - 1/3, c = 1/sqrt(9 d), v = (1 + c z)^3; accept if log w < z^2/2 + d - d v + d log v; x = d v\n"
            "k < 1: as for k + 1, times w^(1/k)",
            "Marsaglia and Tsang (2000, " + UNCHECKED + "); more uniforms come from u itself, under a key of "
            "their own",
            ("Spread.mean", "Spread.cv2"),
        ),
        Entry(
            "quantile",
            "the j-th of n quantiles stands at level (j + 1/2)/n; linear between, constant beyond",
            "Hazen's plotting position (1914, " + UNCHECKED + "); docs/decisions/0006",
            ("Empirical.quantiles",),
        ),
        Entry(
            "variate",
            "uniform: a + u (b - a); lognormal: exp(m + s z), s^2 = log(1 + cv2), m = log(mean) - s^2/2",
            "inversion (textbook)",
            ("Distribution.constant", "Uniform.min", "Uniform.max", "Spread.mean", "Spread.cv2"),
        ),
        Entry(
            "logarithm",
            "log(m 2^e) = e log 2 + log m, by a polynomial in s = f/(2 + f)",
            "method and coefficients of fdlibm's e_log.c (Sun Microsystems 1993)",
        ),
        Entry(
            "natural_exp",
            "exp(k log 2 + r) = 2^k exp(r), by a rational function of r^2",
            "method and coefficients of fdlibm's e_exp.c (Sun Microsystems 1993)",
        ),
        Entry(
            "normal_quantile",
            "rational functions of q^2 in the middle and of sqrt(-log p) in the tails",
            "Wichura (1988), Algorithm AS 241",
        ),
        Entry(
            "normal_probability",
            "power series about 0, Mills' continued fraction in the tails",
            "Abramowitz and Stegun (1964), 26.2.11 and 26.2.14",
        ),
    ),
)
