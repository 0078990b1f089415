"""The pages of the links in a reminder: to confirm or cancel an appointment, and to get no more of them. Nobody is signed in there, and nothing runs.

Opening a link changes nothing: mail scanners open links, some of them with a browser. A button does, and for opting out also the POST that mail
programs send for their own button (RFC 8058), which has no cookie and is not redirected.
"""

from typing import Any

from starlette.responses import Response

from caseload.notifications.v1 import reminder_answers_pb2 as pb
from caseload.notifications.v1 import reminder_policies_pb2, reminders_pb2
from chassis.errors import Conflict, NotFound, Refusal, Unavailable
from gateway.pages.destinations import CANCEL, CONFIRM, OPT_OUT
from gateway.pages.visit import UncheckedVisit, Visit
from gateway.routing.nouns import noun_router

router = noun_router("", "pages", root="")

_EXPECTED = (Conflict, NotFound, Unavailable)


@router.get(CONFIRM, include_in_schema=False)
async def get_confirmation_page(visit: UncheckedVisit) -> Response:
    return await _page(visit, _confirmation)


@router.post(CONFIRM, include_in_schema=False)
async def confirm_by_link(visit: UncheckedVisit) -> Response:
    return await _page(visit, _confirmation, answer=pb.REMINDER_ANSWER_CONFIRM)


@router.get(CANCEL, include_in_schema=False)
async def get_cancellation_page(visit: UncheckedVisit) -> Response:
    return await _page(visit, _cancellation)


@router.post(CANCEL, include_in_schema=False)
async def cancel_by_link(visit: UncheckedVisit) -> Response:
    return await _page(visit, _cancellation, answer=pb.REMINDER_ANSWER_CANCEL)


@router.get(OPT_OUT, include_in_schema=False)
async def get_opt_out_page(visit: UncheckedVisit) -> Response:
    return await _page(visit, _opting_out)


@router.post(OPT_OUT, include_in_schema=False)
async def opt_out_by_link(visit: UncheckedVisit) -> Response:
    return await _page(visit, _opting_out, answer=pb.REMINDER_ANSWER_OPT_OUT)


async def _page(visit: Visit, show: Any, *, answer: pb.ReminderAnswer | None = None) -> Response:
    """What `show` makes of the link, after the answer if there is one; a sentence where there is nothing to answer any more."""
    links, asked = visit.request.stubs.reminder_answers, {"token": _token(visit), "locale": visit.language.code}
    try:
        if answer is None:
            link = await links.GetReminderLink(pb.GetReminderLinkRequest(**asked), visit.request.context)
        else:
            link = await links.AnswerReminder(pb.AnswerReminderRequest(**asked, answer=answer), visit.request.context)
    except _EXPECTED as refusal:
        return _sorry(visit, refusal)
    shown: Response = show(visit, link)
    return shown


def _confirmation(visit: Visit, link: pb.ReminderLink) -> Response:
    if link.is_confirmed and link.is_open:
        return _told(visit, link, "reminder_confirmed_text")
    return _asked(visit, link, "reminder_confirm_text", "reminder_confirm_button")


def _cancellation(visit: Visit, link: pb.ReminderLink) -> Response:
    # Once declined, they may say so again.
    return _asked(visit, link, "reminder_declined_text" if link.is_declined else "reminder_cancel_text", "reminder_cancel_button")


def _asked(visit: Visit, link: pb.ReminderLink, text: str, button: str) -> Response:
    """A button, or what has come of the link so far."""
    if link.is_cancelled:
        at_once = link.cancel_link == reminder_policies_pb2.CANCEL_LINK_CANCEL
        return _told(visit, link, "reminder_cancelled_text" if at_once else "reminder_asked_text")
    if not link.is_open:
        return _told(visit, link, "problem_appointment_over")
    return _button(visit, link, "reminder_title", text, button)


def _opting_out(visit: Visit, link: pb.ReminderLink) -> Response:
    # Of what the link came by: a client who wants no text messages may still want mail.
    is_sms = link.channel == reminders_pb2.CHANNEL_SMS
    if link.is_opted_out:
        told = "reminder_sms_opted_out_text" if is_sms else "reminder_opted_out_text"
        return _told(visit, link, told, title="reminder_opt_out_title")
    asked = "reminder_sms_opt_out_text" if is_sms else "reminder_opt_out_text"
    return _button(visit, link, "reminder_opt_out_title", asked, "reminder_opt_out_button")


def _button(visit: Visit, link: pb.ReminderLink, title: str, text: str, button: str) -> Response:
    texts: dict[str, Any] = {"text": _filled(visit, link, text), "button": visit.t[button]}
    return visit.page("confirm.html", title, narrow=True, action=visit.request.path, token=_token(visit), **texts)


def _told(visit: Visit, link: pb.ReminderLink, text: str, *, title: str = "reminder_title") -> Response:
    return visit.page("message.html", title, narrow=True, text=_filled(visit, link, text), link="")


def _sorry(visit: Visit, refusal: Refusal) -> Response:
    told = visit.refused(refusal)
    return visit.page(
        "message.html",
        "sorry_title",
        narrow=True,
        status=told["status"],
        text=told["problem"],
        link="",
        retry_after=told["retry_after"],
    )


def _filled(visit: Visit, link: pb.ReminderLink, text: str) -> str:
    return visit.t[text].format(practice=link.practice, date=link.date, time=link.time)


def _token(visit: Visit) -> str:
    return (visit.form.get("token", "") or visit.query.get("token", ""))[:512]
