"""What becomes of an offer whose mail does not reach its client."""

from collections.abc import Mapping
from typing import Any

from caseload.notifications.v1 import events_pb2
from chassis.work.unit_of_work import UnitOfWork

KIND = "waitlist_offer"


def pass_on(work: UnitOfWork, row: Mapping[str, Any], status: str, reason: str | None) -> None:
    """Announces that an offer reaches nobody, whatever mail the row is: its address is held, or the mail has bounced.

    Who has no address, or takes no mail, is another matter: the practice knows, and calls.
    """
    if row.get("kind") == KIND and (status == "bounced" or reason == "address_held"):
        work.emit(events_pb2.OfferNotMailed(offer_id=str(row["id"])))
