"""Somebody at a page: their request, the form they sent, and the language they read."""

import math
from collections.abc import Collection, Mapping
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError
from starlette.responses import Response

from caseload.identity.v1.workspaces_pb2 import GetWorkspaceRequest, Workspace
from chassis.errors import Refusal, Unauthenticated
from gateway.auth.authenticator import Authenticator
from gateway.auth.dependencies import require_user
from gateway.pages.cookies import PageCookies
from gateway.pages.destinations import OPT_OUT, Destinations
from gateway.pages.languages import CHOICE, LANGUAGES, Language, choose
from gateway.pages.refusals import explain
from gateway.pages.rendering import Policy, render
from gateway.problems.responses import BadRequest, status_of
from gateway.request import KEY, GatewayRequest

ModelT = TypeVar("ModelT", bound=BaseModel)

_FORM = "application/x-www-form-urlencoded"
_PARTS = "multipart/form-data"
_MOST_FIELDS = 20


def with_query(path: str, **query: str) -> str:
    """The address with these parameters, of which empty ones are left out."""
    named = {name: value for name, value in query.items() if value}
    return path + ("&" if "?" in path else "?") * bool(named) + urlencode(named)


class Visit:
    """One request for a page. `form` has the fields of a POST by name; `query` those of the address."""

    def __init__(self, http: Request, form: Mapping[str, str]) -> None:
        self.request: GatewayRequest = http.scope[KEY]
        self.state = http.app.state
        self.form = form
        self.query = http.query_params
        self.authenticator: Authenticator = self.state.authenticator
        self.cookies = PageCookies(self.request, self.authenticator.cookies)
        self.destinations = Destinations(self.state.settings)
        # Where the visitor wants to go in the end; empty unless it is an address that we lead to.
        self.next = self.destinations.checked(form.get("next", "") or self.query.get("next", ""))
        # Why somebody is at the page for signing in, or what has been done before.
        self.reason = form.get("done", "") or self.query.get("done", "")
        self.language = self.choose_language("")
        self.form_token = ""

    def choose_language(self, locale: str) -> Language:
        """The chosen one, else the best that the browser asks for, else the locale's."""
        return choose(
            chosen=(self.query.get(CHOICE, ""), self.cookies.language), accepted=self.request.header(b"accept-language"), locale=locale
        )

    @property
    def t(self) -> Mapping[str, str]:
        """The texts of the language by key."""
        return self.language.texts

    def page(
        self,
        template: str,
        title: str,
        *,
        address: str = "",
        script: str = "",
        data_images: bool = False,
        retry_after: int | None = None,
        languages: Collection[str] = LANGUAGES,
        **values: Any,
    ) -> Response:
        """A page in the visitor's language, by the key of its title. `address` is where it can be asked for again, if that is another.

        `script` runs on this page alone; `data_images` and it are what the page's policy allows in addition.
        """
        kept = {name: self.form.get(name, "") or self.query.get(name, "") for name in ("token", "return_to")} | {"next": self.next}
        # What has been done, or why one is here, is told in the other language, too.
        kept["done"] = self.reason
        # A browser holds the policy against where a form leads in the end, too.
        leaves = bool(self.next) and not self.next.startswith("/")
        page = render(
            template,
            self.language,
            title=self.t[title],
            address=address or self.request.path,
            query={name: value for name, value in kept.items() if value},
            languages=languages,
            policy=Policy(script=script, data_images=data_images, form_origin=self.destinations.app_origin if leaves else ""),
            form_token=self.form_token,
            next=self.next,
            reason=self.reason,
            **values,
        )
        if retry_after is not None:
            page.headers["Retry-After"] = str(retry_after)
        return page

    def go(self, path: str, **query: str) -> Response:
        """Sends the browser on, to be asked for by GET."""
        return Response(status_code=303, headers={"Location": with_query(path, **query), "Cache-Control": "no-store"})

    def next_of_link(self) -> str:
        """Where the visitor wanted to go when they asked for a link in this browser; empty where they did not say, or have been led there."""
        return self.destinations.unsealed(self.cookies.sealed_next, self.cookies.visitor)

    def keep_next_of_link(self) -> None:
        """Keeps where the visitor wants to go until the link that is mailed now is used here: whoever asks for it elsewhere has no say."""
        sealed = self.destinations.sealed(self.next, self.cookies.visitor) if self.next else ""
        self.cookies.keep_next(sealed)

    def take_next_of_link(self) -> None:
        """Where the visitor wanted to go, if the link was asked for in this browser."""
        self.next = self.next or self.next_of_link()
        self.cookies.keep_next("")

    def read(self, model: type[ModelT], problems: Mapping[str, str]) -> tuple[ModelT | None, dict[str, str]]:
        """The form as a body of the API; else what is wrong with its fields, from the keys of `problems`."""
        try:
            return model.model_validate(dict(self.form)), {}
        except ValidationError as error:
            wrong = {str(fault["loc"][0]) for fault in error.errors()}
            return None, {name: self.t[key] for name, key in problems.items() if name in wrong}

    async def authenticate(self) -> None:
        """Lets the request be the signed-in user's. Raises Unauthenticated if nobody is, Forbidden for a form of another login session."""
        self.authenticator.csrf.check_origin(self.request)
        await self.authenticator.authenticate(self.request)
        require_user(self.request, self.state)

    def refused(self, refusal: Refusal) -> dict[str, Any]:
        """What a page about this refusal is made with."""
        self.request.problem_code = refusal.code
        retry_after = None if refusal.retry_after is None else max(1, math.ceil(refusal.retry_after))
        return {"status": status_of(refusal), "problem": explain(refusal, self.t), "retry_after": retry_after}


class SignedInVisit(Visit):
    """A request of somebody who is signed in, in this workspace."""

    workspace: Workspace


VisitT = TypeVar("VisitT", bound=Visit)


async def _open(http: Request, kind: type[VisitT]) -> VisitT:
    visit = kind(http, await _form(http))
    visit.request.form_token = visit.form.get("form_token", "")
    visit.request.stubs = visit.state.crowds.stubs(visit.state.stubs, visit.request)
    visit.request.context = visit.request.new_context(visit.state.settings.call_seconds)
    if (chosen := visit.query.get(CHOICE, "")) in LANGUAGES:
        visit.cookies.keep_language(chosen)
    return visit


async def _unknown(http: Request) -> Visit:
    """Somebody who may be signed in or not, and whose form has not been checked."""
    return await _open(http, Visit)


async def _anybody(http: Request) -> Visit:
    """Raises Forbidden for a form that was not given to this visitor."""
    visit = await _open(http, Visit)
    csrf = visit.authenticator.csrf
    if not visit.request.is_safe:
        csrf.check_form(visit.request, visit.cookies.visitor)
    visit.form_token = csrf.form_token(visit.cookies.ensure_visitor())
    return visit


async def _signed_in(http: Request) -> SignedInVisit:
    """Raises Unauthenticated if nobody is signed in, Forbidden for a form of another login session."""
    visit = await _open(http, SignedInVisit)
    await visit.authenticate()
    session_id = visit.request.caller.session_id
    if session_id is None:
        raise Unauthenticated("sign_in_required", "Sign in first.")
    visit.form_token = visit.authenticator.csrf.token(session_id)
    visit.workspace = await visit.request.stubs.workspaces.GetWorkspace(GetWorkspaceRequest(), visit.request.context)
    visit.language = visit.choose_language(visit.workspace.locale)
    return visit


async def _form(http: Request) -> dict[str, str]:
    """The fields of a POST; BadRequest for a body that no form of ours sends."""
    if http.scope[KEY].is_safe:
        return {}
    kind = http.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == _PARTS and http.scope[KEY].path == OPT_OUT:
        # What a mail program sends for its own button says nothing but that it was pressed (RFC 8058 section 3.2).
        return {}
    if kind != _FORM:
        raise BadRequest("malformed_request", "The request is not a form.")
    try:
        return dict(parse_qsl((await http.body()).decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError:
        raise BadRequest("malformed_request", "The form cannot be read.") from None


AnyVisit = Annotated[Visit, Depends(_anybody)]
OwnVisit = Annotated[SignedInVisit, Depends(_signed_in)]
# Who may be signed in, or not any more.
UncheckedVisit = Annotated[Visit, Depends(_unknown)]
