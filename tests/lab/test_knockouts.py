"""What a knock-out does, pair by pair."""

import math
import re

import pytest

from vsmlab.errors import InputError
from vsmlab.lab.knockouts import Effect, measured, paired, paired_ratio, table
from vsmlab.lab.loader import load
from vsmlab.lab.pictures import befell, compare_effects
from vsmlab.lab.run import measures_of, run
from vsmlab.mechanisms.intervals import mean_interval

WAIT = "units.crew.mean_wait_s"
CUT = "{channel: intervene}"
SHORT = ["horizon=900", "warmup=60"]
MADE = [
    Effect("made", "worth much", "units.x.mean_wait_s", (1.0, 2.0, 3.0), (10.0, 19.0, 31.0)),
    Effect("made", "worth nothing", "units.x.mean_wait_s", (1.0, 2.0, 3.0), (1.2, 1.9, 2.9)),
    Effect("made", "in the way", "units.x.mean_wait_s", (4.0, 8.0, 6.0), (2.0, 4.1, 3.0)),
]


@pytest.fixture(scope="module")
def effects() -> list[Effect]:
    return paired("bargain", ["system3", CUT], WAIT, [3, 1], overrides=SHORT)


def test_an_effect_holds_the_runs_of_the_same_seeds_with_and_without(effects):
    for k, seed in enumerate([3, 1]):
        plain = [*SHORT, f"seed={seed}"]
        assert (
            effects[0].having[k]
            == measures_of(load("bargain", overrides=plain))["units"]["crew"]["mean_wait_s"]
        )
        out = load("bargain", overrides=[*plain, "knockout=[system3]"])
        assert effects[0].missing[k] == measures_of(out)["units"]["crew"]["mean_wait_s"]


def test_each_knock_out_is_by_itself_and_named_as_in_a_scenario(effects):
    assert [effect.knockout for effect in effects] == ["system3", "channel intervene"]
    alone = paired("bargain", [CUT], WAIT, [3, 1], overrides=SHORT)
    assert alone == effects[1:]
    assert effects[0].missing != effects[1].missing


def test_several_measures_come_from_the_same_runs_and_have_a_row_each(effects):
    more = paired("bargain", ["system3"], [WAIT, "units.crew.arrivals"], [3, 1], overrides=SHORT)
    assert more[0] == effects[0]
    assert more[1].having == more[1].missing
    assert table(more).shape[0] == 2


def test_what_a_scenario_knocks_out_itself_stays_so():
    without = load("bargain", overrides=[*SHORT, "knockout=[crew.system3]"])
    (effect,) = paired(without, ["{channel: bargain}"], WAIT, [1])
    assert effect.having == effect.missing, "nobody grants, so nothing is lost with the channel"


def test_measures_come_by_name_and_seed():
    found = measured("bargain", [WAIT, "units.crew.arrivals"], [2, 1], overrides=SHORT)
    again = measured("bargain", [WAIT], [1, 2], overrides=SHORT)
    assert found[WAIT] == again[WAIT][::-1]
    assert all(many == int(many) > 0 for many in found["units.crew.arrivals"])


@pytest.mark.parametrize(
    ("knockout", "measure", "said"),
    [
        ("system3", "units.crew.mean_patience", "there is no such measure"),
        ("system4", WAIT, "system4"),
        ("nobody.system3", WAIT, "nobody.system3"),
        ("{channel: [", WAIT, "not YAML"),
    ],
)
def test_what_cannot_be_compared_is_refused(knockout, measure, said):
    with pytest.raises(InputError, match=re.escape(said)):
        paired("bargain", [knockout], measure, [1], overrides=["horizon=120", "warmup=10"])


def test_a_ratio_is_the_exponential_of_what_the_logarithms_say():
    first, second = [1.0, 2.0, 4.0], [3.0, 5.0, 9.0]
    logs = mean_interval([math.log(b / a) for a, b in zip(first, second, strict=True)])
    ratio, back = paired_ratio(first, second), paired_ratio(second, first)
    assert math.log(ratio.value) == pytest.approx(logs.value)
    assert (math.log(ratio.low), math.log(ratio.high)) == pytest.approx((logs.low, logs.high))
    assert (back.value, back.low, back.high) == pytest.approx(
        (1 / ratio.value, 1 / ratio.high, 1 / ratio.low)
    )


def test_a_ratio_without_positive_values_or_spread_says_why():
    assert paired_ratio([1.0, 0.0], [2.0, 2.0]).reason == "not all values are above 0"
    assert paired_ratio([1.0], [2.0]).reason == "one observation has no spread"
    assert paired_ratio([], []).reason == "no observations"
    with pytest.raises(ValueError, match="pairs are needed"):
        paired_ratio([1.0], [])


def test_the_table_has_a_row_for_each_effect_with_holms_p():
    rows = table(MADE)
    assert list(rows.index.get_level_values(1)) == ["worth much", "worth nothing", "in the way"]
    much = rows.loc[("made", "worth much", "units.x.mean_wait_s")]
    assert (much["there"], much["knocked out"], much["more"]) == (2.0, 20.0, 18.0)
    assert much["ratio"] == pytest.approx(math.prod([10.0, 9.5, 31 / 3]) ** (1 / 3))
    assert rows["Holm's p"].tolist() == pytest.approx([2 * MADE[0].p, MADE[1].p, 3 * MADE[2].p])


def test_the_picture_tells_what_lies_beyond_one_from_what_does_not():
    picture = compare_effects(MADE)
    assert re.findall(r'class="dot (\w+)"', picture.svg) == ["strong", "plain", "strong"]
    assert "made: worth much 9.94 [8.95 to 11]" in str(picture)
    centres = [float(x) for x in re.findall(r'cx="([\d.]+)"', picture.svg)]
    assert centres[2] < centres[1] < centres[0]
    zero = compare_effects([Effect("made", "nothing waits", "m", (0.0, 0.0), (1.0, 2.0))])
    assert "not estimable: not all values are above 0" in str(zero)
    with pytest.raises(InputError, match="nothing to compare"):
        compare_effects([])


def test_what_befell_whom_is_a_picture_of_its_own():
    picture = befell(run("zombies", seed=13, until=400.0))
    assert str(picture).startswith("What befell whom. Operations hung or crashed")
    assert picture.title in picture.svg
    with pytest.raises(InputError, match="nothing broke"):
        befell(run("bargain", until=120.0, overrides=["warmup=10"]))
