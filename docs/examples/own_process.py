"""A user's own SimPy process: a person who looks in every ten minutes, and sends work in when it is quiet.

It gets the environment and the organisation; its name is its identity, and what it tells is journalled.
"""

import vsmlab

SCENARIO = {
    "version": 1,
    "name": "workshop",
    "title": "A workshop with an apprentice",
    "horizon": 7200,
    "environment": {
        "demand": {
            "orders": {
                "arrivals": {"poisson": {"rate": 0.02}},
                "work": {"exponential": {"mean": 30.0}},
                "to": "workshop",
            }
        }
    },
    "organisation": {"name": "workshop", "agents": 1},
}


def apprentice(env, organisation):
    while True:
        yield env.timeout(600.0)
        bench = organisation.look("workshop")
        if bench["queue"] == 0 and bench["busy"] == 0:
            organisation.tell("workshop", "arrive", 120.0)


run = vsmlab.run(SCENARIO, processes=[apprentice])
events = run.table("events")
mine = events[(events["kind"] == "arrive") & (events["sender"] == "process.apprentice")]
print(f"{len(mine)} tasks from {mine['sender'].iloc[0]}, the first at {mine['due'].iloc[0]:.0f} s")
print(f"busy {run.measures['units']['workshop']['utilisation']:.1%} of the time")
