"""Where a sign-in may lead: to a page of the gateway, or to the installation's own front end, and nowhere else."""

import hmac
import posixpath
import re
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from chassis import base64url
from gateway.settings import GatewaySettings

ACCOUNT = "/auth/account"
INVITATION = "/accept-invitation"
# Where the links in a reminder lead.
CONFIRM, CANCEL, OPT_OUT = "/reminder/confirm", "/reminder/cancel", "/reminder/unsubscribe"
# Where the link in an offer of the waitlist leads.
OFFER = "/waitlist/offer"
# Printable ASCII without what browsers take for a slash or leave out: `/\host`, `/<tab>/host`.
_ADDRESS = re.compile(r"[!#-;=?-\[\]_a-z~]{1,2000}")

# Of a path that a provider leads back to (`check_return_to` of identity).
_LONGEST_RETURN = 512


class Destinations:
    def __init__(self, settings: GatewaySettings) -> None:
        self._settings = settings
        self._app = urlsplit(settings.app_url)
        own = urlsplit(settings.public_url)
        self._own = _origin(own)
        # Where the front end has an origin of its own, forms that may lead there have to name it in their policy.
        self.app_origin = "" if _origin(self._app) == self._own else f"{self._app.scheme}://{self._app.netloc}"
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
            is_ours = _origin(parts) == _origin(self._app) and "@" not in parts.netloc
        else:
            is_ours = address.startswith("/") and not address.startswith("//")
        return address if is_ours and not self.is_operation(address) else ""

    def is_operation(self, address: str) -> bool:
        """Whether it is an address of the API, for a browser and for us, who both read more than one spelling of a path.

        The API believes that a page of ours which leads there means it, and a link to the page for signing in may come from anybody: one of
        its addresses sends browsers to the provider of any workspace.
        """
        parts = urlsplit(address)
        if parts.netloc and _origin(parts) != self._own:
            return False
        return posixpath.normpath(unquote(parts.path)).startswith("/api/")

    def path_of(self, address: str) -> tuple[str, bool]:
        """A checked address as a path, and whether it is one of the gateway's pages and not of the front end."""
        parts = urlsplit(address)
        if not parts.netloc:
            return (address, True) if len(address) <= _LONGEST_RETURN else (ACCOUNT, True)
        path = urlunsplit(("", "", parts.path, parts.query, parts.fragment)).removeprefix(self._app.path.rstrip("/"))
        return (path, False) if path.startswith("/") and len(path) <= _LONGEST_RETURN else ("/", False)

    def sealed(self, address: str, visitor: str) -> str:
        """The address for a cookie of this visitor, which nobody else can make."""
        return f"{base64url.encode(address.encode())}.{base64url.encode(self._tag(address, visitor))}"

    def unsealed(self, text: str, visitor: str) -> str:
        """The address that was sealed for this visitor; empty for any other text, and where a sign-in may not lead there."""
        encoded, _, tag = text.partition(".")
        try:
            address, shown = base64url.decode(encoded).decode(), base64url.decode(tag)
        except ValueError:
            return ""
        return self.checked(address) if visitor and hmac.compare_digest(shown, self._tag(address, visitor)) else ""

    def _tag(self, address: str, visitor: str) -> bytes:
        return hmac.digest(self._settings.key_for("where links lead"), f"{visitor} {address}".encode(), "sha256")


def _origin(parts: SplitResult) -> tuple[str, str]:
    return parts.scheme.lower(), parts.netloc.lower()
