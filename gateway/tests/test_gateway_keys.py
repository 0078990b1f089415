"""The keys that are derived from the gateway's secret."""

from hashlib import sha256
from hmac import digest

from gateway.settings import GatewaySettings


def test_each_purpose_has_a_key_of_its_own():
    one, other = GatewaySettings(gateway_secret="one"), GatewaySettings(gateway_secret="other")
    keys = [settings.key_for(purpose) for settings in (one, other) for purpose in ("csrf tokens", "addresses", "csrf", "")]

    assert len(set(keys)) == len(keys)
    assert {len(key) for key in keys} == {32}


def test_a_key_is_what_rfc_5869_says():
    """All gateways of an installation derive the same one, whichever release they are of."""
    extracted = digest(bytes(32), b"the secret", sha256)
    expanded = digest(extracted, b"caseload gateway csrf tokens" + b"\x01", sha256)

    assert GatewaySettings(gateway_secret="the secret").key_for("csrf tokens") == expanded
