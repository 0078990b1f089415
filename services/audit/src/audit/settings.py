"""What the audit service is told from outside, beside what every service is."""

from pydantic import Field

from chassis.settings import Settings


class AuditSettings(Settings):
    # How long a chain may grow before its head is copied to the file store; a cut is proved back to the last copy.
    checkpoint_seconds: float = Field(15.0, ge=0)
