"""When two clients are suspected to be one person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.clients.match_keys import Match
from clients.clients.rules import sound
from clients.duplicates import rules
from clients.duplicates.rules import BIRTH_DATE, EMAIL, NAME, PHONE, SIMILAR_NAME, SIMILAR_NAME_AND_BIRTH_DATE, Likeness, grouped, likeness

ALL = {NAME: 2, SIMILAR_NAME: 2, BIRTH_DATE: 2, EMAIL: 2, PHONE: 2}
compared = st.dictionaries(st.sampled_from([NAME, SIMILAR_NAME, BIRTH_DATE, EMAIL, PHONE]), st.sampled_from([0, 2, 3, 7, 50_000]))


def test_the_kinds_are_those_that_are_stored():
    assert list(Match) == [NAME, SIMILAR_NAME, BIRTH_DATE, EMAIL, PHONE, SIMILAR_NAME_AND_BIRTH_DATE]


@pytest.mark.parametrize(
    ("seen", "score", "reasons"),
    [
        (ALL, 0.88, ("same_name", "same_birth_date", "same_email", "same_phone")),
        ({NAME: 2, SIMILAR_NAME: 2}, 0.71, ("same_name",)),
        ({NAME: 2, BIRTH_DATE: 2}, 0.82, ("same_name", "same_birth_date")),
        ({NAME: 0, SIMILAR_NAME: 2, BIRTH_DATE: 2}, 0.64, ("similar_name", "same_birth_date")),
        ({NAME: 0, SIMILAR_NAME: 0, BIRTH_DATE: 2, SIMILAR_NAME_AND_BIRTH_DATE: 2}, 0.64, ("similar_name", "same_birth_date")),
        ({NAME: 0, SIMILAR_NAME: 4, BIRTH_DATE: 2, SIMILAR_NAME_AND_BIRTH_DATE: 2}, 0.65, ("similar_name", "same_birth_date")),
        ({NAME: 0, SIMILAR_NAME: 0, BIRTH_DATE: 2, EMAIL: 2}, 0.5, ("same_birth_date", "same_email")),
        ({NAME: 2, SIMILAR_NAME: 2, PHONE: 0}, 0.56, ("same_name",)),
        ({NAME: 4, SIMILAR_NAME: 4, PHONE: 4}, 0.61, ("same_name", "same_phone")),
        ({NAME: 4, SIMILAR_NAME: 4, EMAIL: 4}, 0.64, ("same_name", "same_email")),
        ({}, 0.0, ()),
    ],
)
def test_the_score_is_what_agrees_of_what_both_have(seen, score, reasons):
    assert likeness(seen) == Likeness(score, reasons)


def test_a_field_that_one_of_them_lacks_is_no_difference():
    without = {NAME: 2, SIMILAR_NAME: 2, BIRTH_DATE: 2}
    assert likeness(without).score > likeness({**without, EMAIL: 0}).score
    assert likeness({**without, EMAIL: 2}).score > likeness(without).score


@pytest.mark.parametrize("field", [NAME, SIMILAR_NAME, BIRTH_DATE, EMAIL, PHONE])
def test_what_nobody_else_has_is_no_agreement(field):
    assert likeness({field: 1}) == likeness({field: 0}) == Likeness(0.0, ())


def test_twins_on_the_telephone_of_their_family_are_two():
    twins = {NAME: 0, SIMILAR_NAME: 0, BIRTH_DATE: 2, PHONE: 4}
    assert likeness(twins).score < rules.LEAST
    assert likeness({**twins, EMAIL: 4}).score < rules.LEAST


def test_a_couple_with_one_address_and_one_telephone_are_two():
    assert likeness({NAME: 0, SIMILAR_NAME: 0, EMAIL: 2, PHONE: 2}).score < rules.LEAST


def test_a_common_name_alone_is_no_suspicion():
    assert likeness({NAME: 12, SIMILAR_NAME: 12}).score < rules.LEAST
    assert likeness({NAME: 12, SIMILAR_NAME: 12, BIRTH_DATE: 0}).score < rules.LEAST
    assert likeness({NAME: 12, SIMILAR_NAME: 12, BIRTH_DATE: 2}).score >= rules.LEAST


def test_a_birth_date_that_was_made_up_for_thousands_says_next_to_nothing():
    assert likeness({NAME: 0, SIMILAR_NAME: 2, BIRTH_DATE: 40_000}).score < rules.LEAST
    assert likeness({NAME: 0, SIMILAR_NAME: 2, BIRTH_DATE: 2}).score >= rules.LEAST


@given(compared, st.sampled_from([NAME, BIRTH_DATE, EMAIL, PHONE]))
def test_what_more_clients_share_never_says_more(seen, field):
    rare, common = likeness({**seen, field: 2}), likeness({**seen, field: 9})
    assert 0.0 <= common.score <= rare.score < 1.0
    assert rare.reasons == common.reasons


@given(compared, st.sampled_from([BIRTH_DATE, EMAIL, PHONE]))
def test_a_difference_never_makes_it_likelier(seen, field):
    left_out = {kind: sharing for kind, sharing in seen.items() if kind != field}
    assert likeness({**left_out, field: 0}).score <= likeness(left_out).score


@pytest.mark.parametrize(
    ("one", "other"), [("jon", "john"), ("sara", "sarah"), ("meier", "mayer"), ("philip", "phillip"), ("smith", "smyth")]
)
def test_names_that_sound_alike_are_similar(one, other):
    assert sound(one) == sound(other)


@pytest.mark.parametrize(("one", "other"), [("anna", "hanna"), ("mia", "tia"), ("peter", "petras")])
def test_others_are_not(one, other):
    assert sound(one) != sound(other)


@given(st.text(max_size=20))
def test_a_sound_is_never_longer_and_begins_as_the_word_does(word):
    assert len(sound(word)) <= len(word)
    assert sound(word)[:1] == word[:1]


def test_pairs_that_hang_together_are_one_group_as_likely_as_its_least_likely_pair():
    pairs = [
        ("a", "b", Likeness(0.9, ("same_name", "same_email"))),
        ("c", "d", Likeness(0.8, ("same_name",))),
        ("x", "y", Likeness(0.49, ("same_phone",))),
        ("e", "b", Likeness(0.6, ("same_birth_date", "same_email"))),
    ]
    assert [(sorted(members), found) for members, found in grouped(pairs)] == [
        (["c", "d"], Likeness(0.8, ("same_name",))),
        (["a", "b", "e"], Likeness(0.6, ("same_name", "same_birth_date", "same_email"))),
    ]


def test_two_groups_become_one_by_a_pair_between_them():
    likely = Likeness(0.7, ("same_name",))
    ((members, _),) = grouped([("a", "b", likely), ("c", "d", likely), ("b", "c", likely)])
    assert sorted(members) == ["a", "b", "c", "d"]


def test_exactly_likely_enough_is_told():
    assert grouped([("a", "b", Likeness(rules.LEAST, ("same_name",)))])
