"""What of every service's tables is sealed, bound or open for a reason."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import LargeBinary

from caseload.identity.v1 import single_sign_on_pb2
from caseload.notifications.v1 import sms_channels_pb2, webhooks_pb2
from chassis.encryption.records import WorkspaceKeys
from chassis.encryption.sealed_values import sealed_columns
from clinical.note_search import segments
from identity.second_factors.workflow import open_secret, seal_secret
from identity.single_sign_on import record as single_sign_on
from notifications.sms_channels import record as sms_channels
from notifications.webhooks import record as webhooks
from standalone.services import SERVICES

SECRETS = {1: b"o" * 32, 2: b"n" * 32}
OLDER = WorkspaceKeys("service", UUID(int=7), active=1, keys=SECRETS, index=b"i" * 32)
NEWER = WorkspaceKeys("service", UUID(int=7), active=2, keys={2: SECRETS[2]}, index=b"i" * 32)
BOTH = WorkspaceKeys("service", UUID(int=7), active=2, keys=SECRETS, index=b"i" * 32)

# Bytes that are not sealed by a workspace's key, each with the reason.
ELSEWHERE = {
    "outbox.payload": "an event, which holds no PHI",
    "dead_letters.payload": "an event, which holds no PHI",
    "outbox.signature": "of the event",
    "dead_letters.signature": "of the event",
    "idempotency.fingerprint": "a keyed digest",
    "data_keys.wrapped": "a key, wrapped for its workspace, purpose and version",
    "clients.terms.term": "a keyed digest",
    "clients.match_keys.token": "a keyed digest",
    "clients.patients.id_index": "a keyed digest",
    "clinical.sync_receipts.note_key": "a keyed digest",
    "clinical.sync_receipts.item_digest": "a keyed digest",
    "audit.jobs.proof": "a keyed digest",
    "clients.jobs.proof": "a keyed digest",
    "identity.sign_ins.email_index": "a keyed digest",
    "identity.login_attempts.account": "a keyed digest",
    "identity.login_attempts.lane": "a keyed digest",
    "identity.refresh_tokens.hash": "a digest of a secret",
    "identity.magic_links.hash": "a digest of a secret",
    "identity.api_keys.hash": "a digest of a secret",
    "identity.invitations.mailed_hash": "a digest of a secret",
    "identity.invitations.shown_hash": "a digest of a secret",
    "identity.blacklisted_addresses.email_index": "what sign-ins look addresses up by",
    "identity.sso_accounts.account_index": "a keyed digest",
    "identity.sso_attempts.state_hash": "a digest of a secret",
    "identity.sso_attempts.browser_hash": "a digest of a secret",
    "identity.passkeys.credential_id": "known to every site that is shown it",
    "identity.passkeys.public_key": "the public half",
    "identity.second_steps.hash": "a digest of a secret",
    "identity.backup_codes.hash": "a keyed digest",
    "notifications.address_troubles.address_index": "a keyed digest",
    "notifications.return_paths.address_index": "a keyed digest",
    "notifications.return_paths.token_hash": "a digest of a secret",
    "notifications.reminder_links.token_hash": "a digest of a secret",
    "scheduling.calendar_feeds.token_hash": "a digest of a secret",
    "scheduling.waitlist_offers.token_hash": "a digest of a secret",
    "audit.seals.previous_hash": "a public hash",
    "audit.seals.hash": "a public hash",
    "audit.chain_heads.hash": "a public hash",
    "audit.chain_heads.proof": "a keyed digest",
    "audit.verifications.anchor_hash": "a public hash",
    "audit.verifications.cursor_hash": "a public hash",
    "audit.verifications.proof": "a keyed digest",
    "audit.chain_nodes.hash": "a public hash",
    "audit.closed_runs.previous_hash": "a public hash",
    "audit.closed_runs.hashes": "public hashes",
    "audit.closed_runs.proof": "a keyed digest",
    "audit.kept_events.hash": "a public hash",
    "audit.kept_events.previous_hash": "a public hash",
    "audit.heads.chain_hash": "a public hash",
    "audit.heads.root_hash": "a public hash",
    "audit.log_nodes.hash": "a public hash",
    "audit.tree_heads.root_hash": "a public hash",
    "audit.tree_heads.signature": "a public signature",
    "audit.unsealed.proof": "a keyed digest",
}
# Values that are sealed by themselves, each with the reason why its table is no sealed one.
ALONE = {
    "idempotency.sealed": "bound to a row whose name is the user, the method and the key",
    "clinical.search_blocks.content": "bound to its segment and its place in it",
    "clinical.search_segments.header": "bound to its segment",
    "clinical.search_segments.dead": "bound to its segment",
    "audit.job_inputs.sealed": "bound to its job and its place in the file",
    "audit.jobs.file_sealed": "bound to its job; written twice, when the file is begun and when it is whole",
    "clients.job_inputs.sealed": "bound to its job and its place in the file",
    "clients.jobs.file_sealed": "bound to its job; written twice, when the file is begun and when it is whole",
    "identity.refresh_tokens.successor_sealed": "kept for seconds, and bound to its session and generation",
    "identity.sso_providers.sealed": "bound to its flags by its own encryption; replaced as a whole",
    "identity.sso_attempts.return_to_sealed": "bound to its attempt; good for ten minutes",
    "identity.second_factors.secret_sealed": "bound to its user; replaced as a whole",
    "scheduling.locations.sealed": "bound to its location and its revision; null until what an earlier release left open is sealed",
    "notifications.calendar_invites.sealed": "bound to its row and its revision; replaced as a whole",
    "notifications.sms_channels.sealed": "bound to its workspace and its revision; replaced as a whole",
    "notifications.webhooks.sealed": "bound to its webhook and its revision; replaced as a whole",
    "clinical.pending_amendments.sealed": "bound to a row whose name is the note and the author, and to its revision; never shown to anybody else",
}
UNBOUND = {
    "clients.broken_glass": {"announced_at"},
    "audit.legal_holds": {"pending_until"},
    "clients.clients": {"revision", "index_version"},
    "clients.patients": {"index_version"},
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
    "notifications.alerts": {"answered_at", "escalates_at"},
    "scheduling.appointments": {"cancellation_asked_at", "local_start", "time_zone", "utc_offset"},
    "scheduling.availability": {"time_off_rules", "time_off_version"},
}


def tables():
    return [table for service in SERVICES for table in service.metadata.sorted_tables]


def test_every_binary_column_is_sealed_where_it_can_be_sealed_again_or_is_no_sealed_value():
    """A column that is in neither list would be forgotten when a key is changed."""
    sealed, others = set(), set()
    for service in SERVICES:
        found = sealed_columns(service.metadata)
        assert len({column.full_name for column in found}) == len(found)
        known = {column.full_name for column in found}
        binary = {
            f"{table.fullname}.{column.name}"
            for table in service.metadata.sorted_tables
            for column in table.columns
            if isinstance(column.type, LargeBinary)
        }
        assert known <= binary
        sealed |= {short(name) for name in known if "sealed" not in service.metadata.tables[name.rpartition(".")[0]].info}
        others |= {short(name) for name in binary - known if name != "clients.clients.external_id_index"}
    assert sealed == ALONE.keys()
    assert others == ELSEWHERE.keys()


def short(name):
    """Without the service, of the tables that every service has."""
    return name.partition(".")[2] if name.split(".")[1] in {"outbox", "dead_letters", "idempotency", "data_keys"} else name


def values_sealed_alone():
    """One of each that a service seals by functions of its own: the column, its row, and what opens it."""
    row_id, revision = uuid4(), 3
    secret = {"workspace_id": OLDER.workspace_id, "user_id": row_id, "secret_sealed": seal_secret(OLDER, row_id, "JBSW")}
    yield "identity.second_factors.secret_sealed", secret, lambda row: open_secret(NEWER, row_id, row["secret_sealed"]) == "JBSW"
    leads = single_sign_on.Return("/clients", to_page=True, again=True)
    attempt = {"id": row_id, "return_to_sealed": single_sign_on.seal_return_to(leads, OLDER, row_id)}
    yield (
        "identity.sso_attempts.return_to_sealed",
        attempt,
        lambda row: single_sign_on.open_return_to(row["return_to_sealed"], NEWER, row_id) == leads,
    )
    provider = {"workspace_id": OLDER.workspace_id, "is_enabled": True, "is_required": False, "version": revision}
    configured = single_sign_on_pb2.SealedProvider(client_secret="s3cret")
    provider["sealed"] = single_sign_on.seal(configured, OLDER, provider)
    yield "identity.sso_providers.sealed", provider, lambda row: single_sign_on.open_sealed(row, NEWER) == configured
    webhook = {"id": row_id, "version": revision}
    told = webhooks_pb2.SealedWebhook(url="https://hooks.example.org", secret="s3cret")
    webhook["sealed"] = webhooks.seal(told, OLDER, row_id, revision)
    yield "notifications.webhooks.sealed", webhook, lambda row: webhooks.open_sealed(row, NEWER) == told
    channel = {"workspace_id": OLDER.workspace_id, "version": revision}
    handed = sms_channels_pb2.SealedSmsChannel(url="https://sms.example.org", secret="s3cret")
    channel["sealed"] = sms_channels.seal(handed, OLDER, revision)
    yield "notifications.sms_channels.sealed", channel, lambda row: sms_channels.open_sealed(row, NEWER) == handed
    dead = {"id": row_id, "version": revision, "dead": segments.seal_dead(row_id, revision, 9, 5, OLDER)}
    yield "clinical.search_segments.dead", dead, lambda row: segments.open_dead(row, NEWER) == 5
    block = {"segment_id": row_id, "number": revision, "content": segments.seal_block(row_id, revision, b"block", OLDER)}
    yield "clinical.search_blocks.content", block, lambda row: segments._open_block(row, NEWER) == b"block"


@pytest.mark.parametrize(("name", "row", "opens"), [pytest.param(*each, id=each[0]) for each in values_sealed_alone()])
def test_a_value_that_is_sealed_by_itself_is_sealed_again_where_its_service_looks_for_it(name, row, opens):
    (column,) = [each for service in SERVICES for each in sealed_columns(service.metadata) if each.full_name == name]
    before = row[column.name]
    row = {**row, column.name: column.seal_again(row, BOTH)}

    assert row[column.name] != before
    assert opens(row)


def test_every_open_column_is_bound_or_has_a_reason():
    """`tenant` refuses a column that is declared nowhere; this holds what is left unbound to a list."""
    sealed = {table.fullname: table.info["sealed"] for table in tables() if "sealed" in table.info}
    assert {name: set(declared.unbound) for name, declared in sealed.items()} == UNBOUND
    assert all(len(reason) > 15 for declared in sealed.values() for reason in declared.unbound.values())
    assert all(declared.bound for declared in sealed.values())
