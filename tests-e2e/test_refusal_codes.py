"""Every code that a request can be refused with is explained to people, or never reaches them."""

import pytest
import refusal_codes

from caseload.services import SERVICE_NAMES
from gateway.problems.explanations import EXPLANATIONS

# Codes that no request of a person can cause, each with the reason.
NEVER = {
    **dict.fromkeys(
        (
            "expiry_out_of_range",
            "filter_too_long",
            "idempotency_key_malformed",
            "limit_out_of_range",
            "malformed_id",
            "page_out_of_range",
            "cursor_incomplete",
            "time_out_of_range",
            "unknown_choice",
            "unknown_field",
        ),
        "the gateway refuses such a request with a code of its own; the service says it to other callers",
    ),
    **dict.fromkeys(("too_many_clients", "too_many_ids"), "the gateway asks for the clients of one page"),
    **dict.fromkeys(
        ("return_token_is_one", "address_trouble_is_one"),
        "the address that reports come to is made while a mail is sent, and what they say is counted in the background",
    ),
    "caller_not_allowed": "the gateway calls what users may call, and with their own tokens",
    **dict.fromkeys(
        ("one_audit_event", "one_seal_per_event", "one_wait_per_event"),
        "the audit trail is written from events; no request waits for it",
    ),
    **dict.fromkeys(
        ("one_kept_kind", "one_kept_origin"), "months become narrow in the background, where what is there already is passed over"
    ),
    "ix_tree_heads_size": "the log of heads is signed in the background; no request waits for it",
    **dict.fromkeys(
        (
            "one_sign_in_per_user",
            "sign_in_of_a_user",
            "login_session_of_a_user",
            "second_factor_of_a_user",
            "second_step_of_a_user",
            "passkey_of_a_user",
            "magic_link_of_a_user",
            "invitation_of_a_user",
            "blacklisted_address_of_an_entry",
            "sso_account_of_a_user",
        ),
        "the row is made for a user who was read in the same transaction",
    ),
    "sso_attempt_of_a_provider": "the row is made for a provider that was read for it",
    **dict.fromkeys(("sso_account_known", "sso_account_taken"), "people are told `sso_account_refused`, or signed in as whoever it is"),
    "patient_position_taken": "the place is taken from a counter that is locked",
    "backup_code_of_a_second_factor": "the row is made with its second factor",
    "refresh_token_of_a_login_session": "the row is made with its login session",
    **dict.fromkeys(
        ("waitlist_offered_once", "one_open_offer_of_opening", "one_open_offer_of_entry"),
        "times are offered in the background, which locks them and the entry first",
    ),
    **dict.fromkeys(("alert_step_taken_once", "alert_mailed_once_a_step"), "the alert is locked before it takes a step"),
    "busy_period_conflict": "statements that take time write nothing where the constraint refuses, and people are told `appointment_conflict`",
    "workspace_not_found": "the row is locked in the same transaction",
    "session_not_found": "the note is locked before a file is added to it",
    "session_version_exists": "the note is locked before a version is added to it",
    "sync_item_known": "what a device calls a note by is locked before a receipt is added for it",
    **dict.fromkeys(
        ("plan_version_exists", "milestone_position_taken"), "the plan is locked before it gets a version and its milestones an order"
    ),
    **dict.fromkeys(
        ("calendar_invite_is_one", "reminder_planned_once", "reminder_waits_once", "refresh_token_hash", "webhook_told_once"),
        "planned and issued by the services themselves",
    ),
}
# Expressions whose codes the source does not tell, and where those codes come from.
UNTOLD = {
    ("gateway/src/gateway/api/appointments/routes.py", "refusal.code"): "the refusal of a service",
    ("gateway/src/gateway/compat/patients/routes.py", "refusal.code"): "the refusal of a service",
    ("libs/chassis/src/chassis/db/errors.py", "str(error.constraint_name)"): "the constraints of the tables",
    ("libs/chassis/src/chassis/db/errors.py", "f'{error.column_name}_required'"): "a column that the rules fill; a defect of ours",
    ("libs/chassis/src/chassis/rpc/status.py", "f'{callee}_unavailable'"): "the names of the services",
    ("gateway/src/gateway/rate_limits/at_once.py", "self._code"): "a keyword of whoever bounds something",
    ("libs/chassis/src/chassis/bounded_threads.py", "self._code"): "a keyword of whoever makes the threads",
    ("services/clinical/src/clinical/attachments/sandbox.py", "code"): "the refusals of the sanitizer",
}


def test_the_source_tells_every_code_but_those_known_to_come_from_elsewhere():
    _, untold = refusal_codes.spoken()

    assert untold == UNTOLD.keys()


def test_every_code_is_explained_or_never_reaches_people():
    spoken, _ = refusal_codes.spoken()
    codes = spoken | refusal_codes.constraints()

    assert sorted(codes - EXPLANATIONS.keys() - NEVER.keys()) == []
    assert sorted(EXPLANATIONS.keys() & NEVER.keys()) == []


def test_explanations_are_in_alphabetical_order():
    codes = [code for code in EXPLANATIONS if code.removesuffix("_unavailable") not in SERVICE_NAMES]

    assert codes == sorted(codes)


def test_nothing_is_explained_that_nobody_says():
    spoken, _ = refusal_codes.spoken()
    codes = spoken | refusal_codes.constraints()

    assert sorted(code for code in EXPLANATIONS.keys() - codes if not code.endswith("_unavailable")) == []
    assert sorted(NEVER.keys() - codes) == []


@pytest.mark.parametrize(
    "code",
    [
        "appointment_conflict",
        "permission_denied",
        "slot_reversed",
        "location_inactive",
        "head_too_large",
        "session_already_exists",
        "client_not_found",
    ],
)
def test_a_code_is_found_whatever_way_it_is_made(code):
    """A constraint, a literal, a helper's argument, a word within a word, a tuple, a unique index, a trigger."""
    spoken, _ = refusal_codes.spoken()

    assert code in spoken | refusal_codes.constraints()


def test_a_code_is_spoken_in_one_way_for_a_role_that_may_not():
    spoken, _ = refusal_codes.spoken()

    assert "forbidden" not in spoken
