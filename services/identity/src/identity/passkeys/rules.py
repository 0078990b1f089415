"""Which passkeys a user may have, whom a user handle names, and where passkeys are good. Pure functions."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit
from uuid import UUID

from chassis.errors import Conflict, Fault, Invalid, Unauthenticated

MOST_PASSKEYS = 20
# From the options to the reply: people look for their telephone meanwhile.
CHALLENGE_SECONDS = 300
_LONGEST_NAME = 100
# Web Authentication, 4: a credential id has at most 1023 bytes.
_LONGEST_CREDENTIAL_ID = 1023
# RSA keys of 4096 bits have 540.
_LONGEST_PUBLIC_KEY = 1024
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Where passkeys are good: `id` is a host name, and each origin that of a page on that host or below it."""

    id: str
    origins: tuple[str, ...]


def relying_party(rp_id: str, origins: Iterable[str], *, urls: Iterable[str]) -> RelyingParty:
    """The relying party of pages at `urls` and `origins`. The host of the first URL is its id unless `rp_id` is given.

    A loopback address stands for localhost, because an address is no id. URLs outside of the id's domain are left out: browsers give
    their pages no passkeys. Raises ValueError for such an origin, and where no page is left.
    """
    own = [origin_of(url) for url in urls]
    party = rp_id or _host(own[0])
    if outside := [origin for origin in origins if origin != origin_of(origin) or not is_within(origin, party)]:
        raise ValueError(f"CASELOAD_PASSKEY_ORIGINS: {outside[0]!r} is no exact origin (scheme://host[:port]) within {party}")
    known = tuple(dict.fromkeys(origin for origin in (*own, *origins) if is_within(origin, party)))
    if not known:
        raise ValueError(f"CASELOAD_PASSKEY_DOMAIN: no page is within {party}")
    return RelyingParty(party, known)


def is_within(origin: str, rp_id: str) -> bool:
    """Whether pages of this origin may ask for passkeys of this relying party."""
    host = _host(origin)
    return host == rp_id or host.endswith(f".{rp_id}")


def origin_of(url: str) -> str:
    """The origin of a page as browsers write it, with localhost for a loopback address."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if _is_loopback(host):
        host = "localhost"
    elif ":" in host:
        host = f"[{host}]"
    port = "" if parts.port in {None, _DEFAULT_PORTS.get(parts.scheme)} else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def _host(origin: str) -> str:
    return urlsplit(origin).hostname or ""


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def user_handle(workspace_id: UUID, user_id: UUID) -> bytes:
    """What an authenticator keeps with a passkey and shows again: by it the workspace is found, in which row security then looks."""
    return workspace_id.bytes + user_id.bytes


def read_handle(handle: bytes | None) -> tuple[UUID, UUID] | None:
    """The workspace and the user of a handle; None if it is none of ours."""
    if handle is None or len(handle) != 32:
        return None
    return UUID(bytes=handle[:16]), UUID(bytes=handle[16:])


def is_handle_of(handle: bytes | None, workspace_id: UUID, user_id: UUID) -> bool:
    """Whether the handle names this user. As a second step a security key may show none: the first step says who it is."""
    return not handle or handle == user_handle(workspace_id, user_id)


def check_name(name: str) -> str:
    """The name without surrounding blanks. Raises Invalid unless it has 1 to 100 characters."""
    stripped = name.strip()
    if not 1 <= len(stripped) <= _LONGEST_NAME:
        faults = [Fault("/name", f"must have 1 to {_LONGEST_NAME} characters")]
        raise Invalid("passkey_name_invalid", "A passkey cannot have this name.", faults=faults)
    return stripped


def check_size(credential_id: bytes, public_key: bytes) -> None:
    """Raise Invalid for a passkey that is larger than any real one."""
    if not 1 <= len(credential_id) <= _LONGEST_CREDENTIAL_ID or len(public_key) > _LONGEST_PUBLIC_KEY:
        raise not_registrable()


def check_number(passkeys: int) -> None:
    """Raise Conflict if the user has as many passkeys as there may be."""
    if passkeys >= MOST_PASSKEYS:
        raise Conflict("too_many_passkeys", f"There are at most {MOST_PASSKEYS} passkeys; remove one first.")


def check_may_remove(*, is_required: bool, has_totp: bool, others: int) -> None:
    """Raise Conflict for the last second factor of somebody who is required to have one."""
    if is_required and not has_totp and not others:
        raise Conflict("second_factor_required", "This workspace requires a second factor.")


def not_registrable() -> Invalid:
    faults = [Fault("/credential", "is not the reply of an authenticator to the options that were given last, or came too late")]
    return Invalid("passkey_invalid", "This passkey could not be registered.", faults=faults)


def not_accepted() -> Unauthenticated:
    return Unauthenticated("passkey_not_accepted", "This passkey was not accepted.")
