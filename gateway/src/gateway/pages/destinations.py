"""Where a sign-in may lead: to a page of the gateway, or to the installation's own front end, and nowhere else."""

import re
from urllib.parse import SplitResult, urlsplit

from gateway.settings import GatewaySettings

ACCOUNT = "/auth/account"
INVITATION = "/accept-invitation"
# Where the links in a reminder lead.
CONFIRM, CANCEL, OPT_OUT = "/reminder/confirm", "/reminder/cancel", "/reminder/unsubscribe"
# Where the link in an offer of the waitlist leads.
OFFER = "/waitlist/offer"
# Printable ASCII without what browsers take for a slash or leave out: `/\host`, `/<tab>/host`.
_ADDRESS = re.compile(r"[!#-;=?-\[\]_a-z~]{1,2000}")


class Destinations:
    def __init__(self, settings: GatewaySettings) -> None:
        self._app = urlsplit(settings.app_url)
        own = urlsplit(settings.public_url)
        # Where the front end has an origin of its own, forms that may lead there have to name it in their policy.
        self.app_origin = "" if _origin(self._app) == _origin(own) else f"{self._app.scheme}://{self._app.netloc}"
        self.app_url = settings.app_url

    def checked(self, address: str) -> str:
        """The address, if a sign-in may lead there; empty otherwise."""
        if not _ADDRESS.fullmatch(address):
            return ""
        try:
            parts = urlsplit(address)
        except ValueError:
            return ""
        if parts.scheme or parts.netloc:
            return address if _origin(parts) == _origin(self._app) and "@" not in parts.netloc else ""
        return address if address.startswith("/") and not address.startswith("//") else ""


def _origin(parts: SplitResult) -> tuple[str, str]:
    return parts.scheme.lower(), parts.netloc.lower()
