"""What of every service's tables is sealed, bound or open for a reason."""

from sqlalchemy import LargeBinary

from standalone.services import SERVICES

# Bytes outside sealed tables, each with the reason why it is bound to no columns.
ELSEWHERE = {
    "outbox.payload": "an event, which holds no PHI",
    "dead_letters.payload": "an event, which holds no PHI",
    "outbox.signature": "of the event",
    "dead_letters.signature": "of the event",
    "idempotency.fingerprint": "a keyed digest",
    "idempotency.sealed": "bound to a row whose name is the user, the method and the key",
    "data_keys.wrapped": "a key, wrapped for its workspace, purpose and version",
    "clients.terms.term": "a keyed digest",
    "clients.match_keys.token": "a keyed digest",
    "clinical.search_blocks.content": "bound to its segment and its place in it",
    "clinical.search_segments.header": "bound to its segment",
    "clinical.search_segments.dead": "bound to its segment",
    "clinical.sync_receipts.note_key": "a keyed digest",
    "clinical.sync_receipts.item_digest": "a keyed digest",
    "clients.jobs.proof": "a keyed digest",
    "clients.job_inputs.sealed": "bound to its job and its place in the file",
    "identity.sign_ins.email_index": "a keyed digest",
    "identity.login_attempts.account": "a keyed digest",
    "identity.login_attempts.lane": "a keyed digest",
    "identity.refresh_tokens.hash": "a digest of a secret",
    "identity.refresh_tokens.successor_sealed": "kept for seconds, and bound to its session and generation",
    "identity.magic_links.hash": "a digest of a secret",
    "identity.api_keys.hash": "a digest of a secret",
    "identity.invitations.mailed_hash": "a digest of a secret",
    "identity.invitations.shown_hash": "a digest of a secret",
    "identity.blacklisted_addresses.email_index": "what sign-ins look addresses up by",
    "identity.sso_providers.sealed": "bound to its flags by its own encryption; replaced as a whole",
    "identity.sso_accounts.account_index": "a keyed digest",
    "identity.sso_attempts.state_hash": "a digest of a secret",
    "identity.sso_attempts.browser_hash": "a digest of a secret",
    "identity.sso_attempts.return_to_sealed": "bound to its attempt; good for ten minutes",
    "identity.second_factors.secret_sealed": "bound to its user; replaced as a whole",
    "identity.passkeys.credential_id": "known to every site that is shown it",
    "identity.passkeys.public_key": "the public half",
    "identity.second_steps.hash": "a digest of a secret",
    "identity.backup_codes.hash": "a keyed digest",
    "clinical.pending_amendments.sealed": "bound to a row whose name is the note and the author, and to its revision; never shown to anybody else",
    "audit.seals.previous_hash": "a public hash",
    "audit.seals.hash": "a public hash",
    "audit.chain_heads.hash": "a public hash",
    "audit.chain_heads.proof": "a keyed digest",
    "audit.unsealed.proof": "a keyed digest",
}
UNBOUND = {
    "clients.broken_glass": set(),
    "audit.legal_holds": {"pending_until"},
    "clients.clients": {"revision"},
    "clients.patients": set(),
    "clients.consents": set(),
    "clinical.attachments": set(),
    "clinical.cosignatures": set(),
    "clinical.measures": set(),
    "clinical.milestones": set(),
    "clinical.note_templates": set(),
    "clinical.plan_versions": set(),
    "clinical.plans": set(),
    "clinical.session_versions": {"duration_minutes_at_upgrade", "session_date_at_upgrade"},
    "clinical.sessions": {"attachment_count"},
    "identity.blacklist": set(),
    "identity.users": {
        "created_at",
        "last_login_at",
        "password_hash",
        "shift_schedule",
        "updated_at",
    },
    "scheduling.appointments": set(),
}


def tables():
    return [table for service in SERVICES for table in service.metadata.sorted_tables]


def test_every_table_with_sealed_values_declares_what_they_are_bound_to():
    outside = {
        f"{table.fullname}.{column.name}"
        for table in tables()
        if "sealed" not in table.info
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    of_every_service = {"outbox", "dead_letters", "idempotency", "data_keys"}
    known = {name.partition(".")[2] if name.split(".")[1] in of_every_service else name for name in outside}
    assert known == ELSEWHERE.keys()


def test_every_open_column_is_bound_or_has_a_reason():
    """`tenant` refuses a column that is declared nowhere; this holds what is left unbound to a list."""
    sealed = {table.fullname: table.info["sealed"] for table in tables() if "sealed" in table.info}
    assert {name: set(declared.unbound) for name, declared in sealed.items()} == UNBOUND
    assert all(len(reason) > 15 for declared in sealed.values() for reason in declared.unbound.values())
    assert all(declared.bound for declared in sealed.values())
