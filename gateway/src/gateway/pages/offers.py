"""The page of the link in an offer of the waitlist. Nobody is signed in there, and nothing runs: opening the link changes nothing, its button does."""

from typing import Any

from starlette.responses import Response

from caseload.notifications.v1 import offer_answers_pb2 as pb
from chassis.errors import Conflict, NotFound, Unavailable
from gateway.pages.destinations import OFFER
from gateway.pages.visit import UncheckedVisit, Visit
from gateway.routing.nouns import noun_router

router = noun_router("", "pages", root="")


@router.get(OFFER, include_in_schema=False)
async def get_offer_page(visit: UncheckedVisit) -> Response:
    return await _page(visit, accepts=False)


@router.post(OFFER, include_in_schema=False)
async def accept_offer_by_link(visit: UncheckedVisit) -> Response:
    return await _page(visit, accepts=True)


async def _page(visit: Visit, *, accepts: bool) -> Response:
    """What there is to accept, or what has come of it."""
    answers, asked = visit.request.stubs.offer_answers, {"token": _token(visit), "locale": visit.language.code}
    try:
        if accepts:
            link = await answers.AcceptOffer(pb.AcceptOfferRequest(**asked), visit.request.context)
        else:
            link = await answers.GetOfferLink(pb.GetOfferLinkRequest(**asked), visit.request.context)
    except (Conflict, NotFound, Unavailable) as refusal:
        told = visit.refused(refusal)
        shown: dict[str, Any] = {"status": told["status"], "text": told["problem"], "retry_after": told["retry_after"]}
        return visit.page("message.html", "sorry_title", narrow=True, link="", **shown)
    if link.is_accepted:
        return visit.page("message.html", "offer_title", narrow=True, text=_filled(visit, link, "reminder_confirmed_text"), link="")
    if not link.is_open:
        return visit.page("message.html", "offer_title", narrow=True, text=visit.t["problem_waitlist_offer"], link="")
    texts: dict[str, Any] = {"text": _filled(visit, link, "offer_text"), "button": visit.t["offer_button"]}
    return visit.page("confirm.html", "offer_title", narrow=True, action=visit.request.path, token=_token(visit), **texts)


def _filled(visit: Visit, link: pb.OfferLink, text: str) -> str:
    return visit.t[text].format(practice=link.practice, date=link.date, time=link.time)


def _token(visit: Visit) -> str:
    return (visit.form.get("token", "") or visit.query.get("token", ""))[:512]
