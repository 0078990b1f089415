"""What may be recorded of a consent."""

from datetime import UTC, datetime, timedelta

from chassis.errors import Conflict, Fault, Invalid

MAX_TEXT_VERSION = 100
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
# By how much the clock of a caller may be fast.
CLOCK_SKEW = timedelta(minutes=5)
# What the client record's own consent_status is about.
TREATMENT = "treatment"


def check_consent(text_version: str, given_at: datetime, *, now: datetime) -> None:
    """Raises Invalid with a fault for every wrong field. The text is without white space around it."""
    faults = []
    if not 1 <= len(text_version) <= MAX_TEXT_VERSION:
        faults.append(Fault("/text_version", f"must have 1 to {MAX_TEXT_VERSION} characters"))
    if not text_version.isprintable():
        faults.append(Fault("/text_version", "must be one line without control characters"))
    if given_at < EARLIEST:
        faults.append(Fault("/given_at", "must not be before 1900"))
    if given_at > now + CLOCK_SKEW:
        faults.append(Fault("/given_at", "must not be in the future"))
    if faults:
        raise Invalid("consent_invalid", "The consent cannot be recorded like this.", faults=faults)


def check_in_force(withdrawn_at: datetime | None) -> None:
    """Raises Conflict for a consent that was withdrawn."""
    if withdrawn_at is not None:
        told = withdrawn_at.isoformat().replace("+00:00", "Z")
        raise Conflict("consent_withdrawn", "This consent is withdrawn already.", facts={"withdrawn_at": told})
