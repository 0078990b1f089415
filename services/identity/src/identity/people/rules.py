"""Which names and e-mail addresses are accepted, and which of a person's memberships counts for what. Pure functions."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from chassis.errors import Fault, Invalid

# First steps of a sign-in (`amr`) that only the person can make. Whoever invites sees an invitation's link; what a workspace's own
# provider of sign-ins asserts is that workspace's word.
_STEPS_OF_THE_PERSON = frozenset({"pwd", "link", "passkey"})
# Steps that only somebody who has a second factor can make. A passkey that signs in alone has verified its user: it is two factors, what
# the person has and what they know or are.
SECOND_STEPS = frozenset({"otp", "passkey"})

_EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f]{1,64}@[^@\s\x00-\x1f\x7f]{1,253}")


def normalize_email(email: str) -> str:
    """The address in a form that is equal for all its spellings: NFKC, case folded, without surrounding blanks."""
    return unicodedata.normalize("NFKC", email.strip()).casefold()


def is_email(text: str) -> bool:
    """Whether it looks like an address. Whether somebody reads its mail is shown by the first mail alone."""
    return _EMAIL.fullmatch(text) is not None


def check_email(email: str) -> str:
    """The address without surrounding blanks. Raises Invalid if it is not an e-mail address."""
    stripped = email.strip()
    if not is_email(stripped):
        raise Invalid("email_invalid", "This is not an e-mail address.", faults=[Fault("/email", "is not an e-mail address")])
    return stripped


def check_new_email(email: str) -> str:
    """The address under which somebody is added, without surrounding blanks and in NFC.

    Raises Invalid if it is not an e-mail address, or not an unmistakable one.
    """
    address = unicodedata.normalize("NFC", check_email(email))
    if not is_unmistakable(address):
        fault = Fault(
            "/email", "has characters that stand for others, such as ß for ss; write its domain in ASCII (xn--…), or take another"
        )
        raise Invalid("email_invalid", "This e-mail address could be mistaken for another.", faults=[fault])
    return address


def is_unmistakable(email: str) -> bool:
    """Whether nobody has another mailbox under the address's normal form.

    doc@faß.example and doc@fass.example have one normal form and are two mailboxes (RFC 5894, 7.2): who reads the mail of one would pass for
    the other. An address that differs from its normal form by upper case alone is unmistakable.
    """
    return normalize_email(email) == unicodedata.normalize("NFC", email.strip()).lower()


def check_full_name(full_name: str | None) -> str:
    """The name without surrounding blanks. Raises Invalid unless it has 2 to 100 characters."""
    stripped = (full_name or "").strip()
    if not 2 <= len(stripped) <= 100:
        raise Invalid(
            "user_invalid", "Some details of this user are not valid.", faults=[Fault("/full_name", "must have 2 to 100 characters")]
        )
    return stripped


class Membership(NamedTuple):
    """A user of a workspace."""

    workspace_id: UUID
    user_id: UUID


@dataclass(frozen=True, slots=True)
class Person:
    """A user, and the other users who are the same person."""

    email_index: bytes
    own: Membership
    # Whose password and second factor are this person's.
    home: Membership
    # The proved ones, the home first; of a person who has not proved this address, this one alone.
    memberships: tuple[Membership, ...]
    # Whether the person has shown, for this membership, that they read the mail of the address.
    is_proved: bool
    # Whether the credentials of `own` are those that a sign-in with this address asks for.
    credentials_count: bool

    @property
    def is_shut_out(self) -> bool:
        """Whether this user got in without proving the address, which another of its users has proved: nothing lets them in any more."""
        return not self.is_proved and not self.credentials_count

    def in_workspace(self, workspace_id: UUID) -> Membership | None:
        return next((membership for membership in self.memberships if membership.workspace_id == workspace_id), None)


def proved_memberships(rows: Iterable[Mapping[str, Any]]) -> list[Membership]:
    """Those users of one address for whom the person has shown that they read its mail, the earliest first."""
    proved = [row for row in rows if row["proved_at"] is not None]
    return [membership_of(row) for row in sorted(proved, key=lambda row: (row["proved_at"], row["created_at"], row["workspace_id"]))]


def memberships_to_sign_in_to(rows: Sequence[Mapping[str, Any]]) -> list[Membership]:
    """Where somebody with this address may get in, the home first: the proved memberships, or else the earliest."""
    earliest = sorted(rows, key=lambda row: (row["created_at"], row["workspace_id"]))[:1]
    return proved_memberships(rows) or [membership_of(row) for row in earliest]


def membership_of(row: Mapping[str, Any]) -> Membership:
    return Membership(row["workspace_id"], row["user_id"])


def person_of_rows(rows: Sequence[Mapping[str, Any]], own: Membership) -> Person:
    """The person who is this user, from all users with the address."""
    row = next(row for row in rows if membership_of(row) == own)
    reachable = memberships_to_sign_in_to(rows)
    is_proved = row["proved_at"] is not None
    memberships = tuple(reachable) if is_proved else (own,)
    return Person(row["email_index"], own, memberships[0], memberships, is_proved, credentials_count=reachable[0] == own)


def is_of_the_person(amr: Sequence[str]) -> bool:
    """Whether a sign-in of these steps was begun by the person, and by nobody on their behalf."""
    return bool(amr) and amr[0] in _STEPS_OF_THE_PERSON


def is_whole(amr: Sequence[str], *, second_factor: bool) -> bool:
    """Whether these steps are all that a sign-in asks the person for: an invitation asks for no second one."""
    return is_of_the_person(amr) and not (second_factor and SECOND_STEPS.isdisjoint(amr))
