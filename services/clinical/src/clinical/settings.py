"""The settings of the clinical service, in addition to those of every service."""

import re

from pydantic import Field, PositiveFloat, field_validator, model_validator

from chassis.settings import Settings, is_local_address

_ADDRESS = re.compile(r"unix:/.+|[^/:]+:[0-9]{1,5}|\[[0-9a-fA-F:]+\]:[0-9]{1,5}")
# The longest that a workspace may say a device is away for (`offline_days` of its settings).
MOST_OFFLINE_DAYS = 90


class ClinicalSettings(Settings):
    # Bytes that the attachments of a workspace may have in total.
    storage_quota_bytes: int = Field(5 * 1024**3, ge=0)
    # Days for which a deleted note can be restored; then it is erased.
    deleted_notes_days: PositiveFloat = 30
    # host:port or unix:/path of clamd, which looks for malware in every file. Empty: none does.
    clamd: str = ""
    # Seconds that clamd may take for a file.
    clamd_seconds: PositiveFloat = 30
    # Days until it is forgotten which items devices have sent.
    sync_receipts_days: PositiveFloat = 180

    @field_validator("clamd")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if value and not _ADDRESS.fullmatch(value):
            raise ValueError("CASELOAD_CLAMD is host:port or unix:/path")
        return value

    @model_validator(mode="after")
    def _receipts_outlast_devices(self) -> "ClinicalSettings":
        if self.sync_receipts_days <= self.deleted_notes_days + MOST_OFFLINE_DAYS:
            raise ValueError(
                f"CASELOAD_SYNC_RECEIPTS_DAYS must be more than CASELOAD_DELETED_NOTES_DAYS and {MOST_OFFLINE_DAYS} days together: a device "
                "that was away for so long sends again what it has sent before"
            )
        return self

    def faults(self) -> list[str]:
        leaves = self.clamd and not is_local_address(self.clamd)
        return [*super().faults(), *(["CASELOAD_CLAMD leaves this machine, and clamd knows no TLS"] if leaves else ())]
