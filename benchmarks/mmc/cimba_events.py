"""cimba without its processes and its store: bare events, and the queue a ring in an array. Few would write it so;
it is the quickest that we found."""

# No `from __future__ import annotations`: cimba reads the annotations of its models when it compiles them.
import cimba as cb
import cimba.random as chance

from . import ARRIVALS, SERVERS, SERVICE, cimba_model

GAP, TIME = 1.0 / ARRIVALS, 1.0 / SERVICE
ROOM = 65_536


class Ring(cb.Model):
    customers: cb.Param[int]
    ring: cb.Array[float] = cb.Array(ROOM)
    head: int = 0
    waiting: int = 0
    left: int = 0
    busy: int = 0
    waited: float = 0.0
    ended: int = 0
    mean: cb.Output[float]
    count: cb.Output[float]

    @cb.on_start
    def begin(self):
        self.left = self.customers
        cb.schedule(self.arrive, chance.exponential(GAP))

    @cb.event
    def arrive(self):
        self.left -= 1
        if self.left > 0:
            cb.schedule(self.arrive, chance.exponential(GAP))
        if self.busy < SERVERS:
            self.busy += 1
            cb.schedule(self.done, chance.exponential(TIME))
        else:
            self.ring[(self.head + self.waiting) & (ROOM - 1)] = cb.now()
            self.waiting += 1

    @cb.event
    def done(self):
        self.ended += 1
        if self.waiting > 0:
            self.waiting -= 1
            self.waited += cb.now() - self.ring[self.head & (ROOM - 1)]
            self.head += 1
            cb.schedule(self.done, chance.exponential(TIME))
        else:
            self.busy -= 1

    @cb.on_end
    def tell(self):
        self.mean = self.waited / self.ended
        self.count = float(self.ended)


class Run(cimba_model.Run):
    model = Ring
