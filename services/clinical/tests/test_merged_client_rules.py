"""Whom a signed version was signed for, after its note became another client's; and what is refused for a client who was merged."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Gone, NotFound, Unavailable
from clinical.sessions.rules import signed_client, signed_for
from clinical.sync.rules import check_history_is_there
from clinical.treated_clients.rules import check_open

A, B, C = UUID(int=1), UUID(int=2), UUID(int=3)


def test_a_note_that_was_never_signed_says_nothing():
    assert signed_for(None, A, 0) is None
    assert signed_client(None, 1, str(A)) == str(A)


def test_the_versions_so_far_stay_signed_for_whom_they_were():
    moved = signed_for(None, A, 2)
    assert moved == f"{A}:2"
    assert [signed_client(moved, number, str(B)) for number in (1, 2, 3)] == [str(A), str(A), str(B)]


def test_without_a_new_version_nothing_is_added():
    assert signed_for(f"{A}:2", B, 2) == f"{A}:2"
    assert signed_for(f"{A}:2", B, 3) == f"{A}:2 {B}:3"


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from([A, B, C])), max_size=8))
def test_however_often_it_moves_each_version_keeps_its_client(life):
    """The note is signed some times, then becomes another client's, again and again."""
    owner, versions, known = A, [], None
    for signatures, following in life:
        versions += [owner] * signatures
        known = signed_for(known, owner, len(versions))
        owner = following
    assert [signed_client(known, number, str(owner)) for number in range(1, len(versions) + 1)] == [str(client) for client in versions]
    assert signed_client(known, len(versions) + 1, str(owner)) == str(owner)


def test_nothing_is_added_for_a_client_who_is_erased_or_merged():
    check_open({"erased_at": None, "closed_until": None, "merged_into": None})
    with pytest.raises(NotFound):
        check_open({"erased_at": datetime(2026, 3, 2, tzinfo=UTC), "closed_until": None, "merged_into": None})
    with pytest.raises(Gone) as refused:
        check_open({"erased_at": None, "closed_until": None, "merged_into": B})
    assert (refused.value.code, refused.value.facts) == ("client_merged", {"merged_into": str(B)})


def test_a_device_waits_while_the_notes_of_its_client_are_on_their_way():
    check_history_is_there(has_notes=False)
    with pytest.raises(Unavailable) as refused:
        check_history_is_there(has_notes=True)
    assert (refused.value.code, refused.value.retry_after) == ("history_is_moving", 5.0)
