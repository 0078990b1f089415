"""The settings of the audit service, in addition to those of every service."""

from urllib.parse import parse_qs, urlsplit

from pydantic import Field

from chassis.settings import Settings


class AuditSettings(Settings):
    # Seconds between a chain's growth and the publishing of its checkpoint. A truncation is proved back to the last one.
    checkpoint_seconds: float = Field(15.0, ge=0)
    # Seconds between two signed tree heads, while chains grow.
    tree_head_seconds: float = Field(60.0, ge=0)
    # Seconds after which a chain that was verified from its beginning is verified again, in the background.
    verification_seconds: float = Field(40.0, ge=0)
    # How long what is over of a job, and the manifest of an export, can be asked for.
    jobs_days: float = Field(90.0, ge=1.0)

    def faults(self) -> list[str]:
        store = urlsplit(self.blob_url)
        if store.scheme == "s3" and "lock" not in parse_qs(store.query):
            return [*super().faults(), "CASELOAD_BLOB_URL of audit says nothing of object lock (lock=governance, compliance or none)"]
        return super().faults()
