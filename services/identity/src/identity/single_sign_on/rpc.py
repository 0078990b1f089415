"""The SingleSignOn service. Providers are asked while no transaction is open."""

import hmac
import secrets
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.identity.v1 import single_sign_on_pb2 as pb
from caseload.identity.v1.single_sign_on_rpc import SingleSignOnServicer
from chassis import base64url
from chassis.auth.opaque_tokens import OpaqueToken
from chassis.errors import NotFound, Unauthenticated
from chassis.protobuf.timestamps import to_timestamp
from chassis.service.runtime import Runtime
from chassis.work.unit_of_work import UnitOfWork
from identity.credentials.device_tokens import DeviceTokens
from identity.credentials.rules import source_network
from identity.login_sessions.access_keys import access_keys
from identity.login_sessions.proof import login_session_id
from identity.login_sessions.rules import ASKED, SINGLE_SIGN_ON, check_is_recent, means_of
from identity.login_sessions.token_issuer import TokenIssuer
from identity.people.memberships import person_of
from identity.settings import IdentitySettings
from identity.single_sign_on import record, rules, store
from identity.single_sign_on.outgoing import Places, in_time
from identity.single_sign_on.provider import Client, Providers
from identity.single_sign_on.workflow import add_user, check_may_sign_in, find_user, follow_groups, link_account

_CALLBACK = "/api/v1/auth/oidc/callback"


class SingleSignOn(SingleSignOnServicer[UnitOfWork]):
    def __init__(self, runtime: Runtime) -> None:
        settings: IdentitySettings = runtime.settings
        self._runtime = runtime
        self._keys = runtime.keys
        self._seconds = settings.sso_seconds
        self._with_loopback = settings.environment == "development"
        self._redirect_uri = settings.public_url.rstrip("/") + _CALLBACK
        self._providers = Providers(settings)
        self._places = Places()
        self._tokens = TokenIssuer(runtime, runtime.once(access_keys).signer, DeviceTokens(runtime.keyring))

    async def GetProvider(self, request: pb.GetProviderRequest, work: UnitOfWork) -> pb.Provider:
        keys = await self._keys.of(work.workspace_id)
        row = await work.db.one(store.get_provider)
        if row["version"] is None:
            return pb.Provider(workspace_id=str(work.workspace_id), redirect_uri=self._redirect_uri)
        return self._provider(record.open_sealed(row, keys), work.workspace_id, row)

    async def SetProvider(self, request: pb.SetProviderRequest, work: UnitOfWork) -> pb.Provider:
        # Whoever chooses the provider can be anybody here.
        rules.check_may_configure(work.caller.role)
        check_is_recent(work.caller.auth_time, work.caller.amr, work.now)
        settings = record.settings_of(request.settings)
        keys = await self._keys.of(work.workspace_id)
        kind = (await work.db.one(store.lock_workspace))["kind"]
        rules.check_settings(settings, kind=kind, with_loopback=self._with_loopback)
        row = await work.db.one(store.get_provider)
        kept = None if row["version"] is None else record.open_sealed(row, keys)
        was = None if kept is None else record.settings_of(kept.settings)
        secret = request.client_secret if request.HasField("client_secret") else None
        rules.check_secret(secret, was=was, settings=settings, is_kept=kept is not None and kept.HasField("client_secret"))
        for number, each in enumerate(settings.group_roles):
            if each.department_id is not None:
                found = await work.db.maybe(store.hold_department, department_id=each.department_id)
                rules.check_department(number, is_active=found is not None and found["is_active"])

        sealed = pb.SealedProvider(settings=request.settings, client_secret=secret or None)
        if secret is None and kept is not None and kept.HasField("client_secret"):
            sealed.client_secret = kept.client_secret
        change = {"is_enabled": settings.enabled, "is_required": settings.required, "version": (row["version"] or 0) + 1}
        await work.db.run(store.set_slug, slug=settings.slug)
        set_row = await work.db.one(store.set_provider, **change, sealed=record.seal(sealed, keys, change), now=work.now)
        if request.forgets_accounts or (was is not None and was.issuer != settings.issuer):
            await work.db.run(store.forget_accounts)
            work.note(accounts="forgotten")
        work.note(issuer=settings.issuer, enabled=str(settings.enabled).lower(), required=str(settings.required).lower())
        return self._provider(sealed, work.workspace_id, set_row)

    async def GetSignInMeans(self, request: pb.GetSignInMeansRequest, work: UnitOfWork) -> pb.SignInMeans:
        login_session_id(work)
        client, row = await self._client(work.workspace_id, work)
        person = await person_of(work)
        async with work.beside(person.home.workspace_id) as tx:
            has = await tx.one(store.credentials_of, user_id=person.home.user_id)
        means = means_of(
            person,
            work.caller.amr,
            work.caller.role,
            sso_required=bool(row["is_required"]),
            has_password=has["has_password"],
            has_passkey=has["has_passkey"],
        )
        named = {} if client is None else {"provider_slug": client.slug, "provider_issuer": client.issuer}
        return pb.SignInMeans(password="password" in means, link="link" in means, passkey="passkey" in means, **named)

    async def DescribeSingleSignOn(self, request: pb.DescribeSingleSignOnRequest, work: UnitOfWork) -> pb.SingleSignOnDescription:
        _, client, row = await self._at(request.slug, work)
        return pb.SingleSignOnDescription(workspace_name=row["name"], issuer=client.issuer)

    async def BeginSingleSignOn(self, request: pb.BeginSingleSignOnRequest, work: UnitOfWork) -> pb.BegunSingleSignOn:
        leads = record.Return(rules.check_return_to(request.return_to), request.to_page, request.again)
        workspace_id, client, row = await self._at(request.slug, work)
        work.enter(workspace_id)

        browser = _browser(request.browser) or secrets.token_bytes(rules.BROWSER_BYTES)
        state = OpaqueToken.generate(workspace_id, uuid7())
        async with self._place(workspace_id, work), in_time(self._seconds):
            url = await self._providers.authorization_url(
                client,
                state=str(state),
                nonce=_made(browser, state, "nonce"),
                verifier=_made(browser, state, "verifier"),
                again=request.again,
            )
        expires_at = work.now + timedelta(seconds=rules.SECONDS_AT_THE_PROVIDER)
        keys = await self._keys.of(workspace_id)
        await work.db.run(
            store.add_attempt,
            id=state.row_id,
            state_hash=state.hash,
            browser_hash=sha256(browser).digest(),
            provider_version=row["version"],
            return_to_sealed=record.seal_return_to(leads, keys, state.row_id),
            expires_at=expires_at,
            now=work.now,
        )
        return pb.BegunSingleSignOn(authorization_url=url, browser=base64url.encode(browser), expires_at=to_timestamp(expires_at))

    async def FinishSingleSignOn(self, request: pb.FinishSingleSignOnRequest, work: UnitOfWork) -> pb.FinishedSingleSignOn:
        state, browser = OpaqueToken.parse(request.state), _browser(request.browser)
        if state is None or browser is None:
            raise rules.sign_in_over()
        workspace_id = state.workspace_id
        attempt = await self._use(state, browser, work)
        client, row = await self._client(workspace_id, work)
        if client is None:
            raise rules.sign_in_over()
        rules.check_is_good(is_enabled=row["is_enabled"], version=row["version"], began_with=attempt["provider_version"])
        keys = await self._keys.of(workspace_id)
        settings = record.settings_of(record.open_sealed(row, keys).settings)

        async with self._place(workspace_id, work), in_time(self._seconds):
            found = await self._providers.metadata(client.issuer)
            told = request.issuer if request.HasField("issuer") else None
            rules.check_issuer(told, issuer=client.issuer, always_told=found.tells_issuer)
            if request.HasField("error") or not request.code:
                raise Unauthenticated("sso_refused_by_provider", "Your provider did not sign you in.")
            nonce, verifier = _made(browser, state, "nonce"), _made(browser, state, "verifier")
            claims = await self._providers.claims(client, code=request.code, nonce=nonce, verifier=verifier)

        account = rules.account_of(claims, groups_claim=settings.groups_claim, trusts_emails=settings.trusts_emails)
        index = record.account_index(self._runtime.keyring, client.issuer, account.subject)
        user_id, is_linked = await find_user(self._runtime, work, workspace_id, index, account.email)
        # A refusal from here on is audited with who it was.
        work.enter(workspace_id, user_id)
        rules.check_email(account.email, domains=settings.email_domains, is_new=not is_linked)
        given = rules.group_role_of(account.groups, settings)
        if user_id is None:
            assert account.email is not None
            await add_user(self._runtime, keys, index, account, account.email, given)
            user_id, _ = await find_user(self._runtime, work, workspace_id, index, account.email)
            assert user_id is not None
            work.enter(workspace_id, user_id)
        else:
            await check_may_sign_in(work, workspace_id, user_id)
            if not is_linked:
                await link_account(self._runtime, workspace_id, index, user_id)

        await follow_groups(work, keys, user_id, given)
        user = await work.db.maybe(store.sign_in, user_id=user_id, now=work.now)
        if user is None:
            raise rules.account_refused()
        amr = [SINGLE_SIGN_ON, ASKED] if rules.was_asked(claims, work.now.timestamp()) else [SINGLE_SIGN_ON]
        signed_in = await self._tokens.start_login_session(work, keys, user, amr=amr)
        leads = record.open_return_to(attempt["return_to_sealed"], keys, state.row_id)
        return pb.FinishedSingleSignOn(
            signed_in=signed_in,
            user_id=str(user_id),
            return_to=leads.path,
            to_page=leads.to_page,
            not_asked=leads.again and ASKED not in amr,
        )

    def _place(self, workspace_id: UUID, work: UnitOfWork) -> AbstractAsyncContextManager[None]:
        """The room for an exchange with the workspace's provider."""
        return self._places.place(workspace_id, source_network(work.context.ip_address))

    async def _use(self, state: OpaqueToken, browser: bytes, work: UnitOfWork) -> Mapping[str, Any]:
        """Uses up the attempt: whatever comes of it, this state is good no more. Raises Unauthenticated unless it is good now."""
        named = {"attempt_id": state.row_id, "state_hash": state.hash}
        async with work.beside(state.workspace_id) as tx:
            if await tx.maybe(store.find_attempt, **named) is None:
                raise rules.sign_in_over()
            attempt: Mapping[str, Any] | None = await tx.maybe(
                store.use_attempt, **named, browser_hash=sha256(browser).digest(), now=work.now
            )
        # The state is genuine, so a refusal from here on is audited in its workspace.
        work.enter(state.workspace_id)
        if attempt is None:
            raise rules.sign_in_over()
        return attempt

    async def _at(self, slug: str, work: UnitOfWork) -> tuple[UUID, Client, Mapping[str, Any]]:
        """The workspace that signs in at this address, with what `_client` says of it. Raises NotFound where none does."""
        async with work.beside(None) as tx:
            found = await tx.maybe(store.find_workspace, slug=slug)
        if found is None:
            raise _unknown()
        client, row = await self._client(found["workspace_id"], work)
        if client is None:
            raise _unknown()
        return found["workspace_id"], client, row

    async def _client(self, workspace_id: UUID, work: UnitOfWork) -> tuple[Client | None, Mapping[str, Any]]:
        """Who we are to the workspace's provider, None where nobody signs in with one; and the row of its configuration."""
        keys = await self._keys.of(workspace_id)
        async with work.beside(workspace_id) as tx:
            row = await tx.one(store.get_provider)
        if not row["is_enabled"] or row["status"] != "active":
            return None, row
        opened = record.open_sealed(row, keys)
        secret = opened.client_secret if opened.HasField("client_secret") else None
        settings = opened.settings
        return Client(settings.slug, settings.issuer, settings.client_id, secret, self._redirect_uri, settings.groups_claim), row

    def _provider(self, sealed: pb.SealedProvider, workspace_id: UUID, row: Mapping[str, Any]) -> pb.Provider:
        return pb.Provider(
            workspace_id=str(workspace_id),
            settings=sealed.settings,
            has_client_secret=sealed.HasField("client_secret"),
            redirect_uri=self._redirect_uri,
            updated_at=to_timestamp(row["updated_at"]),
        )


def _browser(text: str) -> bytes | None:
    """What a browser keeps of the sign-ins that it began."""
    try:
        kept = base64url.decode(text)
    except ValueError:
        return None
    return kept if len(kept) == rules.BROWSER_BYTES else None


def _made(browser: bytes, state: OpaqueToken, purpose: str) -> str:
    """A nonce or a PKCE verifier: of what the browser keeps and the state's secret, so that neither has to be kept here."""
    return base64url.encode(hmac.digest(browser, purpose.encode() + b" " + state.secret, "sha256"))


def _unknown() -> NotFound:
    return NotFound("sso_unknown", "No workspace signs in at this address.")
