from vsmlab.lab.measures.telling import interval_of, said
from vsmlab.mechanisms.intervals import Estimate


def test_numbers_in_sentences_have_three_digits():
    assert [said(number) for number in (0.0, 1.0, 4.0957, 1234.5, 0.012345)] == [
        "0",
        "1",
        "4.1",
        "1234",
        "0.0123",
    ]


def test_an_interval_is_told_with_both_ends_or_not_at_all():
    assert interval_of(Estimate(1.0, 0.5, 2.0, 9, "made up")) == [0.5, 2.0]
    assert interval_of(Estimate(1.0, None, None, 9, "made up", "too few")) is None
