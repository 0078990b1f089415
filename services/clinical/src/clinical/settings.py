"""The settings of the clinical service, in addition to those of every service."""

from pydantic import Field, PositiveFloat, model_validator

from chassis.settings import Settings

# The longest that a workspace may say a device is away for (`offline_days` of its settings).
MOST_OFFLINE_DAYS = 90


class ClinicalSettings(Settings):
    # Bytes that the attachments of a workspace may have in total.
    storage_quota_bytes: int = Field(5 * 1024**3, ge=0)
    # Days for which a deleted note can be restored; then it is erased.
    deleted_notes_days: PositiveFloat = 30
    # Days until it is forgotten which items devices have sent.
    sync_receipts_days: PositiveFloat = 180

    @model_validator(mode="after")
    def _receipts_outlast_devices(self) -> "ClinicalSettings":
        if self.sync_receipts_days <= self.deleted_notes_days + MOST_OFFLINE_DAYS:
            raise ValueError(
                f"CASELOAD_SYNC_RECEIPTS_DAYS must be more than CASELOAD_DELETED_NOTES_DAYS and {MOST_OFFLINE_DAYS} days together: a device "
                "that was away for so long sends again what it has sent before"
            )
        return self
