"""What clinical is told from outside, beyond what every service is."""

from pydantic import Field

from chassis.settings import Settings


class ClinicalSettings(Settings):
    # Bytes a workspace may keep in attachments.
    storage_quota_bytes: int = Field(5 * 1024**3, ge=0)
