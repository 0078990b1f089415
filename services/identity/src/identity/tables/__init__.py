"""The tables of identity: workspaces, their users, and how users sign in.

sign_ins, login_attempts, revocations and blacklisted_addresses have no row security, because they are read before the workspace is
known. They hold keyed digests, ids, counts, times and whether somebody has a second factor, and no other
personal data.
workspace_directory and sso_directory, too, can be read without a workspace: they hold the names, kinds, statuses and times of
workspaces, and the words by which people name theirs before they sign in.

A column whose name is not the word that the code uses has a `key`: its name in Python.
"""

from caseload.identity.v1 import events_pb2
from caseload.options.v1 import options_pb2
from chassis.work.retention import Audited, Retention
from identity.tables.base import metadata
from identity.tables.credentials import api_keys, backup_codes, login_attempts, magic_links, second_factors, second_steps
from identity.tables.login_sessions import login_sessions, refresh_tokens, revocations
from identity.tables.passkeys import passkeys, used_challenges
from identity.tables.people import departments, invitations, sign_ins, users, workspaces
from identity.tables.platform import activities, blacklist, blacklisted_addresses, erasure_progress, workspace_directory
from identity.tables.single_sign_on import sso_accounts, sso_attempts, sso_directory, sso_providers

__all__ = [
    "KEPT_AFTER_ERASURE",
    "RETENTIONS",
    "WITHOUT_ROW_SECURITY",
    "activities",
    "api_keys",
    "backup_codes",
    "blacklist",
    "blacklisted_addresses",
    "departments",
    "erasure_progress",
    "invitations",
    "login_attempts",
    "login_sessions",
    "magic_links",
    "metadata",
    "passkeys",
    "refresh_tokens",
    "revocations",
    "second_factors",
    "second_steps",
    "sign_ins",
    "sso_accounts",
    "sso_attempts",
    "sso_directory",
    "sso_providers",
    "used_challenges",
    "users",
    "workspace_directory",
    "workspaces",
]

# Why these tables have no row security. A test compares the list with the database's catalogue.
WITHOUT_ROW_SECURITY = {
    "sign_ins": "finds the workspaces and users of an e-mail address by a keyed digest",
    "login_attempts": "limits attempts with any e-mail address, whether or not a user has it",
    "blacklisted_addresses": "tells by a keyed digest whether an e-mail address may be used in any workspace",
    "revocations": "lists void access tokens of all workspaces for every service",
}

# What stays of a workspace that is erased.
KEPT_AFTER_ERASURE = {
    "workspaces": "that there was such a workspace, and since when it is erased; its address, numbers and settings are gone",
    "workspace_directory": "the same, for platform administrators",
    "erasure_progress": "which services have finished",
    "activities": "the installation's: a workspace of platform administrators, and no other has any, is not erased",
    "blacklist": "the same",
    "blacklisted_addresses": "the same",
}

RETENTIONS = (
    # Announced: the reaction to it begins the erasure, unless somebody has brought the workspace back.
    Retention(
        "workspaces",
        since="erase_after",
        days=0,
        over="erased_at IS NULL",
        announced=lambda id_: events_pb2.DeletedWorkspaceOver(workspace_id=str(id_)),
        row="workspace_id",
    ),
    Retention("revocations", since="created_at", days=1 / 24, scope="deployment"),
    # As long as the throttle counts them.
    Retention("login_attempts", since="last_at", days=1, scope="deployment"),
    Retention("magic_links", since="expires_at", days="magic_links_days"),
    Retention("second_steps", since="expires_at", days="magic_links_days"),
    Retention("sso_attempts", since="expires_at", days="magic_links_days"),
    # Good for five minutes.
    Retention("used_challenges", since="expires_at", days=1 / 24),
    Retention("invitations", since="expires_at", days="invitations_days"),
    # With their refresh tokens.
    Retention(
        "login_sessions",
        since="expires_at",
        days="login_sessions_days",
        evidence=True,
        audited=Audited("delete_expired_login_sessions", options_pb2.RESOURCE_USER, "user_id"),
    ),
)
