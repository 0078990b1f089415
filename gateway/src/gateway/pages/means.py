"""By what the page for signing in lets people in: by everything, or by what somebody has who signs in again."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from caseload.identity.v1.single_sign_on_pb2 import GetSignInMeansRequest
from chassis.errors import Unauthenticated
from gateway.pages.visit import Visit

# A sign-in with a provider is good for what needs a recent one, and not for what needs one of the person's own.
_BY_PROVIDER_TOO = "again"
_AGAIN = frozenset({_BY_PROVIDER_TOO, "not_asked", "own"})


@dataclass(frozen=True, slots=True)
class Means:
    password: bool = True
    link: bool = True
    passkey: bool = True
    # Where sign-ins with the workspace's provider begin, and the host of the provider; empty where it is none of the means.
    slug: str = ""
    provider: str = ""


# The workspace requires its provider of them, which is not good for what they want to do.
NOTHING_LEFT = Means(password=False, link=False, passkey=False)


async def means_of(visit: Visit) -> Means:
    """Of whoever is signed in and has been told to sign in again, which may be nothing; for anybody else, everything but a provider."""
    if visit.reason not in _AGAIN or (caller := await visit.authenticator.present_caller(visit.request)) is None:
        return Means()
    context = visit.request.new_context(visit.state.settings.call_seconds, token=caller.token)
    try:
        found = await visit.request.stubs.single_sign_on.GetSignInMeans(GetSignInMeansRequest(), context)
    except Unauthenticated:
        return Means()
    by_provider = visit.reason == _BY_PROVIDER_TOO and found.HasField("provider_slug")
    slug, issuer = (found.provider_slug, found.provider_issuer) if by_provider else ("", "")
    return Means(found.password, found.link, found.passkey, slug, urlsplit(issuer).netloc)


def named(means: Means, texts: Mapping[str, str]) -> str:
    """The means of the person's own, as part of a sentence; at least one is there."""
    own = {"means_password": means.password, "means_passkey": means.passkey, "means_link": means.link}
    *others, last = [texts[key] for key, is_there in own.items() if is_there]
    return texts["means_or"].format(others=", ".join(others), last=last) if others else last
