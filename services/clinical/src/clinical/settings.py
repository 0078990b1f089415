"""The settings of the clinical service, in addition to those of every service."""

from pydantic import Field, PositiveFloat

from chassis.settings import Settings


class ClinicalSettings(Settings):
    # Bytes that the attachments of a workspace may have in total.
    storage_quota_bytes: int = Field(5 * 1024**3, ge=0)
    # Days for which a deleted note can be restored; then it is erased.
    deleted_notes_days: PositiveFloat = 30
