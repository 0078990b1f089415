"""One-time passwords by time (RFC 6238), backup codes, and who needs a second factor. Pure functions."""

import secrets
from datetime import datetime
from uuid import UUID

import pyotp

from chassis.errors import Conflict, Fault, Forbidden, Invalid, Unauthenticated
from identity.roles import ADMINISTRATOR_ROLE, SCOPES_BY_ROLE

ISSUER = "Caseload"
# RFC 6238, 5.2: a code of the step before or after is accepted, for clocks that differ and people who type slowly.
_STEP_SECONDS = 30
_DRIFT = (0, -1, 1)
_DIGITS = 6
BACKUP_CODES = 10
_BACKUP_CODE_LENGTH = 8
# Without characters that look like others.
_BACKUP_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def new_secret() -> str:
    """160 random bits in base32 (RFC 4226, 4: at least 128)."""
    return pyotp.random_base32()


def otpauth(secret: str, *, email: str) -> str:
    """The address that an authenticator scans."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The number of the step that this is the code of: the present one, the one before or the one after. None if it is none of theirs."""
    totp = pyotp.TOTP(secret)
    present = int(now.timestamp()) // _STEP_SECONDS
    for step in (present + drift for drift in _DRIFT):
        if secrets.compare_digest(totp.generate_otp(step).encode(), code.encode()):
            return step
    return None


def is_totp(code: str) -> bool:
    """Whether the code is one of an authenticator, and no backup code."""
    return len(code) == _DIGITS and code.isascii() and code.isdigit()


def new_backup_codes() -> list[str]:
    """Ten different codes of about 40 bits."""
    codes: set[str] = set()
    while len(codes) < BACKUP_CODES:
        codes.add("".join(secrets.choice(_BACKUP_ALPHABET) for _ in range(_BACKUP_CODE_LENGTH)))
    return sorted(codes)


def normalize(code: str) -> str:
    """The code as it was given out: without blanks and hyphens, in lower case."""
    return "".join(code.split()).replace("-", "").casefold()


def methods(first: str, *, has_totp: bool, has_passkey: bool) -> list[str]:
    """What a second step can be made with after this first one; nothing if none is asked for.

    Whoever has an authenticator is always asked. Whoever has passkeys alone is asked after a password and not after a link: the
    mailbox is how they get in again when their passkeys are lost, as there are no backup codes.
    """
    if not has_totp and (not has_passkey or first != "pwd"):
        return []
    return ["totp"] * has_totp + ["passkey"] * has_passkey


def check_removal(user_id: UUID, role: str, *, is_platform_admin: bool, by: UUID, by_role: str | None) -> None:
    """Raise Forbidden for one's own second factor, which takes a code, for an administrator's unless an administrator asks, and for API keys.

    That of whoever runs the installation is removed by the operator alone.
    """
    if user_id == by:
        raise Forbidden("own_second_factor", "Nobody removes their own second factor without a code.")
    is_person = by_role in SCOPES_BY_ROLE
    if not is_person or is_platform_admin or (role in ADMINISTRATOR_ROLE.values() and by_role != role):
        raise Forbidden("permission_denied", "Your role does not permit this.")


def check_belongs_here_alone(*, memberships: int) -> None:
    """Raise Conflict for a person who gets into other workspaces by the same second factor."""
    if memberships > 1:
        raise Conflict(
            "belongs_elsewhere_too", "This person belongs to other workspaces too; only the operator removes their second factor."
        )


def no_second_factor() -> Conflict:
    return Conflict("second_factor_not_enrolled", "There is no second factor.")


def wrong_code(pointer: str) -> Invalid:
    return Invalid("second_factor_wrong", "This code is not right, or was used already.", faults=[Fault(pointer, "is not right")])


def wrong_second_step() -> Unauthenticated:
    return Unauthenticated("second_factor_wrong", "This code is not right, or was used already.")


def second_step_over() -> Unauthenticated:
    return Unauthenticated("second_step_over", "This sign-in took too long, or is done already; begin anew.")
