"""Lets somebody in in a browser: its cookies are theirs from then on, and the login session that it had before is ended."""

from contextlib import suppress

from caseload.identity.v1 import sign_in_pb2 as pb
from chassis.context import Caller
from chassis.errors import Unauthenticated
from gateway.auth.authenticator import Authenticator
from gateway.request import GatewayRequest


async def enter(
    request: GatewayRequest, authenticator: Authenticator, signed_in: pb.SignedIn, replaced: Caller | None, seconds: float
) -> None:
    """Sets the cookies of a sign-in. `replaced` is who was signed in in this browser until now, the same person or another.

    Nobody has the tokens of that login session any more, and nobody could sign it out where the computer is shared. What fails is raised
    before the cookies are set: then the browser is signed in as before.
    """
    if replaced is not None:
        # Over already, by a change of the password for instance.
        with suppress(Unauthenticated):
            await request.stubs.sign_in.Logout(pb.LogoutRequest(replaced=True), request.new_context(seconds, token=replaced.token))
    authenticator.write_cookies(request, signed_in)
