import pytest
from small_runs import loops_of_shop, measured, shop, told

from vsmlab.lab.measures import traffic
from vsmlab.lab.measures.fields import AUTONOMY, COHESION, VARIETY
from vsmlab.lab.measures.principles import Finding
from vsmlab.lab.measures.variety import ORDER, worst_of

HOLDS = Finding(0.0, True, says="All is well.")


def findings(**broken):
    return {name: broken.get(name, HOLDS) for name in ORDER}


def violated(severity, says="It is broken."):
    return Finding(1.0, False, severity, says=says)


def test_the_most_severe_violation_is_named():
    found = findings(principle_4=violated(0.9, "Late."), principle_2=violated(0.5), axiom_2=violated(1.0))
    assert worst_of(found) == "Principle 4: Late."


def test_of_two_equally_severe_ones_the_cause_comes_first():
    assert (
        worst_of(findings(principle_1=violated(0.75), principle_2=violated(0.75, "Full.")))
        == "Principle 2: Full."
    )


def test_an_axiom_is_named_only_if_no_principle_is_violated():
    found = worst_of(findings(axiom_1=violated(0.3), axiom_3=violated(0.8, "Five is silent.")))
    assert found == "No principle is violated. Furthest from balance is axiom 3: Five is silent."


def test_if_nothing_is_violated_it_says_so():
    assert worst_of(findings(axiom_2=Finding(None, None))).startswith(
        "No principle is violated, and no axiom"
    )


def test_a_principle_that_could_not_be_judged_is_not_said_to_hold():
    assert worst_of(findings(principle_3=Finding(None, None))).startswith(
        "No principle is known to be violated"
    )


def test_every_measure_has_its_field_and_every_missing_value_its_reason():
    measures = measured(shop())
    variety, why = measures["variety"]["shop"], measures["not_estimable"]
    assert set(variety) == set(VARIETY)
    assert set(measures["cohesion"]["shop"]) == set(COHESION)
    assert set(measures["autonomy"]["shop.left"]) == set(AUTONOMY)
    for name in ORDER:
        assert variety[name]["value"] is not None or why[f"variety.shop.{name}.value"]
        assert variety[name]["says"].endswith(".")


@pytest.mark.parametrize("most", [10, 10_000_000])
def test_a_run_that_says_too_much_is_not_estimable_and_says_why(monkeypatch, most):
    monkeypatch.setattr(traffic, "MOST_KEYS", most)
    measures = told(shop(horizon=512.0, warmup=0.0), loops_of_shop(512.0))
    why = measures["not_estimable"]
    assert ("cohesion.shop" in why) is (most == 10)
    assert why["variety.shop.axiom_1.value"].startswith("more than" if most == 10 else "neither side")
    assert measures["variety"]["shop"]["principle_4"]["holds"] is True
