"""`knockout` of `vsmlab.run` and `vsmlab.branch` is `--knockout` of the shell."""

from __future__ import annotations

import pytest

import vsmlab
from vsmlab.errors import InputError


def short(**given):
    return vsmlab.run("oscillating-siblings", until=700.0, engine="simpy", **given)


@pytest.fixture(scope="module")
def whole():
    return short()


def test_a_run_without_a_system_is_that_of_a_scenario_that_knocks_it_out(whole):
    without = short(knockout=["system2"])
    assert without.digest == short(overrides=["knockout=[system2]"]).digest
    assert without.digest != whole.digest
    assert without.manifest["scenario"]["knockout"] == ["system2"]


def test_it_stands_in_place_of_what_the_scenario_knocks_out(whole):
    assert short(overrides=["knockout=[system2]"], knockout=[]).digest == whole.digest
    assert short(knockout=None).digest == whole.digest


def test_a_branch_takes_it_too(whole):
    one = vsmlab.branch(whole, at=300.0, knockout=["system2"])
    assert one.digest == vsmlab.branch(whole, at=300.0, overrides=["knockout=[system2]"]).digest
    assert one.digest != whole.digest


@pytest.mark.parametrize("given", ["system2", [2], 2])
def test_what_is_no_list_of_texts_is_refused(given):
    with pytest.raises(
        InputError, match=r"knockout: not a list of texts, given .*; a list of Systems such as"
    ):
        short(knockout=given)


def test_a_system_that_is_not_there_is_refused():
    with pytest.raises(InputError, match="nothing of this path, given 'sytem2'; did you mean system2"):
        short(knockout=["sytem2"])
