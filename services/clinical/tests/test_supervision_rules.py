"""Who has to co-sign what, until when, and who may: without a server."""

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Conflict, Forbidden, Invalid
from clinical.cosignatures import rules as cosigning
from clinical.supervision import canonical
from clinical.supervision.rules import due_at, is_needed

TRAINEE, SUPERVISOR, COLLEAGUE = UUID(int=1), UUID(int=2), UUID(int=3)


@pytest.mark.parametrize(
    ("signer", "supervisor", "is_supervised", "waited_for", "needed"),
    [
        (TRAINEE, SUPERVISOR, False, None, True),
        (TRAINEE, SUPERVISOR, True, SUPERVISOR, True),
        (COLLEAGUE, None, False, None, False),
        # Of a note on which a trainee has signed, a colleague's amendment is read by the supervisor too, and the supervisor's own by nobody.
        (COLLEAGUE, None, True, SUPERVISOR, True),
        (SUPERVISOR, None, True, SUPERVISOR, False),
        # A supervisor who is supervised in turn is co-signed by that one.
        (SUPERVISOR, COLLEAGUE, True, SUPERVISOR, True),
        # Nobody is the supervisor any more: it waits for whoever oversees the workspace.
        (TRAINEE, None, True, None, True),
    ],
)
def test_a_signature_needs_a_cosignature(signer, supervisor, is_supervised, waited_for, needed):
    assert is_needed(signer, supervisor, is_supervised=is_supervised, waited_for=waited_for) == needed


@pytest.mark.parametrize(("month", "day"), [(3, 28), (10, 24), (7, 1)])
def test_a_deadline_is_so_many_hours_later_although_the_clocks_change(month, day):
    local = datetime(2026, month, day, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    assert due_at(local, 72) - local.astimezone(UTC) == timedelta(hours=72)
    assert due_at(local, 1).utcoffset() == timedelta(0)


@pytest.mark.parametrize("status", [None, "withdrawn", "settled", "cosigned", "returned"])
def test_what_does_not_wait_is_not_decided_and_its_state_is_told(status):
    with pytest.raises(Conflict) as refused:
        cosigning.check_waits(status)
    told = status if status in {"cosigned", "returned"} else "none"
    assert (refused.value.code, refused.value.facts) == ("cosign_not_pending", {"cosign_status": told})
    cosigning.check_waits("pending")


@pytest.mark.parametrize(
    ("user", "author", "signers", "own_supervisor", "supervisor", "scopes", "role"),
    [
        (SUPERVISOR, TRAINEE, [TRAINEE], None, SUPERVISOR, [], "supervisor"),
        (SUPERVISOR, TRAINEE, [TRAINEE], None, SUPERVISOR, ["sessions:oversee"], "supervisor"),
        (SUPERVISOR, TRAINEE, [TRAINEE], COLLEAGUE, SUPERVISOR, [], "supervisor"),
        (COLLEAGUE, TRAINEE, [TRAINEE], None, SUPERVISOR, ["sessions:oversee"], "administrator"),
        (COLLEAGUE, TRAINEE, [TRAINEE], SUPERVISOR, None, ["sessions:oversee"], "administrator"),
        (COLLEAGUE, TRAINEE, [TRAINEE], None, SUPERVISOR, ["sessions:cosign"], "not_the_supervisor"),
        (COLLEAGUE, TRAINEE, [TRAINEE], None, None, [], "not_the_supervisor"),
        (TRAINEE, TRAINEE, [COLLEAGUE], None, SUPERVISOR, ["sessions:oversee"], "own_note"),
        (TRAINEE, COLLEAGUE, [TRAINEE], SUPERVISOR, SUPERVISOR, ["sessions:oversee"], "own_note"),
        (SUPERVISOR, SUPERVISOR, [TRAINEE], None, SUPERVISOR, [], "own_note"),
        # What was signed before the newest version, and not co-signed since, is in it.
        (COLLEAGUE, TRAINEE, [TRAINEE, COLLEAGUE, TRAINEE], None, SUPERVISOR, ["sessions:oversee"], "own_note"),
        (COLLEAGUE, TRAINEE, [TRAINEE, COLLEAGUE, TRAINEE], None, None, ["sessions:oversee"], "own_note"),
        # What supervisors sign waits for nobody, unless they are supervised in turn.
        (SUPERVISOR, TRAINEE, [TRAINEE, SUPERVISOR, TRAINEE], None, SUPERVISOR, [], "supervisor"),
        (SUPERVISOR, TRAINEE, [TRAINEE, SUPERVISOR, TRAINEE], COLLEAGUE, SUPERVISOR, [], "own_note"),
        (SUPERVISOR, TRAINEE, [TRAINEE, SUPERVISOR], None, SUPERVISOR, ["sessions:oversee"], "own_note"),
    ],
)
def test_the_supervisor_decides_or_an_administrator_and_never_who_wrote_or_signed_it(
    user, author, signers, own_supervisor, supervisor, scopes, role
):
    try:
        found = cosigning.role_of(user, author=author, signers=signers, own_supervisor=own_supervisor, supervisor=supervisor, scopes=scopes)
    except Forbidden as refused:
        found = refused.code
    assert found == role


@pytest.mark.parametrize(
    ("user", "signers", "scopes", "is_colleague", "role"),
    [
        (COLLEAGUE, [TRAINEE], ["sessions:cosign-department"], True, "head_of_department"),
        (COLLEAGUE, [TRAINEE], ["sessions:cosign-department"], False, "not_the_supervisor"),
        (COLLEAGUE, [TRAINEE], ["sessions:cosign"], True, "not_the_supervisor"),
        (COLLEAGUE, [TRAINEE], ["sessions:cosign-department", "sessions:oversee"], True, "administrator"),
        (SUPERVISOR, [TRAINEE], ["sessions:cosign-department"], True, "supervisor"),
        (COLLEAGUE, [COLLEAGUE, TRAINEE], ["sessions:cosign-department"], True, "own_note"),
        (TRAINEE, [COLLEAGUE], ["sessions:cosign-department"], True, "own_note"),
    ],
)
def test_the_head_of_the_department_decides_in_the_supervisors_place(user, signers, scopes, is_colleague, role):
    try:
        found = cosigning.role_of(
            user, author=TRAINEE, signers=signers, own_supervisor=None, supervisor=SUPERVISOR, scopes=scopes, is_colleague=is_colleague
        )
    except Forbidden as refused:
        found = refused.code
    assert found == role


def test_api_keys_cosign_nothing():
    for role in ("owner", "therapist", None):
        cosigning.check_is_a_person(role)
    with pytest.raises(Forbidden) as refused:
        cosigning.check_is_a_person("api_key")
    assert refused.value.code == "not_for_api_keys"


@pytest.mark.parametrize(("comment", "is_needed", "code"), [
    (None, False, None), ("", False, None), ("x" * 5000, True, None), ("x" * 5001, False, "text_too_long"), ("x" * 5001, True, "text_too_long"),
    (None, True, "cosign_comment_required"), ("", True, "cosign_comment_required"), (" \n\u00a0\u200b\ufeff", True, "cosign_comment_required"),
])  # fmt: skip
def test_a_note_is_returned_with_a_comment_that_has_an_end(comment, is_needed, code):
    if code is None:
        cosigning.check_comment(comment, is_needed=is_needed)
        return
    with pytest.raises(Invalid) as refused:
        cosigning.check_comment(comment, is_needed=is_needed)
    assert (refused.value.code, [fault.pointer for fault in refused.value.faults]) == (code, ["/comment"])


def test_who_has_read_another_version_does_not_cosign_the_newest():
    for read in (None, "ab", "AB"):
        cosigning.check_same_version(read, "ab", 2)
    for read in ("", "cd"):
        with pytest.raises(Conflict) as refused:
            cosigning.check_same_version(read, "ab", 2)
        assert (refused.value.code, refused.value.facts) == ("amended_meanwhile", {"version_number": 2})


# --- the canonical form, whose vectors never change

FIRST = {
    "comment_hash": None,
    "content_hash": "ab" * 32,
    "cosigned_at": "2026-03-02T10:00:00.000001Z",
    "cosigned_by_user_id": "01900000-0000-7000-8000-000000000001",
    "decision": "cosigned",
    "form": 1,
    "role": "supervisor",
    "session_id": "01900000-0000-7000-8000-000000000002",
    "version_number": 3,
    "workspace_id": "01900000-0000-7000-8000-000000000003",
}


def test_what_is_signed_of_a_cosignature_stays_the_same_for_ever():
    message = canonical.signed_message(FIRST)
    assert message.startswith(b'caseload session cosignature v1\n{"comment_hash":null,"content_hash":"abab')
    assert sha256(message).hexdigest() == "cae8d8da07f549aa23cbdc61acfee4da796be6c335b6b0f94b1a9ef42d3d5d4e"


@given(st.sampled_from(sorted(FIRST)), st.text(min_size=1))
def test_what_is_signed_says_all_and_nothing_else(name, value):
    changed = {**FIRST, name: f"{FIRST[name]}{value}"}
    assert canonical.signed_message(changed) != canonical.signed_message(FIRST)
    assert json.loads(canonical.signed_message(changed).partition(b"\n")[2]) == changed
    with pytest.raises(ValueError, match=name):
        canonical.signed_message({member: value for member, value in FIRST.items() if member != name})
    with pytest.raises(ValueError, match="another"):
        canonical.signed_message({**FIRST, "another": str(uuid4())})


def test_a_comment_is_signed_by_its_hash():
    assert canonical.comment_hash(None) is None
    assert canonical.comment_hash("Größe?") == sha256("Größe?".encode()).hexdigest()
