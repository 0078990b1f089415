"""The settings of the notifications service, in addition to those of every service."""

from pydantic import Field, model_validator

from chassis.settings import Settings


class NotificationsSettings(Settings):
    # Seconds between two polls for mail that has become due or is to be tried again.
    sending_poll_seconds: float = Field(2.0, gt=0)
    # Mails of each kind that are sent at the same time.
    mails_at_once: int = Field(5, ge=1)
    # Seconds one conversation with the mail server may take in total.
    mail_seconds: float = Field(60.0, gt=0)
    # Seconds after which a claimed mail whose outcome was not recorded may be claimed again: its sender is lost.
    lease_seconds: float = Field(180.0, gt=0)
    # Seconds before a mail that was not accepted is tried again. Doubles with every attempt.
    retry_seconds: float = Field(15.0, gt=0)

    # Seconds between two looks for alerts whose next step is due.
    alert_poll_seconds: float = Field(0.5, gt=0, le=1.0)
    # Seconds after which an alert whose step was claimed and not taken may be claimed again: its worker is lost.
    alert_lease_seconds: float = Field(3.0, gt=0)
    # Alerts that a process takes further at the same time.
    alerts_at_once: int = Field(10, ge=1)

    # Days until these are deleted: mails after they were written, reminders and copies of appointments after the start, overrides of
    # who is on call after their end.
    mails_days: float = Field(30, gt=0)
    reminders_days: float = Field(730, gt=0)
    appointment_copies_days: float = Field(90, gt=0)
    on_call_overrides_days: float = Field(730, gt=0)

    @model_validator(mode="after")
    def _lease_outlasts_the_conversation(self) -> "NotificationsSettings":
        if self.lease_seconds <= self.mail_seconds:
            raise ValueError(
                "CASELOAD_LEASE_SECONDS must be more than CASELOAD_MAIL_SECONDS: a sender must keep its claim while it is sending"
            )
        return self

    def faults(self) -> list[str]:
        found = super().faults()
        if not self.smtp_url.get_secret_value():
            found.append("CASELOAD_SMTP_URL is not set: no reminder and no sign-in link would ever be mailed")
        return found
