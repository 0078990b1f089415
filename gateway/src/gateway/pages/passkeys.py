"""One's own passkeys on the page of one's account: renamed and removed by forms. Only to add one takes a script (`register.js`)."""

from starlette.responses import Response

from caseload.identity.v1 import passkeys_pb2 as pb
from chassis.errors import Conflict, NotFound, TooMany, Unavailable
from chassis.rpc.method import is_uuid_text
from gateway.api.passkeys import schemas
from gateway.pages.account import account_page
from gateway.pages.destinations import ACCOUNT
from gateway.pages.visit import OwnVisit, SignedInVisit
from gateway.routing.nouns import noun_router

router = noun_router("", "pages", root="")


@router.post("/auth/account/passkeys/rename", include_in_schema=False)
async def rename_own_passkey(visit: OwnVisit) -> Response:
    passkey_id = _passkey_id(visit)
    visit.form = {"name": visit.form.get("name", "")}
    body, errors = visit.read(schemas.PasskeyChange, {"name": "problem_passkey_name"})
    if body is None:
        return await account_page(visit, status=422, problem=errors["name"])
    await visit.request.stubs.passkeys.RenamePasskey(pb.RenamePasskeyRequest(passkey_id=passkey_id, name=body.name), visit.request.context)
    return visit.go(ACCOUNT, done="passkey_renamed")


@router.post("/auth/account/passkeys/remove", include_in_schema=False)
async def remove_own_passkey(visit: OwnVisit) -> Response:
    try:
        await visit.request.stubs.passkeys.RemovePasskey(pb.RemovePasskeyRequest(passkey_id=_passkey_id(visit)), visit.request.context)
    except (Conflict, TooMany, Unavailable) as refusal:
        return await account_page(visit, **visit.refused(refusal))
    return visit.go(ACCOUNT, done="passkey_removed")


def _passkey_id(visit: SignedInVisit) -> str:
    passkey_id = visit.form.get("passkey_id", "")
    if not is_uuid_text(passkey_id):
        raise NotFound("not_found", "There is no such passkey of yours.")
    return passkey_id
