"""Sends the mail and the text messages of this process: a poller for reminders by each, and one for mails that somebody is waiting for."""

from datetime import timedelta
from typing import Any

from chassis.service.definition import Loop
from chassis.service.runtime import Runtime
from chassis.work.poller import Poller
from chassis.work.unit_of_work import UnitOfWork
from notifications.account_mails.mail import account_mail
from notifications.calendar_updates.mail import KIND as CALENDAR_UPDATE
from notifications.calendar_updates.mail import calendar_mail, record_calendar_mail
from notifications.escalations.mail import alert_mails
from notifications.mail.channel import Channel, MailChannel, Message
from notifications.mail.sender import Claim, MailKind, Sender
from notifications.mail.smtp import SmtpClient
from notifications.payment_requests.mail import payment_request_mail, record
from notifications.personal_mails.mail import personal_mails
from notifications.personal_mails.notices import notices
from notifications.reminder_answers.declined_mail import KIND as CANCELLATION_DECLINED
from notifications.reminder_answers.declined_mail import declined_mail, record_declined_mail
from notifications.reminder_answers.mail import KIND as CANCELLATION_ASKED
from notifications.reminder_answers.mail import cancellation_mail
from notifications.reminders.mail import reminder_mail
from notifications.reminders.text_message import reminder_text_message
from notifications.settings import NotificationsSettings
from notifications.sms_channels.channel import HttpChannel
from notifications.stubs import Stubs
from notifications.waitlist_offers.mail import waitlist_offer_mail
from notifications.waitlist_offers.workflow import KIND as WAITLIST_OFFER
from notifications.waitlist_offers.workflow import pass_on
from notifications.webhooks.worker import WebhookWorker


class MailWorker:
    """Mails about accounts have a poller of their own, so that many due reminders cannot delay a link that a person waits for."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._settings: NotificationsSettings = runtime.settings
        self._smtp = SmtpClient(
            self._settings.smtp_url.get_secret_value(), seconds=self._settings.mail_seconds, kept=self._settings.mails_at_once
        )
        # Half as many connections as mails: one is on its way on each while another waits with its commands. What somebody is waiting for waits for none.
        self._smtp_of_reminders = SmtpClient(
            self._settings.smtp_url.get_secret_value(),
            seconds=self._settings.mail_seconds,
            kept=max(1, self._settings.mails_at_once // 2),
            shared=True,
        )
        stubs = Stubs.of(runtime)
        first_pause = timedelta(seconds=self._settings.retry_seconds)
        mail, texts = MailChannel(runtime, self._smtp), HttpChannel(runtime.once(WebhookWorker).outgoing)
        self.reminders = self._poller(MailChannel(runtime, self._smtp_of_reminders), reminder_mail(runtime, stubs, first_pause=first_pause))
        self.text_messages = self._poller(
            texts,
            reminder_text_message(runtime, stubs, texts, first_pause=first_pause),
            # Of any number of workspaces, each with a provider of its own.
            concurrency=self._settings.webhooks_at_once,
            most_of_one=max(1, self._settings.webhooks_at_once // 4),
        )
        other = {
            "payment_request": payment_request_mail(runtime, stubs),
            CALENDAR_UPDATE: calendar_mail(runtime, stubs),
            CANCELLATION_ASKED: cancellation_mail(runtime, stubs),
            CANCELLATION_DECLINED: declined_mail(runtime, stubs),
            WAITLIST_OFFER: waitlist_offer_mail(runtime, stubs),
            **notices(runtime, stubs),
            **alert_mails(runtime, stubs),
            **personal_mails(runtime, stubs),
        }
        self.account_mails = self._poller(mail, account_mail(runtime, stubs.sign_in, stubs.invitations, other=other, record=_record))

    @property
    def loops(self) -> list[Loop]:
        return [self._smtp.run, self._smtp_of_reminders.run, self.reminders.run, self.text_messages.run, self.account_mails.run]

    def wake_reminders(self) -> None:
        """Has what is due looked for at once, by whatever it is sent."""
        self.reminders.wake()
        self.text_messages.wake()

    def _poller(
        self, channel: Channel[Message], kind: MailKind[Message], *, concurrency: int = 0, most_of_one: int | None = None
    ) -> Poller[Claim]:
        at_once = concurrency or self._settings.mails_at_once
        lease = timedelta(seconds=self._settings.lease_seconds)
        sender = Sender(self._runtime, channel, kind, lease=lease, at_once=at_once, most_of_one=most_of_one)
        return Poller(
            kind.name,
            sender.claim,
            sender.send,
            log_fields=sender.log_fields,
            concurrency=at_once,
            interval=self._settings.sending_poll_seconds,
            # When the process stops. A mail that takes longer is found in status `sending` later and becomes `unknown`.
            grace=min(self._settings.mail_seconds, 10.0),
        )


def _record(work: UnitOfWork, row: Any, status: str, reason: str | None) -> None:
    """What follows of the end of some mails: an audit line, or that an offer goes to somebody else."""
    record(work, row, status, reason)
    record_calendar_mail(work, row, status, reason)
    record_declined_mail(work, row, status, reason)
    pass_on(work, row, status, reason)
