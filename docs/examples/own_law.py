"""An own law: a desk that sends every task to the operation with the most agents, whatever is waiting there.

A law is a function of (state, unit, now, message). It may touch the rows of its receiver, send, and note.
"""

import vsmlab
from vsmlab.laws.kinds import ENV_OP, ROUTE
from vsmlab.laws.sending import carry

SCENARIO = {
    "version": 1,
    "name": "two-teams",
    "title": "Two teams behind one desk",
    "horizon": 2000,
    "environment": {
        "demand": {
            "calls": {
                "arrivals": {"poisson": {"rate": 1.0}},
                "work": {"exponential": {"mean": 2.0}},
                "to": "centre",
            }
        }
    },
    "organisation": {
        "name": "centre",
        "system2": "off",
        "system3": "off",
        "operations": {"large": {"agents": 3}, "small": {"agents": 1}},
    },
}


def to_the_largest(state, unit, now, message):
    desk = state.desks[unit.at]
    rows = range(desk.first_link, desk.last_link)
    largest = max(rows, key=lambda row: state.links[row].share)
    carry(state, unit, now, ENV_OP, ROUTE, state.links[largest].to, message.task, 0)


shipped = vsmlab.run(SCENARIO)
own = vsmlab.run(SCENARIO, laws={"desk": to_the_largest})
for name, run in (("shipped", shipped), ("own", own)):
    units = run.measures["units"]
    served = [units[f"centre.{team}"]["served"] for team in ("large", "small")]
    print(f"{name:8} served {served}, mean wait {units['centre']['mean_wait_s']:.2f} s")
print(own.manifest["own_laws"][0]["law"])
