"""The compiled engine: the laws through numba, around one agenda with the order of every engine."""

from .engine import Agenda, run
from .machine_code import available, is_compiled, prepare
from .model import ORGANISATION

__all__ = ["ORGANISATION", "Agenda", "available", "is_compiled", "prepare", "run"]
