"""Which configurations are accepted, where providers may be, and what becomes of whom a provider tells of. Pure functions."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from chassis.errors import Fault, Forbidden, Invalid, Unauthenticated
from chassis.outgoing.addresses import is_web_address
from identity.people.rules import is_email, is_unmistakable, normalize_email
from identity.roles import ADMINISTRATOR_ROLE, ROLES_BY_KIND

# The time to type a password at the provider, and its second factor.
SECONDS_AT_THE_PROVIDER = 600
# What the clocks of a provider may differ by.
LEEWAY_SECONDS = 60
# Who was asked by the provider so long ago at most was asked for this sign-in.
SECONDS_SINCE_ASKED = 300
BROWSER_BYTES = 32

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{1,61}[a-z0-9])")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_RETURN_TO = re.compile(r"/(?![/\\])[!-\[\]-~]{0,511}")
_MOST_GROUP_ROLES, _MOST_DOMAINS, _MOST_GROUPS = 200, 50, 2000


@dataclass(frozen=True, slots=True)
class GroupRole:
    """What the members of a group of the provider become here."""

    group: str
    role: str
    department_id: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """A workspace's configuration, without the secret of its client."""

    slug: str
    issuer: str
    client_id: str
    enabled: bool = False
    required: bool = False
    groups_claim: str = "groups"
    group_roles: tuple[GroupRole, ...] = ()
    default_role: str | None = None
    email_domains: tuple[str, ...] = ()
    trusts_emails: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """A person as their provider tells of them."""

    subject: str
    # Verified, and unmistakable; None where the provider tells of none such.
    email: str | None
    full_name: str
    groups: frozenset[str]


def check_may_configure(role: str | None) -> None:
    """Raise Forbidden for anybody but an administrator; for API keys, whatever their scopes are."""
    if role not in ADMINISTRATOR_ROLE.values():
        raise Forbidden("permission_denied", "Your role does not permit this.")


def check_settings(settings: Settings, *, kind: str, with_loopback: bool) -> None:
    """Raise Invalid, with all faults, for a configuration that cannot be."""
    faults = []
    if not _SLUG.fullmatch(settings.slug):
        faults.append(Fault("/slug", "must have 3 to 63 lower-case letters, digits and hyphens, and begin and end with none of the latter"))
    if not is_address_of_a_provider(settings.issuer, with_loopback=with_loopback) or "?" in settings.issuer:
        faults.append(Fault("/issuer", "must be the https address of an OpenID provider, as it writes it itself"))
    for name, longest in (("client_id", 255), ("groups_claim", 255)):
        if not 1 <= len(getattr(settings, name)) <= longest:
            faults.append(Fault(f"/{name}", f"must have 1 to {longest} characters"))
    faults += _faults_of_roles(settings, kind)
    if len(settings.email_domains) > _MOST_DOMAINS:
        faults.append(Fault("/email_domains", f"must have at most {_MOST_DOMAINS} entries"))
    faults += [
        Fault(f"/email_domains/{number}", "is not a domain such as example.org")
        for number, domain in enumerate(settings.email_domains)
        if not _DOMAIN.fullmatch(domain)
    ]
    if settings.required and not settings.enabled:
        faults.append(Fault("/required", "cannot be true while `enabled` is false"))
    if faults:
        raise _invalid(faults)


def _faults_of_roles(settings: Settings, kind: str) -> list[Fault]:
    # Whoever owns a practice is made by an owner, not by a group.
    assignable = ROLES_BY_KIND[kind] - {"owner"}
    faults = []
    if len(settings.group_roles) > _MOST_GROUP_ROLES:
        faults.append(Fault("/group_roles", f"must have at most {_MOST_GROUP_ROLES} entries"))
    for number, each in enumerate(settings.group_roles[:_MOST_GROUP_ROLES]):
        if not 1 <= len(each.group) <= 255:
            faults.append(Fault(f"/group_roles/{number}/group", "must have 1 to 255 characters"))
        if each.role not in assignable:
            faults.append(Fault(f"/group_roles/{number}/role", f"must be one of {', '.join(sorted(assignable))}"))
    if settings.default_role is not None and settings.default_role not in assignable - set(ADMINISTRATOR_ROLE.values()):
        faults.append(Fault("/default_role", "must be a role that neither owns nor administers the workspace"))
    if settings.enabled and not settings.group_roles and settings.default_role is None:
        faults.append(Fault("/group_roles", "must have an entry, or nobody could sign in, unless there is a `default_role`"))
    return faults


def check_secret(secret: str | None, *, was: Settings | None, settings: Settings, is_kept: bool) -> None:
    """Raise Invalid for a secret that is too long, and where a kept one would be shown to another provider or as another client."""
    if secret is not None and len(secret) > 1024:
        raise _invalid([Fault("/client_secret", "must have at most 1024 characters")])
    if is_kept and secret is None and was is not None and (was.issuer, was.client_id) != (settings.issuer, settings.client_id):
        raise _invalid([Fault("/client_secret", "is needed anew with another issuer or client")])


def check_department(number: int, *, is_active: bool) -> None:
    """Raise Invalid for a department that does not exist, or is no longer offered."""
    if not is_active:
        raise _invalid([Fault(f"/group_roles/{number}/department_id", "is no active department")])


def is_address_of_a_provider(url: str, *, with_loopback: bool) -> bool:
    """Whether it is an https address; with loopback also an http one of this machine."""
    if not is_web_address(url, with_http=with_loopback):
        return False
    parts = urlsplit(url)
    return parts.scheme == "https" or _is_loopback(parts.hostname or "")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_return_to(return_to: str | None) -> str | None:
    """The path. Raises Invalid unless it is one within the front end: never the address of another site."""
    if not return_to:
        return None
    if not _RETURN_TO.fullmatch(return_to):
        raise Invalid(
            "sso_return_to_invalid", "This is not a path to return to.", faults=[Fault("/return_to", "must be a path such as /clients")]
        )
    return return_to


def account_of(claims: Mapping[str, Any], *, groups_claim: str, trusts_emails: bool) -> Account:
    """The person that these claims, whose signature is verified, tell of. Raises Unauthenticated where they tell of nobody."""
    subject = claims.get("sub")
    # OpenID Connect Core 1.0, section 2: at most 255 ASCII characters.
    if not isinstance(subject, str) or not 1 <= len(subject) <= 255 or not subject.isascii():
        raise provider_wrong()
    email = claims.get("email")
    verified = claims.get("email_verified") is True or trusts_emails
    if not isinstance(email, str) or not email.isprintable() or not is_email(email):
        email = None
    is_believed = email is not None and verified and is_unmistakable(email)
    return Account(subject, email if is_believed else None, _full_name(claims, email or ""), _groups(claims.get(groups_claim)))


def was_asked(claims: Mapping[str, Any], now: float) -> bool:
    """Whether the provider says that the person has signed in there just now, and not some time before."""
    at = claims.get("auth_time")
    return isinstance(at, int | float) and now - SECONDS_SINCE_ASKED - LEEWAY_SECONDS <= at <= now + LEEWAY_SECONDS


def _groups(claim: Any) -> frozenset[str]:
    """The names of the groups; a claim that is one text is one group."""
    listed = [claim] if isinstance(claim, str) else claim if isinstance(claim, list) else []
    return frozenset(group for group in listed[:_MOST_GROUPS] if isinstance(group, str))


def _full_name(claims: Mapping[str, Any], email: str) -> str:
    given = " ".join(part for part in (claims.get("given_name"), claims.get("family_name")) if isinstance(part, str))
    for name in (claims.get("name"), given, claims.get("preferred_username"), email.partition("@")[0], "New user"):
        if not isinstance(name, str):
            continue
        printable = "".join(each for each in unicodedata.normalize("NFC", name) if each.isprintable())[:100].strip()
        if len(printable) >= 2:
            return printable
    raise AssertionError


def check_email(email: str | None, *, domains: Sequence[str], is_new: bool) -> None:
    """Raise Forbidden for somebody new without a verified address, and for an address of a domain that is not among these, where there are any."""
    if email is None and (is_new or domains):
        raise Forbidden("sso_email_needed", "Your provider tells of no verified e-mail address of yours.")
    if email is not None and domains and normalize_email(email).rpartition("@")[2] not in domains:
        raise Forbidden("sso_email_needed", "Your e-mail address is not one of those that may sign in here.")


def group_role_of(groups: frozenset[str], settings: Settings) -> GroupRole:
    """What somebody in these groups is here: the first entry that matches, or the default. Raises Forbidden where there is none."""
    for each in settings.group_roles:
        if each.group in groups:
            return each
    if settings.default_role is None:
        raise Forbidden("sso_no_role", "None of your groups has access here. Ask whoever runs your workspace.")
    return GroupRole("", settings.default_role)


def new_role(wanted: str, *, was: str, kind: str, other_administrators: int) -> str:
    """The role of somebody whose groups say `wanted`: an owner stays one, and so does the last active administrator."""
    if was == "owner" or (was == ADMINISTRATOR_ROLE[kind] and not other_administrators):
        return was
    return wanted


def check_is_good(*, is_enabled: bool, version: int, began_with: int) -> None:
    """Raise Unauthenticated where the configuration is no longer the one that the sign-in began with."""
    if not is_enabled or version != began_with:
        raise sign_in_over()


def check_issuer(told: str | None, *, issuer: str, always_told: bool) -> None:
    """Raise Unauthenticated if another provider sent the person back (RFC 9207, 2.4)."""
    if told is None and not always_told:
        return
    if told != issuer:
        raise provider_wrong()


def sign_in_over() -> Unauthenticated:
    return Unauthenticated("sso_over", "This sign-in took too long, is done already, or began in another browser; begin anew.")


def provider_wrong() -> Unauthenticated:
    return Unauthenticated("sso_provider_wrong", "What the provider of this workspace says cannot be believed.")


def account_refused() -> Forbidden:
    return Forbidden("sso_account_refused", "You cannot sign in here in this way. Ask whoever runs your workspace.")


def _invalid(faults: Sequence[Fault]) -> Invalid:
    return Invalid("sso_invalid", "Single sign-on cannot be configured like this.", faults=faults)
