"""Configurations as messages and sealed values, and the digests that accounts are found by."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from caseload.identity.v1 import single_sign_on_pb2 as pb
from caseload.identity.v1 import users_pb2
from chassis.encryption.keyring import Keyring
from chassis.encryption.records import WorkspaceKeys
from chassis.protobuf.enums import enum_text
from identity.people.rules import normalize_email
from identity.single_sign_on.rules import GroupRole, Settings
from identity.tables.single_sign_on import provider_flags


def settings_of(message: pb.ProviderSettings) -> Settings:
    """The configuration that a request asks for. Raises Invalid for a role that there is not."""
    return Settings(
        slug=message.slug,
        issuer=message.issuer,
        client_id=message.client_id,
        enabled=message.enabled,
        required=message.required,
        groups_claim=message.groups_claim,
        group_roles=tuple(
            GroupRole(each.group, enum_text(users_pb2.Role, each.role), each.department_id if each.HasField("department_id") else None)
            for each in message.group_roles
        ),
        default_role=enum_text(users_pb2.Role, message.default_role) if message.HasField("default_role") else None,
        email_domains=tuple(map(normalize_email, message.email_domains)),
        trusts_emails=message.trusts_emails,
    )


def seal(sealed: pb.SealedProvider, keys: WorkspaceKeys, row: Mapping[str, Any]) -> bytes:
    return keys.seal_bytes(sealed.SerializeToString(), **_place(row, keys))


def open_sealed(row: Mapping[str, Any], keys: WorkspaceKeys) -> pb.SealedProvider:
    """SealBroken where the row is not as it was written."""
    return pb.SealedProvider.FromString(keys.open_bytes(row["sealed"], **_place(row, keys)))


def _place(row: Mapping[str, Any], keys: WorkspaceKeys) -> dict[str, Any]:
    bound = provider_flags(row)
    return {"table": "sso_providers", "row": keys.workspace_id, "revision": row["version"], "column": "sealed", "bound": bound}


# Before the path where the provider was to ask again, and before one of the gateway's pages; one of the front end begins with its slash.
_AGAIN = "again:"
_PAGE = "page:"


class Return(NamedTuple):
    """Where a sign-in leads, and whether that is one of the gateway's pages; whether the provider was to ask the person again."""

    path: str | None
    to_page: bool
    again: bool


def seal_return_to(leads: Return, keys: WorkspaceKeys, attempt_id: UUID) -> bytes | None:
    text = _AGAIN * leads.again + _PAGE * leads.to_page + (leads.path or "")
    return keys.seal_bytes(text.encode(), **_place_of_return(attempt_id)) if text else None


def open_return_to(sealed: bytes | None, keys: WorkspaceKeys, attempt_id: UUID) -> Return:
    if sealed is None:
        return Return(None, to_page=False, again=False)
    text = keys.open_bytes(sealed, **_place_of_return(attempt_id)).decode()
    path = text.removeprefix(_AGAIN)
    return Return(path.removeprefix(_PAGE) or None, to_page=path.startswith(_PAGE), again=text.startswith(_AGAIN))


def _place_of_return(attempt_id: UUID) -> dict[str, Any]:
    return {"table": "sso_attempts", "row": attempt_id, "revision": 1, "column": "return_to_sealed"}


def account_index(keyring: Keyring, issuer: str, subject: str) -> bytes:
    """The keyed digest that an account of a provider is found by."""
    return keyring.deployment_index("sso account", f"{len(issuer)} {issuer} {subject}")
