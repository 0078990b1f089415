"""What a browser is shown between this site and a provider: pages that lead on, and one that asks before somebody else is signed in."""

from dataclasses import dataclass
from uuid import UUID

from starlette.responses import Response

from caseload.identity.v1 import sign_in_pb2, users_pb2
from chassis.auth.tokens import session_of
from chassis.context import Caller
from chassis.errors import NotFound, Unauthenticated
from gateway.auth.authenticator import Authenticator
from gateway.auth.cookies import CookieWriter, read_cookies
from gateway.pages.cookies import PageCookies
from gateway.pages.languages import Language, choose
from gateway.pages.rendering import render
from gateway.pages.visit import Visit
from gateway.request import GatewayRequest

# In the address of a callback that has been led through a page of ours.
_LED = b"led=1"


@dataclass(frozen=True, slots=True)
class Present:
    """Who is signed in in a browser, and by which login session."""

    user: users_pb2.User
    caller: Caller
    session_id: UUID


async def present_user(request: GatewayRequest, authenticator: Authenticator, seconds: float) -> Present | None:
    """Who is signed in in this browser; None where nobody is, or it does not say."""
    caller = await authenticator.present_caller(request)
    if caller is None or caller.session_id is None:
        return None
    try:
        context = request.new_context(seconds, token=caller.token)
        return Present(await request.stubs.users.GetMe(users_pb2.GetMeRequest(), context), caller, caller.session_id)
    except (NotFound, Unauthenticated):
        return None


def leading_page(address: str, reader: Language) -> Response:
    """Leads on to another address, without script. Unlike a redirect it is a page of ours: a form may be answered with it, and it has our cookies."""
    return render("leading.html", reader, title=reader.texts["leading_title"], address="", languages=(), narrow=True, leads_to=address)


def callback_again(request: GatewayRequest, cookies: CookieWriter) -> Response | None:
    """A page that leads to the same callback, for a browser that may be signed in and does not say as whom.

    A browser that is sent here by the provider keeps the refresh cookie back, and the access cookie may have expired meanwhile.
    """
    kept, query = read_cookies(request), request.scope["query_string"]
    if kept.signed_in or not kept.csrf or not request.is_navigation or _LED in query.split(b"&"):
        return None
    reader = choose(chosen=(PageCookies(request, cookies).language,), accepted=request.header(b"accept-language"))
    return leading_page(f"{request.path}?{(query + b'&' + _LED).decode('latin-1')}", reader)


def asking_page(visit: Visit, present: Present, signed_in: sign_in_pb2.SignedIn, leads_to: str) -> Response:
    """Says who is signed in and who would be in their place, and keeps the new sign-in until a button says which it is to be."""
    visit.cookies.keep_waiting_sign_in(signed_in.refresh_token)
    visit.form_token = visit.authenticator.csrf.token(present.session_id)
    visit.next = visit.destinations.checked(leads_to)
    waiting = session_of(signed_in.access_token)
    return visit.page(
        "replace.html", "replace_title", narrow=True, languages=(), present=present.user, other=signed_in.user, waiting=waiting
    )
