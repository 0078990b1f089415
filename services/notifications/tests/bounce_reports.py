"""Reports as mail systems write them, about a mail to ada@example.org."""


def report(
    status: str, *, note: str = "Your mail was not delivered.", kind: str = "delivery-status", encoding: str = "", original: str = ""
) -> bytes:
    """A multipart/report (RFC 6522) with this delivery-status, and a returned mail."""
    said = f"Content-Transfer-Encoding: {encoding}\n" if encoding else ""
    return f"""\
From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: token@bounces.example.com
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type={kind};
	boundary="1B2C.1795/mx"

This is a MIME-encapsulated message.

--1B2C.1795/mx
Content-Description: Notification
Content-Type: text/plain; charset=utf-8

{note}

--1B2C.1795/mx
Content-Description: Delivery report
Content-Type: message/{kind}
{said}
{status}

--1B2C.1795/mx
Content-Type: message/rfc822

From: Lakeside <no-reply@mail.example.com>
To: ada@example.org
Subject: Your appointment
{original}
Friday at ten.

--1B2C.1795/mx--
""".replace("\n", "\r\n").encode()


POSTFIX = report("""\
Reporting-MTA: dns; mx.example.net
X-Postfix-Queue-ID: 4F2B41A0C3
X-Postfix-Sender: rfc822; token@bounces.example.com
Arrival-Date: Sun, 22 Nov 2026 09:00:01 +0000 (UTC)

Final-Recipient: rfc822; ada@example.org
Original-Recipient: rfc822;ada@example.org
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.example.org
Diagnostic-Code: smtp; 550 5.1.1 <ada@example.org>: Recipient address rejected:
    User unknown in virtual mailbox table""")

POSTFIX_DELAYED = report("""\
Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; ada@example.org
Action: delayed
Status: 4.4.1
Diagnostic-Code: X-Postfix; connect to mx.example.org[192.0.2.7]:25: Connection timed out
Will-Retry-Until: Fri, 27 Nov 2026 09:00:01 +0000 (UTC)""")

SENDMAIL_FULL = report("""\
Reporting-MTA: dns; relay.example.net
Received-From-MTA: DNS; app.example.com
Arrival-Date: Tue, 17 Nov 2026 09:00:01 GMT

Final-Recipient: RFC822; ada@example.org
Action: failed
Status: 4.4.7
Diagnostic-Code: SMTP; 452 4.2.2 Over quota
Last-Attempt-Date: Sun, 22 Nov 2026 09:05:00 GMT""")

EXCHANGE = report(
    """\
Reporting-MTA: dns;AM0PR01MB1234.eurprd01.prod.exchangelabs.com
Received-From-MTA: dns;mx.example.net
Arrival-Date: Sun, 22 Nov 2026 09:00:01 +0000

Final-Recipient: rfc822;ada@example.org
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient ada@example.org not found by SMTP address lookup""",
    note='<html><body style="margin:0">' + "<span>Your message could not be delivered.</span>" * 60 + "</body></html>",
)

OFFICE_365_UNCLEAR = report("""\
Reporting-MTA: dns;DB5EUR03FT012.mail.protection.outlook.com

Final-Recipient: rfc822;ada@example.org
Action: failed
Status: 5.4.1
Diagnostic-Code: smtp;550 5.4.1 Recipient address rejected: Access denied. AS(201806281)""")

GMAIL = report("""\
Reporting-MTA: dns; googlemail.com
Arrival-Date: Sun, 22 Nov 2026 01:00:01 -0800 (PST)
X-Original-Message-ID: <reminder.1@mail.example.com>

Final-Recipient: rfc822; ada@example.org
Action: failed
Status: 5.1.1
Remote-MTA: dns; gmail-smtp-in.l.google.com. (192.0.2.27, the server for the domain example.org.)
Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please try
 550-5.1.1 double-checking the recipient's email address for typos or
 550 5.1.1 unnecessary spaces.
Last-Attempt-Date: Sun, 22 Nov 2026 01:00:02 -0800 (PST)""")

GMAIL_POLICY = report("""\
Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; ada@example.org
Action: failed
Status: 5.7.26
Diagnostic-Code: smtp; 550-5.7.26 This mail has been blocked because the sender is unauthenticated.
 550 5.7.26 DMARC policy of the domain was not met.""")

YAHOO = report("""\
Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; ada@example.org
Action: failed
Status: 5.0.0
Diagnostic-Code: smtp; 554 delivery error: dd This user doesn't have a yahoo.com account (ada@example.org) [0] - mta1234.mail.bf1.yahoo.com""")

# Sendmail writes the code of a class when the other server's is unknown, and says nothing more.
GENERIC = report("""\
Reporting-MTA: dns; relay.example.net

Final-Recipient: RFC822; ada@example.org
Action: failed
Status: 5.0.0""")

SENDER_REJECTED = report("""\
Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; ada@example.org
Action: failed
Status: 5.1.0
Diagnostic-Code: smtp; 550 5.1.0 <token@bounces.example.com> sender rejected""")

NO_DOMAIN = report("""\
Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; ada@example.org
Action: failed
Status: 5.4.4
Diagnostic-Code: X-Postfix; Host or domain name not found. Name service error for name=example.org type=A: Host not found""")

TOO_LARGE = report("""\
Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; ada@example.org
Action: failed
Status: 5.3.4
Diagnostic-Code: smtp; 552 5.3.4 Message size exceeds fixed limit""")

DELIVERED = report("""\
Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; ada@example.org
Action: delivered (to mailbox)
Status: 2.0.0""")

TWO_RECIPIENTS = report("""\
Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; other@example.org
Action: delayed
Status: 4.4.1

Final-Recipient: rfc822; ada@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown""")

GLOBAL = report(
    """\
Reporting-MTA: dns; mx.example.net

Final-Recipient: utf-8; ädä@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 Benutzer unbekannt: user unknown""",
    kind="global-delivery-status",
)

# "Action: failed", "Status: 5.1.1" and "550 5.1.1 User unknown", in Base64.
BASE64 = report(
    "UmVwb3J0aW5nLU1UQTogZG5zOyBteC5leGFtcGxlLm5ldAoKRmluYWwtUmVjaXBpZW50OiByZmM4\nMjI7IGFkYUBleGFtcGxlLm9yZwpBY3Rpb246IGZhaWxlZApTdGF0dXM6IDUuMS4xCkRpYWdub3N0\n"
    "aWMtQ29kZTogc210cDsgNTUwIDUuMS4xIFVzZXIgdW5rbm93bgo=",
    encoding="base64",
)

# What the returned mail says is no report, whoever wrote it.
ONLY_IN_THE_RETURNED_MAIL = report(
    """\
Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; ada@example.org
Action: failed
Status: 5.0.0
Diagnostic-Code: smtp; 554 transaction failed""",
    original="Diagnostic-Code: smtp; 550 5.1.1 User unknown\nAction: failed\nStatus: 5.1.1\n",
)

EXIM = b"""\
Return-path: <>\r
X-Failed-Recipients: ada@example.org\r
Auto-Submitted: auto-replied\r
From: Mail Delivery System <Mailer-Daemon@mx.example.net>\r
To: token@bounces.example.com\r
Subject: Mail delivery failed: returning message to sender\r
Content-Type: text/plain; charset=us-ascii\r
\r
This message was created automatically by mail delivery software.\r
\r
A message that you sent could not be delivered to one or more of its\r
recipients. This is a permanent error. The following address(es) failed:\r
\r
  ada@example.org\r
    host mx.example.org [192.0.2.7]\r
    SMTP error from remote mail server after RCPT TO:<ada@example.org>:\r
    550 5.1.1 <ada@example.org>: Recipient address rejected: User unknown\r
\r
------ This is a copy of the message, including all the headers. ------\r
\r
Subject: mailbox full\r
"""

QMAIL = b"""\
From: MAILER-DAEMON@mx.example.net\r
To: token@bounces.example.com\r
Subject: failure notice\r
\r
Hi. This is the qmail-send program at mx.example.net.\r
I'm afraid I wasn't able to deliver your message to the following addresses.\r
This is a permanent error; I've given up. Sorry it didn't work out.\r
\r
<ada@example.org>:\r
192.0.2.7 does not like recipient.\r
Remote host said: 550 sorry, no mailbox here by that name. (#5.1.1)\r
Giving up on 192.0.2.7.\r
\r
--- Below this line is a copy of the message.\r
\r
Subject: Your appointment\r
\r
over quota\r
"""

OUT_OF_OFFICE = b"""\
From: ada@example.org\r
To: token@bounces.example.com\r
Subject: Out of office: user unknown\r
Auto-Submitted: auto-replied\r
Content-Type: text/plain\r
\r
I am away, my mailbox is full and 550 5.1.1 User unknown. Back on Monday.\r
"""

EXPECTED = {
    "POSTFIX": ("failed", "dead_address"),
    "POSTFIX_DELAYED": ("delayed", None),
    "SENDMAIL_FULL": ("failed", "mailbox_full"),
    "EXCHANGE": ("failed", "dead_address"),
    "OFFICE_365_UNCLEAR": ("failed", "unclear"),
    "GMAIL": ("failed", "dead_address"),
    "GMAIL_POLICY": ("failed", "policy"),
    "YAHOO": ("failed", "dead_address"),
    "GENERIC": ("failed", "unclear"),
    "SENDER_REJECTED": ("failed", "our_fault"),
    "NO_DOMAIN": ("failed", "dns"),
    "TOO_LARGE": ("failed", "size"),
    "DELIVERED": ("delivered", None),
    "TWO_RECIPIENTS": ("failed", "dead_address"),
    "GLOBAL": ("failed", "dead_address"),
    "BASE64": ("failed", "dead_address"),
    "ONLY_IN_THE_RETURNED_MAIL": ("failed", "unclear"),
    "EXIM": ("failed", "dead_address"),
    "QMAIL": ("failed", "dead_address"),
}
