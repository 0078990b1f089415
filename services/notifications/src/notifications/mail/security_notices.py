"""The kinds of mail that tell what has become of an account."""

from caseload.identity.v1 import events_pb2

_KINDS = {
    events_pb2.SECURITY_NOTICE_PASSWORD_SET: "password_set",
    events_pb2.SECURITY_NOTICE_PASSWORD_CHANGED: "password_changed",
    events_pb2.SECURITY_NOTICE_PASSWORD_RESET: "password_reset_done",
    events_pb2.SECURITY_NOTICE_SIGN_IN_STOLEN: "sign_in_stolen",
    events_pb2.SECURITY_NOTICE_ACCOUNT_LOCKED: "account_locked",
    events_pb2.SECURITY_NOTICE_SECOND_FACTOR_ENABLED: "second_factor_enabled",
    events_pb2.SECURITY_NOTICE_SECOND_FACTOR_DISABLED: "second_factor_disabled",
    events_pb2.SECURITY_NOTICE_SECOND_FACTOR_REMOVED: "second_factor_removed",
    events_pb2.SECURITY_NOTICE_PASSKEY_ADDED: "passkey_added",
    events_pb2.SECURITY_NOTICE_PASSKEY_REMOVED: "passkey_removed",
    events_pb2.SECURITY_NOTICE_PASSKEY_COPIED: "passkey_copied",
    events_pb2.SECURITY_NOTICE_WORKSPACE_DELETED: "workspace_deleted",
    events_pb2.SECURITY_NOTICE_SSO_LINKED: "sso_linked",
}

# Kinds of mail that tell what has become of an account.
SECURITY_KINDS = frozenset(_KINDS.values())


def kind_of(notice: events_pb2.SecurityNotice) -> str:
    """The kind of mail for a notice. Raises KeyError for one that this release does not know."""
    return _KINDS[notice]
