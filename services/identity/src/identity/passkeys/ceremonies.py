"""The ceremonies of Web Authentication: what a browser is asked for, and whether its reply is right.

py_webauthn judges. Any failure in it means that the reply is not right: strangers write the JSON, the CBOR and the keys that it reads,
and it does not say which errors may come of them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import webauthn
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import parse_authentication_credential_json, parse_client_data_json, parse_registration_credential_json
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    RegistrationCredential,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from caseload.identity.v1 import users_pb2
from chassis.errors import Refusal
from identity.passkeys import rules
from identity.passkeys.rules import RelyingParty

_NAME = "Caseload"
_MILLISECONDS = rules.CHALLENGE_SECONDS * 1000
# Telephones and security keys have elliptic curves, Windows Hello has RSA.
_ALGORITHMS = [
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]


@dataclass(frozen=True, slots=True)
class Registration:
    """The reply of a new passkey; nothing of it is verified yet."""

    credential: RegistrationCredential
    challenge: bytes

    @classmethod
    def read(cls, text: str) -> "Registration":
        with _refusing(rules.not_registrable):
            credential = parse_registration_credential_json(text)
            return cls(credential, _challenge(credential.response.client_data_json))

    def verify(self, party: RelyingParty) -> dict[str, Any]:
        """The columns of the passkey. Raises Invalid unless the reply is an authenticator's, to our page and to this challenge."""
        with _refusing(rules.not_registrable):
            verified = webauthn.verify_registration_response(
                credential=self.credential,
                expected_challenge=self.challenge,
                expected_rp_id=party.id,
                expected_origin=list(party.origins),
                supported_pub_key_algs=_ALGORITHMS,
            )
        rules.check_size(verified.credential_id, verified.credential_public_key)
        return {
            "credential_id": verified.credential_id,
            "public_key": verified.credential_public_key,
            "sign_count": verified.sign_count,
            "transports": sorted({transport.value for transport in self.credential.response.transports or ()}),
            "aaguid": UUID(verified.aaguid),
            "backup_eligible": verified.credential_device_type == CredentialDeviceType.MULTI_DEVICE,
            "backed_up": verified.credential_backed_up,
        }


@dataclass(frozen=True, slots=True)
class Assertion:
    """The reply of a passkey that signs in; nothing of it is verified yet."""

    credential: AuthenticationCredential
    challenge: bytes

    @classmethod
    def read(cls, text: str) -> "Assertion":
        with _refusing(rules.not_accepted):
            credential = parse_authentication_credential_json(text)
            return cls(credential, _challenge(credential.response.client_data_json))

    @property
    def credential_id(self) -> bytes:
        return self.credential.raw_id

    @property
    def user_handle(self) -> bytes | None:
        return self.credential.response.user_handle

    def verify(self, party: RelyingParty, passkey: Mapping[str, Any], *, alone: bool) -> VerifiedAuthentication:
        """Raises Unauthenticated unless the passkey has signed this challenge, on our page; one that signs in alone must have verified the user.

        The counter is not judged here: whoever lacks the key could otherwise make it look copied.
        """
        with _refusing(rules.not_accepted):
            verified = webauthn.verify_authentication_response(
                credential=self.credential,
                expected_challenge=self.challenge,
                expected_rp_id=party.id,
                expected_origin=list(party.origins),
                credential_public_key=passkey["public_key"],
                credential_current_sign_count=0,
                require_user_verification=alone,
            )
        if (verified.credential_device_type == CredentialDeviceType.MULTI_DEVICE) != passkey["backup_eligible"]:
            raise rules.not_accepted()
        return verified


def creation_options(
    party: RelyingParty, user: users_pb2.User, handle: bytes, challenge: bytes, existing: Iterable[Mapping[str, Any]]
) -> str:
    """PublicKeyCredentialCreationOptionsJSON for one more passkey of the user."""
    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name=_NAME,
        user_id=handle,
        user_name=user.email,
        user_display_name=user.full_name,
        challenge=challenge,
        timeout=_MILLISECONDS,
        # A security key that has no room for it, or no PIN, is still good as a second step.
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
        exclude_credentials=[_descriptor(passkey) for passkey in existing],
        supported_pub_key_algs=_ALGORITHMS,
    )
    return webauthn.options_to_json(options)


def request_options(party: RelyingParty, challenge: bytes, allowed: Iterable[Mapping[str, Any]] | None = None) -> str:
    """PublicKeyCredentialRequestOptionsJSON: for any passkey that verifies the user, or for one of those allowed as a second step."""
    verification = UserVerificationRequirement.REQUIRED if allowed is None else UserVerificationRequirement.PREFERRED
    options = webauthn.generate_authentication_options(
        rp_id=party.id,
        challenge=challenge,
        timeout=_MILLISECONDS,
        allow_credentials=[_descriptor(passkey) for passkey in allowed or ()],
        user_verification=verification,
    )
    return webauthn.options_to_json(options)


def _descriptor(passkey: Mapping[str, Any]) -> PublicKeyCredentialDescriptor:
    transports = [AuthenticatorTransport(transport) for transport in passkey["transports"]]
    return PublicKeyCredentialDescriptor(id=passkey["credential_id"], transports=transports or None)


def _challenge(client_data_json: bytes) -> bytes:
    """The challenge that was signed. Raises ValueError for a reply to a page that another site has framed."""
    client_data = parse_client_data_json(client_data_json)
    if client_data.cross_origin:
        raise ValueError("asked from within another site's page")
    return client_data.challenge


@contextmanager
def _refusing(refusal: Callable[[], Refusal]) -> Iterator[None]:
    """Raises the refusal for whatever fails in the block."""
    try:
        yield
    except Exception as error:
        raise refusal() from error
