"""The settings of the clinical service, in addition to those of every service."""

from pydantic import Field

from chassis.settings import Settings


class ClinicalSettings(Settings):
    # Bytes that the attachments of a workspace may have in total.
    storage_quota_bytes: int = Field(5 * 1024**3, ge=0)
