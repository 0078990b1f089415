"""Tells the operator by mail of backups that are late, fail or cannot be restored: once a day each, for as long as it is so."""

import asyncio
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

from chassis import private_files
from notifications.mail.smtp import DeliveryFailure, SmtpClient
from standalone.backups.background import BackgroundWork
from standalone.home import Home

log = logging.getLogger(__name__)
_LOOK_EVERY = 60.0
_FIRST_LOOK_AFTER = 900.0
_TOLD_AGAIN_AFTER = timedelta(days=1)
# What comes and goes, like a target on a poor network, is one problem and not a mail each time.
_WELL_AFTER = timedelta(hours=1)
_SECONDS = 30.0


class OperatorMail(BackgroundWork):
    """`look` returns what is wrong, by subject. It is asked every minute, and must be quick."""

    def __init__(self, home: Home, smtp_url: str, sender: str, operator: str, look: Callable[[datetime], Mapping[str, str]]) -> None:
        self._told_path = home.backups / "told.json"
        self._home = home
        self._smtp = SmtpClient(smtp_url, seconds=_SECONDS)
        self._sender = sender
        self._operator = operator
        self._look = look
        # Until it is on disk, which may be full: that is what the mail is about.
        self._known: dict[str, datetime] | None = None
        self._well_since: dict[str, datetime] = {}

    async def _run(self) -> None:
        # What was late because nothing ran has that long to be made.
        await asyncio.sleep(_FIRST_LOOK_AFTER)
        while True:
            try:
                await self.tell(datetime.now(UTC))
            except (DeliveryFailure, OSError) as failure:
                log.warning("the operator was not told of a problem with backups: %s", failure)
            await asyncio.sleep(_LOOK_EVERY)

    async def tell(self, now: datetime) -> bool:
        """Whether a mail was sent. What was well for an hour is forgotten, and told anew when it is not. Raises OSError where it cannot be written down."""
        wrong, told = self._look(now), self._told() if self._known is None else self._known
        told = {subject: at for subject, at in told.items() if now - self._well_since.get(subject, now) < _WELL_AFTER}
        due = [subject for subject in wrong if subject not in told or not timedelta() <= now - told[subject] < _TOLD_AGAIN_AFTER]
        if due:
            await self._smtp.send(self._message(wrong, due))
        self._well_since = {subject: self._well_since.get(subject, now) for subject in told if subject not in wrong}
        self._known = told | dict.fromkeys(due, now)
        if self._known != self._told():
            self._home.backups.mkdir(exist_ok=True, mode=0o700)
            private_files.write(self._told_path, json.dumps({subject: at.isoformat() for subject, at in self._known.items()}).encode())
        return bool(due)

    def _message(self, wrong: Mapping[str, str], due: Sequence[str]) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"] = self._sender, self._operator
        message["Subject"] = f"Caseload: something is wrong with {' and '.join(due)}"
        lines = [f"- {subject}: {what}" for subject, what in wrong.items()]
        message.set_content("\n".join([f"Of the installation in {self._home.directory}:", "", *lines, "", "`caseload doctor` says more."]))
        return message

    def _told(self) -> dict[str, datetime]:
        try:
            return {subject: datetime.fromisoformat(at) for subject, at in json.loads(self._told_path.read_text()).items()}
        except (FileNotFoundError, ValueError, AttributeError):
            return {}
