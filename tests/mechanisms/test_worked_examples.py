import doctest
import importlib
import pkgutil

import pytest

import vsmlab.mechanisms


@pytest.mark.parametrize("name", [module.name for module in pkgutil.iter_modules(vsmlab.mechanisms.__path__)])
def test_the_worked_examples_of_every_mechanism_hold(name):
    module = importlib.import_module(f"vsmlab.mechanisms.{name}")
    assert doctest.testmod(module).failed == 0
