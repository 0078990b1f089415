"""The application: the middleware that every request passes, and the routes behind it."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.middleware import Middleware

from chassis.auth.verifier import TokenVerifier
from chassis.rpc.client.peers import Peer
from chassis.storage.opening import open_blobs
from gateway.api.activity import routes as activity
from gateway.api.alerts import routes as alerts
from gateway.api.api_keys import routes as api_keys
from gateway.api.appointments import routes as appointments
from gateway.api.attachments import routes as attachments
from gateway.api.audit import routes as audit
from gateway.api.audit_exports import routes as audit_exports
from gateway.api.availability import routes as availability
from gateway.api.broken_glass import routes as broken_glass
from gateway.api.calendar_feeds import routes as calendar_feeds
from gateway.api.care_teams import routes as care_teams
from gateway.api.client_attachments import routes as client_attachments
from gateway.api.client_duplicates import routes as client_duplicates
from gateway.api.client_exports import routes as client_exports
from gateway.api.client_imports import routes as client_imports
from gateway.api.client_merges import routes as client_merges
from gateway.api.clients import routes as clients
from gateway.api.compliance import routes as compliance
from gateway.api.consents import routes as consents
from gateway.api.cosignatures import routes as cosignatures
from gateway.api.departments import routes as departments
from gateway.api.files import routes as files
from gateway.api.health import routes as health
from gateway.api.held_addresses import routes as held_addresses
from gateway.api.holds import routes as holds
from gateway.api.holidays import routes as holidays
from gateway.api.invitations import routes as invitations
from gateway.api.jobs import routes as jobs
from gateway.api.legal_holds import routes as legal_holds
from gateway.api.locations import routes as locations
from gateway.api.login_sessions import routes as login_sessions
from gateway.api.measures import routes as measures
from gateway.api.memberships import routes as memberships
from gateway.api.milestones import routes as milestones
from gateway.api.note_templates import routes as note_templates
from gateway.api.notification_settings import routes as notification_settings
from gateway.api.on_call import routes as on_call
from gateway.api.passkeys import routes as passkeys
from gateway.api.payments import routes as payments
from gateway.api.plans import routes as plans
from gateway.api.platform import routes as platform
from gateway.api.public_keys import routes as public_keys
from gateway.api.reminder_opt_outs import routes as reminder_opt_outs
from gateway.api.reminder_policies import routes as reminder_policies
from gateway.api.reminder_templates import routes as reminder_templates
from gateway.api.reminders import routes as reminders
from gateway.api.retention import routes as retention
from gateway.api.second_factors import routes as second_factors
from gateway.api.series import routes as series
from gateway.api.services import routes as services
from gateway.api.sessions import routes as sessions
from gateway.api.sign_in import routes as sign_in
from gateway.api.single_sign_on import routes as single_sign_on
from gateway.api.slots import routes as slots
from gateway.api.sms_channels import routes as sms_channels
from gateway.api.sync import routes as sync
from gateway.api.timeline import routes as timeline
from gateway.api.users import routes as users
from gateway.api.waitlist import routes as waitlist
from gateway.api.webhooks import routes as webhooks
from gateway.api.workspaces import routes as workspaces
from gateway.auth.authenticator import Authenticator
from gateway.auth.verifier import user_token_verifier
from gateway.compat.patients import routes as patients
from gateway.compat.patients.door import PatientsDoor
from gateway.middleware.authentication import Authentication
from gateway.middleware.body import BodyLimit
from gateway.middleware.cors import Cors
from gateway.middleware.edge import Edge
from gateway.middleware.errors import Errors
from gateway.middleware.large_bodies import LargeBodies
from gateway.openapi import routes as openapi
from gateway.pages import account as account_pages
from gateway.pages import memberships as membership_pages
from gateway.pages import offers as offer_pages
from gateway.pages import passkey_sign_in as passkey_sign_in_pages
from gateway.pages import passkeys as passkey_pages
from gateway.pages import reminders as reminder_pages
from gateway.pages import routes as pages
from gateway.pages import sign_in as sign_in_pages
from gateway.pages import single_sign_on as single_sign_on_pages
from gateway.problems.responses import ProblemResponses
from gateway.rate_limits.at_once import AtOnce
from gateway.rate_limits.crowds import Crowds
from gateway.rate_limits.limits import RateLimits
from gateway.routing.public import PublicPaths
from gateway.routing.router import Router
from gateway.settings import GatewaySettings
from gateway.streams.hub import AlertStreams
from gateway.stubs import Stubs

log = logging.getLogger(__name__)
ROUTERS: Sequence[APIRouter] = (
    sign_in.router,
    second_factors.router,
    passkeys.router,
    single_sign_on.router,
    memberships.router,
    login_sessions.router,
    users.router,
    invitations.router,
    api_keys.router,
    departments.router,
    workspaces.router,
    platform.router,
    client_duplicates.router,
    clients.router,
    client_exports.router,
    client_imports.router,
    client_merges.router,
    care_teams.router,
    broken_glass.router,
    consents.router,
    jobs.router,
    timeline.router,
    appointments.router,
    payments.router,
    holds.router,
    series.router,
    availability.router,
    holidays.router,
    slots.router,
    calendar_feeds.router,
    activity.router,
    waitlist.router,
    services.router,
    locations.router,
    cosignatures.router,
    sessions.router,
    sync.router,
    attachments.router,
    client_attachments.router,
    note_templates.router,
    plans.router,
    milestones.router,
    measures.router,
    reminder_opt_outs.router,
    reminder_policies.router,
    held_addresses.router,
    sms_channels.router,
    reminder_templates.router,
    reminders.router,
    alerts.router,
    on_call.router,
    notification_settings.router,
    webhooks.router,
    audit.router,
    audit_exports.router,
    legal_holds.router,
    retention.router,
    compliance.router,
    public_keys.router,
    health.router,
    files.router,
    pages.router,
    offer_pages.router,
    reminder_pages.router,
    sign_in_pages.router,
    single_sign_on_pages.router,
    account_pages.router,
    passkey_pages.router,
    passkey_sign_in_pages.router,
    membership_pages.router,
    openapi.router,
)


def build(
    peers: Mapping[str, Peer],
    settings: GatewaySettings,
    further: Sequence[APIRouter] = (),
    *,
    clock: Callable[[], float] = time.time,
) -> FastAPI:
    """The application in front of the peers, which it does not close. `further` adds routes to its own; rate limits go by `clock`."""
    compatible = (patients.router,) if settings.patients_workspace is not None else ()
    routes = routes_of((*ROUTERS, *compatible, *further))
    paths = frozenset(route.path for route in routes)
    stubs = Stubs.of(peers)
    verifier = user_token_verifier(stubs)
    limits = RateLimits(settings, routes, clock=clock)
    crowds = Crowds(limits)
    authenticator = Authenticator(stubs.sign_in, stubs.api_keys, verifier, limits, crowds, settings)
    problems = ProblemResponses(settings.public_url, paths)

    app = FastAPI(
        title="Caseload",
        version="1",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        # FastAPI would look for OpenTelemetry's providers at every request, and tell them paths with ids and tokens in them.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.settings = settings
    app.state.peers = peers
    app.state.stubs = stubs
    app.state.verifier = verifier
    app.state.authenticator = authenticator
    app.state.limits = limits
    app.state.crowds = crowds
    app.state.uploads = AtOnce(
        code="too_many_uploads",
        doing="uploading too many files",
        most=settings.uploads_at_once,
        per_workspace=settings.uploads_per_workspace,
        per_user=settings.uploads_per_user,
    )
    app.state.archives = AtOnce(
        code="too_many_archives",
        doing="downloading too many archives",
        most=settings.archives_at_once,
        per_workspace=settings.archives_per_workspace,
        per_user=settings.archives_per_user,
    )
    app.state.streams_at_once = AtOnce(
        code="too_many_streams",
        doing="following alerts by too many streams",
        most=settings.alert_streams_at_once,
        per_workspace=settings.alert_streams_per_workspace,
        per_user=settings.alert_streams_per_user,
    )
    app.state.alert_streams = AlertStreams(stubs.alert_feed, verifier, seconds=settings.alert_stream_seconds)
    app.state.blobs = (
        open_blobs(settings.blob_url, settings.blob_secret.get_secret_value(), settings.public_url) if settings.blob_url else None
    )
    app.state.paths = paths
    # The OpenAPI document is made from these; requests are routed by our own router.
    app.router.routes.extend(routes)
    # In place of the stack that Starlette would build, whose error handlers and router these replace.
    app.middleware_stack = Router(routes, lifespan=app.router)
    for layer in reversed(_middleware(settings, problems, authenticator, limits, PublicPaths(routes))):
        app.middleware_stack = layer.cls(app.middleware_stack, *layer.args, **layer.kwargs)
    return app


def routes_of(routers: Iterable[APIRouter]) -> list[APIRoute]:
    """The routes of all routers, in their order; TypeError for one that is no APIRoute."""
    routes = []
    for route in (route for router in routers for route in router.routes):
        if not isinstance(route, APIRoute):
            raise TypeError(f"{route!r} is no APIRoute")
        routes.append(route)
    return routes


def _middleware(
    settings: GatewaySettings, problems: ProblemResponses, authenticator: Authenticator, limits: RateLimits, public: PublicPaths
) -> list[Middleware]:
    """From the outermost to the innermost."""
    return [
        Middleware(Edge),
        Middleware(Cors, frozenset(settings.cors_origins)),
        Middleware(Errors, problems, authenticator.cookies),
        *([Middleware(PatientsDoor, settings)] if settings.patients_workspace is not None else []),
        Middleware(
            BodyLimit,
            json_bytes=settings.json_limit_bytes,
            upload_bytes=settings.upload_limit_bytes,
            import_bytes=settings.import_limit_bytes,
            seconds=settings.body_seconds,
            json_seconds=settings.json_seconds,
            upload_seconds=settings.upload_seconds,
            public_paths=public,
            larger={sync.PATH: settings.sync_limit_bytes},
        ),
        Middleware(Authentication, authenticator=authenticator, limits=limits, public_paths=public),
        Middleware(
            LargeBodies,
            paths=frozenset({sync.PATH}),
            ordinary_bytes=settings.json_limit_bytes,
            at_once=AtOnce(
                code="too_many_syncs",
                doing="sending too many notes",
                most=settings.large_syncs_at_once,
                per_workspace=settings.large_syncs_per_workspace,
                per_user=settings.large_syncs_per_user,
            ),
        ),
    ]


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    verifier: TokenVerifier = app.state.verifier
    working = [asyncio.create_task(_poll(verifier)), asyncio.create_task(app.state.alert_streams.run())]
    try:
        yield
    finally:
        for task in working:
            task.cancel()
        await asyncio.wait(working)
        await verifier.close()
        await app.state.limits.close()


async def _poll(verifier: TokenVerifier) -> None:
    """Keeps the verifier's keys and revocations fresh until cancelled."""
    while True:
        try:
            await verifier.keep_fresh()
        except Exception:
            # Until it works again, every request with a token asks identity itself.
            log.exception("polling identity's keys and revocations failed and starts again")
        await asyncio.sleep(1)
