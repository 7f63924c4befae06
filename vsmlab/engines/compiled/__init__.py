"""The compiled engine: the laws through numba, around one agenda with the order of every engine."""

from .engine import Agenda, run
from .machine_code import available, is_compiled, prepare

__all__ = ["Agenda", "available", "is_compiled", "prepare", "run"]
