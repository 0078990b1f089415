"""What a person's name and e-mail address may be."""

import re
import unicodedata

from chassis.errors import Fault, Invalid

_EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f]{1,64}@[^@\s\x00-\x1f\x7f]{1,253}")


def normal_email(email: str) -> str:
    """The form in which two spellings of one address are equal."""
    return unicodedata.normalize("NFKC", email.strip()).casefold()


def check_email(email: str) -> str:
    """The address without surrounding blanks; Invalid when it cannot be one."""
    bare = email.strip()
    if not _EMAIL.fullmatch(bare):
        raise Invalid("email_invalid", "This is not an e-mail address.", faults=[Fault("/email", "is not an e-mail address")])
    return bare


def check_full_name(full_name: str | None) -> str:
    """The name without surrounding blanks; Invalid unless it has 2 to 100 characters."""
    bare = (full_name or "").strip()
    if not 2 <= len(bare) <= 100:
        raise Invalid("user_invalid", "This cannot be kept of a person.", faults=[Fault("/full_name", "must have 2 to 100 characters")])
    return bare
