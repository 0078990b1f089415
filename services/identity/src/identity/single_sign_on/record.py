"""Configurations as messages and sealed values, and the digests that accounts are found by."""

from collections.abc import Mapping
from typing import Any
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


# Before a path of the gateway's pages; one of the front end begins with its slash.
_PAGE = "page:"


def seal_return_to(return_to: str | None, keys: WorkspaceKeys, attempt_id: UUID, *, to_page: bool) -> bytes | None:
    if return_to is None:
        return None
    return keys.seal_bytes((_PAGE * to_page + return_to).encode(), **_place_of_return(attempt_id))


def open_return_to(sealed: bytes | None, keys: WorkspaceKeys, attempt_id: UUID) -> tuple[str | None, bool]:
    """The path, and whether it is one of the gateway's pages."""
    if sealed is None:
        return None, False
    text = keys.open_bytes(sealed, **_place_of_return(attempt_id)).decode()
    return text.removeprefix(_PAGE), text.startswith(_PAGE)


def _place_of_return(attempt_id: UUID) -> dict[str, Any]:
    return {"table": "sso_attempts", "row": attempt_id, "revision": 1, "column": "return_to_sealed"}


def account_index(keyring: Keyring, issuer: str, subject: str) -> bytes:
    """The keyed digest that an account of a provider is found by."""
    return keyring.deployment_index("sso account", f"{len(issuer)} {issuer} {subject}")
