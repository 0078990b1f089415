"""The canonical form of a signed version. These vectors never change: what was signed by them has to verify for ever."""

import json
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinical.sessions import canonical
from clinical.signatures.rfc8785 import time_text

FIRST = {
    "form": 1,
    "workspace_id": "01900000-0000-7000-8000-000000000001",
    "session_id": "01900000-0000-7000-8000-000000000002",
    "client_id": "01900000-0000-7000-8000-000000000003",
    "author_user_id": "01900000-0000-7000-8000-000000000004",
    "signed_by_user_id": "01900000-0000-7000-8000-000000000004",
    "signed_at": "2026-03-02T10:00:00.000001Z",
    "version_number": 1,
    "kind": "finalized",
    "reason": None,
    "previous_hash": None,
    "session_date": "2026-03-02T09:00:00.000000Z",
    "duration_minutes": 50,
    "subjective": 'Sagt: "schläft schlecht"\n\tseit Mai\x07 \\ 眠れない 😴\u2028\x7f',
    "objective": "",
    "assessment": None,
    "plan": "rest",
}
FORM = (
    '{"assessment":null,"author_user_id":"01900000-0000-7000-8000-000000000004","client_id":"01900000-0000-7000-8000-000000000003",'
    '"duration_minutes":50,"form":1,"kind":"finalized","objective":"","plan":"rest","previous_hash":null,"reason":null,'
    '"session_date":"2026-03-02T09:00:00.000000Z","session_id":"01900000-0000-7000-8000-000000000002",'
    '"signed_at":"2026-03-02T10:00:00.000001Z","signed_by_user_id":"01900000-0000-7000-8000-000000000004",'
    '"subjective":"Sagt: \\"schläft schlecht\\"\\n\\tseit Mai\\u0007 \\\\ 眠れない 😴\u2028\x7f","version_number":1,'
    '"workspace_id":"01900000-0000-7000-8000-000000000001"}'
)


def test_the_form_is_these_bytes():
    assert canonical.canonical(FIRST) == FORM.encode()
    assert canonical.content_hash(FIRST) == sha256(FORM.encode()).hexdigest()
    assert canonical.content_hash(FIRST) == "bd0a7f66d2c6074e4ce7e78a83946ed8c357a98a5d7a15dc870aafecca05ea02"
    assert canonical.signed_message("ab") == b"caseload session version v1\nab"


@pytest.mark.parametrize("member", canonical.MEMBERS)
def test_every_member_is_hashed(member):
    others = {"duration_minutes": 51, "form": 2, "version_number": 2}
    assert canonical.content_hash({**FIRST, member: others.get(member, "another")}) != canonical.content_hash(FIRST)


def test_a_member_more_or_less_is_another_form():
    for content in ({**FIRST, "mood": "good"}, {name: value for name, value in FIRST.items() if name != "plan"}):
        with pytest.raises(ValueError, match="not the members"):
            canonical.canonical(content)


@given(text=st.text(max_size=20), order=st.permutations(sorted(FIRST)))
def test_the_form_is_read_as_what_it_was_made_from_in_whatever_order(text, order):
    content = FIRST | {"plan": text}
    written = canonical.canonical({name: content[name] for name in order})
    assert written == canonical.canonical(content)
    assert json.loads(written) == content


def test_a_time_is_written_in_utc_with_microseconds():
    east = timezone(timedelta(hours=2))
    assert time_text(datetime(2026, 3, 2, 11, tzinfo=east)) == "2026-03-02T09:00:00.000000Z"
    assert time_text(datetime(1, 1, 1, 0, 0, 0, 7, tzinfo=UTC)) == "0001-01-01T00:00:00.000007Z"
