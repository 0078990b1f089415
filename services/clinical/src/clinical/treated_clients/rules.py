"""What may be added for a client. Pure functions."""

from datetime import datetime

from chassis.errors import NotFound


def check_not_erased(erased_at: datetime | None) -> None:
    """Raises NotFound if the client was erased while something was being added for them."""
    if erased_at is not None:
        raise NotFound("not_found", "There is no such client.")
