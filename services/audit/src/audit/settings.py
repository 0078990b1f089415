"""The settings of the audit service, in addition to those of every service."""

from pydantic import Field

from chassis.settings import Settings


class AuditSettings(Settings):
    # Seconds between a chain's growth and the publishing of its checkpoint. A truncation is proved back to the last one.
    checkpoint_seconds: float = Field(15.0, ge=0)
