"""A restored installation does nothing to the outside that the lost one may have done already, and trusts nothing that it had issued.

What was due when the restore ends may have been sent in the time that is lost: nobody knows, so it is not sent (decision 22). What is due
later is nobody's past, and goes out as always.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from standalone.services import NAMES

# Published rows of an outbox stay three days.
REPUBLISHED = timedelta(days=3)
_TOTP_STEP_SECONDS = 30
_HELD: Mapping[str, str] = {
    "reminders": "UPDATE notifications.reminders SET status = 'unknown', last_error = 'restored'"
    " WHERE status = 'sending' OR (status = 'pending' AND next_attempt_at <= $1)",
    "mails": "UPDATE notifications.mails SET status = 'unknown', last_error = 'restored' WHERE status IN ('pending', 'sending') AND created_at <= $1",
    # Every delivery has an id that its receiver knows; people send one again by hand.
    "webhook deliveries": "UPDATE notifications.webhook_deliveries SET status = 'failed', next_attempt_at = NULL, last_error = 'restored'"
    " WHERE status IN ('pending', 'sending') AND created_at <= $1",
    # Digests and the like of the time that is lost.
    "people's own mails": "UPDATE notifications.notification_settings SET done_until = $1, revision = revision + 1 WHERE done_until < $1 AND next_at <= $1",
}
_VOIDED: Mapping[str, str] = {
    "sign-ins": "UPDATE identity.login_sessions SET ended_at = $1, end_reason = 'restored' WHERE ended_at IS NULL AND created_at <= $1",
    "links": "UPDATE identity.magic_links SET used_at = $1 WHERE used_at IS NULL AND created_at <= $1",
    "second steps": "UPDATE identity.second_steps SET used_at = $1 WHERE used_at IS NULL AND created_at <= $1",
}


async def void_what_was_issued(connection: Any, now: datetime) -> dict[str, int]:
    """Sign-ins, links and codes of before are no good any more: what was ended or used since would be good again. How many of each."""
    voided = {what: _changed(await connection.execute(statement, now)) for what, statement in _VOIDED.items()}
    await connection.execute("DELETE FROM identity.sso_attempts")
    step = int(now.timestamp()) // _TOTP_STEP_SECONDS
    await connection.execute("UPDATE identity.second_factors SET last_step = greatest(last_step, $1)", step)
    # Access tokens that are in somebody's hands for some more minutes, of every workspace.
    await connection.execute(
        "INSERT INTO identity.revocations (subject_id, epoch) SELECT workspace_id, $1 FROM identity.workspace_directory"
        " ON CONFLICT (subject_id) DO UPDATE SET epoch = greatest(revocations.epoch, excluded.epoch), created_at = now()",
        int(now.timestamp() * 1000) + 1,
    )
    voided["idempotency keys"] = sum([_changed(await connection.execute(f"DELETE FROM {service}.idempotency")) for service in NAMES])
    return voided


async def publish_again(connection: Any, since: datetime) -> int:
    """Events of the last days are told once more: who has heard of one drops it, and who has not, hears of it. How many there are."""
    told = 0
    for service in NAMES:
        again = f"UPDATE {service}.outbox SET published_at = NULL, due_at = now() WHERE published_at > $1"
        told += _changed(await connection.execute(again, since))
    return told


async def hold_back(connection: Any, now: datetime) -> dict[str, int]:
    """What was due until now is not sent. How many there are of each."""
    return {what: _changed(await connection.execute(statement, now)) for what, statement in _HELD.items()}


def _changed(status: str) -> int:
    return int(status.rpartition(" ")[2])
