"""The settings of the notifications service, in addition to those of every service."""

from ipaddress import IPv4Network, IPv6Network
from typing import Literal

from pydantic import Field, field_validator, model_validator

from chassis.outgoing.addresses import networks as parse_networks
from chassis.settings import Settings


class NotificationsSettings(Settings):
    # Seconds between two polls for mail that has become due or is to be tried again.
    sending_poll_seconds: float = Field(2.0, gt=0)
    # Mails of each kind that are sent at the same time.
    mails_at_once: int = Field(5, ge=1)
    # Seconds one conversation with the mail server may take in total.
    mail_seconds: float = Field(60.0, gt=0)
    # Seconds after which a mail that is being sent counts as `unknown` where no outcome was recorded: its sender is lost.
    lease_seconds: float = Field(180.0, gt=0)
    # Seconds before a mail that was not accepted is tried again. Doubles with every attempt.
    retry_seconds: float = Field(15.0, gt=0)

    # The domain that reports about mail which was not delivered are addressed to, as bounces.example.org. Without it mail has its sender's
    # address as return path, and nothing here learns of what the mail server could not deliver.
    bounce_domain: str = ""
    # Where such reports are received, host:port; not at all without it. The mail exchanger of the domain hands them on to here.
    bounce_listen: str = ""
    bounce_protocol: Literal["smtp", "lmtp"] = "smtp"

    # Seconds between two looks for alerts whose next step is due.
    alert_poll_seconds: float = Field(0.5, gt=0, le=1.0)
    # Seconds after which an alert whose step was claimed and not taken may be claimed again: its worker is lost.
    alert_lease_seconds: float = Field(3.0, gt=0)
    # Alerts that a process takes further at the same time.
    alerts_at_once: int = Field(10, ge=1)

    # Webhooks that are sent messages at the same time, and messages that one of them is sent at the same time.
    webhooks_at_once: int = Field(32, ge=1)
    webhook_messages_at_once: int = Field(4, ge=1)
    # Seconds for which a message waits for others about the same record, which may come in any order.
    webhook_settling_seconds: float = Field(1.0, ge=0)
    # Seconds a webhook has to answer in.
    webhook_seconds: float = Field(10.0, gt=0, le=60)
    # Seconds after which somebody else may send to a webhook whose sender is lost.
    webhook_lease_seconds: float = Field(40.0, gt=0)
    # Networks that are not public and have receivers of workspaces' webhooks, comma-separated; by default none. Messages may go to them without
    # TLS, too. Whoever administers a workspace can have requests sent to every address in them.
    webhook_private_networks: str = ""

    # Days until these are deleted: mails after they were written, reminders and copies of appointments after the start, overrides
    # of who is on call after their end.
    mails_days: float = Field(30, gt=0)
    reminders_days: float = Field(730, gt=0)
    appointment_copies_days: float = Field(90, gt=0)
    # The links in reminders, and what these have put into clients' calendars, after the start. Whoever finds an old mail can opt out by it as long.
    reminder_links_days: float = Field(90, gt=0)
    # Reports about mail that was not delivered are known by its return path for so long.
    return_paths_days: float = Field(30, gt=0)
    # Days after its last failure until an address is mailed again.
    address_troubles_days: float = Field(365, gt=0)
    webhook_deliveries_days: float = Field(30, gt=0)
    on_call_overrides_days: float = Field(730, gt=0)

    @field_validator("webhook_private_networks")
    @classmethod
    def _networks(cls, networks: str) -> str:
        parse_networks(networks)
        return networks

    def webhook_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        return parse_networks(self.webhook_private_networks)

    @model_validator(mode="after")
    def _lease_outlasts_the_conversation(self) -> "NotificationsSettings":
        if self.lease_seconds <= self.mail_seconds:
            raise ValueError(
                "CASELOAD_LEASE_SECONDS must be more than CASELOAD_MAIL_SECONDS: a sender must keep its claim while it is sending"
            )
        if self.bounce_listen and not self.bounce_domain:
            raise ValueError("CASELOAD_BOUNCE_LISTEN needs CASELOAD_BOUNCE_DOMAIN: no mail would have a return path that leads there")
        if self.webhook_lease_seconds <= 2 * self.webhook_seconds:
            raise ValueError(
                "CASELOAD_WEBHOOK_LEASE_SECONDS must be more than twice CASELOAD_WEBHOOK_SECONDS: a sender must keep its claim while it is sending"
            )
        return self

    def faults(self) -> list[str]:
        found = super().faults()
        if not self.smtp_url.get_secret_value():
            found.append("CASELOAD_SMTP_URL is not set: no reminder and no sign-in link would ever be mailed")
        return found
