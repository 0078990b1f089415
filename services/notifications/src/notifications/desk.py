"""The desk where a process's mail is dealt with: reactions put work on it and wake the senders who go round."""

from datetime import timedelta

from chassis.service.definition import Loop
from chassis.service.runtime import Runtime
from notifications.magic_links.sending import magic_links
from notifications.mail.rounds import Rounds
from notifications.mail.sending import Kind, Sender
from notifications.mail.smtp import MailServer
from notifications.peers import Peers
from notifications.reminders.sending import reminders
from notifications.settings import NotificationsSettings


class Desk:
    """Sign-in links have rounds of their own: somebody waits for them, and no heap of reminders may stand before them."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._settings: NotificationsSettings = runtime.settings
        self.peers = Peers.of(runtime)
        self._server = MailServer(self._settings.smtp_url.get_secret_value(), seconds=self._settings.mail_seconds)
        first_pause = timedelta(seconds=self._settings.retry_seconds)
        self.reminders = self._rounds(reminders(runtime, self.peers, first_pause=first_pause))
        self.mails = self._rounds(magic_links(runtime, self.peers.sign_in))

    @property
    def loops(self) -> list[Loop]:
        return [self.reminders.run, self.mails.run]

    def _rounds(self, kind: Kind) -> Rounds:
        lease = timedelta(seconds=self._settings.lease_seconds)
        sender = Sender(self._runtime, self._server, kind, lease=lease)
        return Rounds(
            self._runtime.database,
            kind.name,
            sender.send,
            at_once=self._settings.mails_at_once,
            lease=lease,
            poll=self._settings.sending_poll_seconds,
            # At the end of the process; what takes longer is found `sending` by the next one.
            patience=min(self._settings.mail_seconds, 10.0),
        )
