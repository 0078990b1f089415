"""The texts of mails that exist in English alone. The only PHI is a first name, a time and the practice's name, because mail appears on lock screens."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from html import escape
from string import Template
from uuid import UUID

from caseload.identity.v1 import events_pb2
from notifications.mail.message import build


@dataclass(frozen=True, slots=True)
class MailTemplate:
    """A mail's subject, plain text and HTML, with placeholders. Both parts have the same content."""

    subject: Template
    text: Template
    html: Template

    def render(self, *, sender: str, to: str, message_id: str, now: datetime, sender_name: str = "", **values: str) -> EmailMessage:
        """The complete mail. `sender_name` replaces the display name of `sender`; `values` fill the placeholders.

        Raises ValueError if `to` is not an address.
        """
        return build(
            sender=sender,
            sender_name=sender_name,
            to=to,
            message_id=message_id,
            now=now,
            subject=self.subject.substitute(values),
            text=self.text.substitute(values),
            html=self.html.substitute({name: escape(value) for name, value in values.items()}),
        )


def message_id(kind: str, item_id: UUID) -> str:
    """The left part of a Message-ID. Every attempt at one mail has the same, so that a duplicate can be recognised."""
    return f"{kind}.{item_id}"


MAGIC_LINK = MailTemplate(
    subject=Template("Your sign-in link"),
    text=Template("""\
Hello $full_name,

Open this link to sign in. It works once, for $minutes minutes:

$link

If you did not ask for it, nothing needs to be done: nobody can sign in without it.
"""),
    html=Template("""\
<p>Hello $full_name,</p>
<p>Open this link to sign in. It works once, for $minutes minutes:</p>
<p><a href="$link">$link</a></p>
<p>If you did not ask for it, nothing needs to be done: nobody can sign in without it.</p>"""),
)

PASSWORD_RESET = MailTemplate(
    subject=Template("Choose a new password"),
    text=Template("""\
Hello $full_name,

Open this link to choose a new password. It works once, for $minutes minutes:

$link

If you did not ask for it, nothing needs to be done: your password stays as it is.
"""),
    html=Template("""\
<p>Hello $full_name,</p>
<p>Open this link to choose a new password. It works once, for $minutes minutes:</p>
<p><a href="$link">$link</a></p>
<p>If you did not ask for it, nothing needs to be done: your password stays as it is.</p>"""),
)

PAYMENT_LINK = MailTemplate(
    subject=Template("Payment request from $practice"),
    text=Template("""\
Hello $first_name,

$practice asks you to pay $amount for your appointment on $day at $time ($way):

$link

Reference: $reference

If you have paid already, please ignore this mail.

$practice
"""),
    html=Template("""\
<p>Hello $first_name,</p>
<p>$practice asks you to pay <strong>$amount</strong> for your appointment on $day at $time ($way):</p>
<p><a href="$link">$link</a></p>
<p>Reference: $reference</p>
<p>If you have paid already, please ignore this mail.</p>
<p>$practice</p>"""),
)

PAYMENT_DETAILS = MailTemplate(
    subject=Template("Payment request from $practice"),
    text=Template("""\
Hello $first_name,

$practice asks you to pay $amount for your appointment on $day at $time:

$way

Please give this reference: $reference

If you have paid already, please ignore this mail.

$practice
"""),
    html=Template("""\
<p>Hello $first_name,</p>
<p>$practice asks you to pay <strong>$amount</strong> for your appointment on $day at $time:</p>
<p style="white-space: pre-line">$way</p>
<p>Please give this reference: <strong>$reference</strong></p>
<p>If you have paid already, please ignore this mail.</p>
<p>$practice</p>"""),
)

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


INVITATION = MailTemplate(
    subject=Template("You are invited to $workspace"),
    text=Template("""\
Hello $full_name,

You have been added to $workspace. Open this link to accept. It works once, for $days days:

$link

If you did not expect this, nothing needs to be done.
"""),
    html=Template("""\
<p>Hello $full_name,</p>
<p>You have been added to $workspace. Open this link to accept. It works once, for $days days:</p>
<p><a href="$link">$link</a></p>
<p>If you did not expect this, nothing needs to be done.</p>"""),
)
