"""The ApiKeys service: each method is one use case and one transaction."""

from caseload.identity.v1 import api_keys_pb2 as pb
from caseload.identity.v1.api_keys_rpc import ApiKeysServicer
from chassis.auth.tokens import ACCESS_SECONDS
from chassis.errors import Unauthenticated
from chassis.protobuf.fields import fill, given
from chassis.service.runtime import Runtime
from chassis.work.unit_of_work import UnitOfWork
from identity.api_keys import rules, store
from identity.api_keys.workflow import add_key, parse
from identity.login_sessions import revocation
from identity.login_sessions.access_keys import access_keys
from identity.login_sessions.rules import check_is_recent
from identity.roles import KEY_SCOPES


class ApiKeys(ApiKeysServicer[UnitOfWork]):
    def __init__(self, runtime: Runtime) -> None:
        self._signer = runtime.once(access_keys).signer

    async def CreateApiKey(self, request: pb.CreateApiKeyRequest, work: UnitOfWork) -> pb.CreatedApiKey:
        rules.check_may_make(work.caller.role)
        expires_at, scopes = given(request)["expires_at"], sorted(set(request.scopes))
        name = rules.check_key(request.name, request.scopes, expires_at, known=KEY_SCOPES, now=work.now)
        rules.check_held(scopes, work.caller.scopes)
        check_is_recent(work.caller.auth_time, work.caller.amr, work.now)

        key, secret = await add_key(work, name=name, scopes=scopes, expires_at=expires_at, created_by=work.user_id)
        work.note(scopes=" ".join(scopes))
        return pb.CreatedApiKey(key=fill(pb.ApiKey(), key), secret=secret)

    async def ListApiKeys(self, request: pb.ListApiKeysRequest, work: UnitOfWork) -> pb.ApiKeyList:
        return pb.ApiKeyList(items=[fill(pb.ApiKey(), row) for row in await work.db.all(store.list_keys)])

    async def DeleteApiKey(self, request: pb.DeleteApiKeyRequest, work: UnitOfWork) -> pb.DeleteApiKeyResponse:
        deleted = await work.db.one(store.delete_key, api_key_id=request.api_key_id)
        await revocation.revoke_access_tokens(work.db, [deleted["id"]])
        return pb.DeleteApiKeyResponse()

    async def ExchangeApiKey(self, request: pb.ExchangeApiKeyRequest, work: UnitOfWork) -> pb.ApiKeyToken:
        token = parse(request.secret)
        if token is None:
            raise _invalid_key()
        work.enter(token.workspace_id, token.row_id)
        key = await work.db.maybe(store.use_key, api_key_id=token.row_id, hash=token.hash, now=work.now)
        if key is None:
            raise _invalid_key()
        seconds = ACCESS_SECONDS
        if key["expires_at"] is not None:
            seconds = min(seconds, max(1, int((key["expires_at"] - work.now).total_seconds())))
        claims = {
            "sub": str(token.row_id),
            "ws": str(token.workspace_id),
            # There is no login session; the key's end is the session's.
            "sid": str(token.row_id),
            "role": "api_key",
            "scope": " ".join(scope for scope in key["scopes"] if scope in KEY_SCOPES),
            "amr": ["key"],
            "auth_time": int(work.now.timestamp()),
            "epoch": key["read_at_ms"],
        }
        return pb.ApiKeyToken(access_token=self._signer.sign(claims, seconds=seconds), expires_in=seconds)


def _invalid_key() -> Unauthenticated:
    return Unauthenticated("api_key_not_valid", "This key is not valid.")
