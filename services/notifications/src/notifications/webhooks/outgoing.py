"""The requests to webhooks. Where they may go is bounded by the transport; bounded here are their time and what is read of an answer: its head."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import httpx2

from chassis.errors import Unavailable
from chassis.outgoing.addresses import is_web_address, names_an_address_inside
from chassis.outgoing.transport import GuardedTransport, NotAllowedError
from notifications.settings import NotificationsSettings

# What httpcore calls it when the request begins to leave over a connection that stands.
_FIRST_BYTE = "http11.send_request_headers.started"


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a request. `status` is None where no answer came; `error` is a code, None for a success or any other answer.

    `may_have_arrived`: where no answer came, whether the request had begun to leave.
    """

    status: int | None = None
    retry_after: str | None = None
    error: str | None = None
    may_have_arrived: bool = False


class Outgoing:
    """Sends requests to webhooks. Redirects are not followed, cookies not kept."""

    def __init__(self, settings: NotificationsSettings) -> None:
        self._allowed = settings.webhook_networks()
        self._with_loopback = any(network.is_loopback for network in self._allowed)
        self._seconds = settings.webhook_seconds
        self._transport = GuardedTransport(
            "webhook-names",
            takes=self.takes,
            allowed=self._allowed,
            with_loopback=self._with_loopback,
            # Of webhooks, and of as many text messages as are handed over at the same time: none of them waits for others' connections or names.
            most_connections=settings.webhooks_at_once * (settings.webhook_messages_at_once + 1),
            lookups=2 * settings.webhooks_at_once,
            code="webhooks_busy",
            message="Too many names of webhooks are looked up.",
        )

    def takes(self, url: str) -> bool:
        """Whether a webhook may have this address. Without TLS that is for networks of the operator alone, which of a name is known when it is resolved."""
        if not is_web_address(url, with_http=bool(self._allowed)):
            return False
        return not names_an_address_inside(url, allowed=self._allowed, with_loopback=self._with_loopback)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        timeouts = httpx2.Timeout(self._seconds).as_dict()
        has_begun = False

        async def trace(step: str, _facts: object) -> None:
            nonlocal has_begun
            has_begun = has_begun or step == _FIRST_BYTE

        extensions = {"timeout": timeouts, "trace": trace}
        request = httpx2.Request("POST", url, content=body, headers=dict(headers), extensions=extensions)
        try:
            async with asyncio.timeout(self._seconds):
                response = await self._transport.handle_async_request(request)
                await response.aclose()
        except NotAllowedError:
            # No more than that: who is told why would learn what is inside.
            return Answer(error="address_not_allowed", may_have_arrived=has_begun)
        except TimeoutError:
            return Answer(error="no_answer_in_time", may_have_arrived=has_begun)
        except (httpx2.HTTPError, httpx2.InvalidURL, Unavailable):
            return Answer(error="not_reachable", may_have_arrived=has_begun)
        return Answer(response.status_code, response.headers.get("retry-after"))
