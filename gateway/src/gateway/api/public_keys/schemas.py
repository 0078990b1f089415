"""A JSON Web Key Set (RFC 7517) of Ed25519 keys (RFC 8037)."""

from typing import Literal

from gateway.api.fields import Schema


class PublicKey(Schema):
    """RFC 8037."""

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    kid: str
    x: str
    use: Literal["sig"]
    alg: Literal["EdDSA"]


class PublicKeys(Schema):
    keys: list[PublicKey]
