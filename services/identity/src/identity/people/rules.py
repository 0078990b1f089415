"""Which names and e-mail addresses are accepted. Pure functions."""

import re
import unicodedata

from chassis.errors import Fault, Invalid

_EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f]{1,64}@[^@\s\x00-\x1f\x7f]{1,253}")


def normalize_email(email: str) -> str:
    """The address in a form that is equal for all its spellings: NFKC, case folded, without surrounding blanks."""
    return unicodedata.normalize("NFKC", email.strip()).casefold()


def check_email(email: str) -> str:
    """The address without surrounding blanks. Raises Invalid if it is not an e-mail address."""
    stripped = email.strip()
    if not _EMAIL.fullmatch(stripped):
        raise Invalid("email_invalid", "This is not an e-mail address.", faults=[Fault("/email", "is not an e-mail address")])
    return stripped


def check_full_name(full_name: str | None) -> str:
    """The name without surrounding blanks. Raises Invalid unless it has 2 to 100 characters."""
    stripped = (full_name or "").strip()
    if not 2 <= len(stripped) <= 100:
        raise Invalid(
            "user_invalid", "Some details of this user are not valid.", faults=[Fault("/full_name", "must have 2 to 100 characters")]
        )
    return stripped
