"""What the notifications service is told besides what every service is."""

from pydantic import Field, model_validator

from chassis.settings import Settings


class NotificationsSettings(Settings):
    # Seconds between two looks for work nobody announced: what has become due, and what is tried again.
    sending_poll_seconds: float = Field(2.0, gt=0)
    # Conversations with the mail server at a time, of each kind of mail.
    mails_at_once: int = Field(5, ge=1)
    # Seconds one conversation may take in all.
    mail_seconds: float = Field(60.0, gt=0)
    # Seconds after which a claimed mail whose sender has said nothing counts as lost with its sender.
    lease_seconds: float = Field(180.0, gt=0)
    # Seconds before a mail that was not taken is tried again; doubles with every attempt.
    retry_seconds: float = Field(15.0, gt=0)

    @model_validator(mode="after")
    def _lease_outlasts_the_conversation(self) -> "NotificationsSettings":
        if self.lease_seconds <= self.mail_seconds:
            raise ValueError("CASELOAD_LEASE_SECONDS must be more than CASELOAD_MAIL_SECONDS: a living sender must keep its claim")
        return self

    def faults(self) -> list[str]:
        found = super().faults()
        if not self.smtp_url.get_secret_value():
            found.append("CASELOAD_SMTP_URL is not set: no reminder and no sign-in link would ever be mailed")
        return found
