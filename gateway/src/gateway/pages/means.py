"""By what the page for signing in lets people in: by everything, or by what somebody has who signs in again."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from caseload.identity.v1.single_sign_on_pb2 import GetSignInMeansRequest
from chassis.errors import Unauthenticated
from gateway.pages.visit import Visit

# A sign-in with a provider is good for what needs a recent one, and not for what needs one of the person's own.
_BY_PROVIDER_TOO = "again"
_NOT_BY_PROVIDER = "not_asked"
_AGAIN = frozenset({_BY_PROVIDER_TOO, _NOT_BY_PROVIDER, "own"})


@dataclass(frozen=True, slots=True)
class Means:
    password: bool = True
    link: bool = True
    passkey: bool = True
    # Where sign-ins with the workspace's provider begin, and the host of the provider; empty where it is none of the means.
    slug: str = ""
    provider: str = ""


async def means_of(visit: Visit) -> Means:
    """Of whoever is signed in and has been told to sign in again. Everything but a provider for anybody else, and for whom nothing would be left.

    For whom nothing is left but a provider that does not ask, it is nothing.
    """
    if visit.reason not in _AGAIN or (caller := await visit.authenticator.present_caller(visit.request)) is None:
        return Means()
    context = visit.request.new_context(visit.state.settings.call_seconds, token=caller.token)
    try:
        found = await visit.request.stubs.single_sign_on.GetSignInMeans(GetSignInMeansRequest(), context)
    except Unauthenticated:
        return Means()
    by_provider = visit.reason == _BY_PROVIDER_TOO and found.HasField("provider_slug")
    if not (found.link or by_provider or visit.reason == _NOT_BY_PROVIDER):
        return Means()
    slug, issuer = (found.provider_slug, found.provider_issuer) if by_provider else ("", "")
    return Means(found.password, found.link, found.passkey, slug, urlsplit(issuer).netloc)
