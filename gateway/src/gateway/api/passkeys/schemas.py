"""Passkeys. What a browser writes and reads is as Web Authentication spells it: its members are in camelCase, its bytes in base64url."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from gateway.api.fields import JsonObject, Schema, Text, Time

PasskeyName = Annotated[Text, Field(min_length=1, max_length=100)]
TempToken = Annotated[Text, Field(min_length=32, max_length=128)]
Bytes = Annotated[Text, Field(min_length=1, max_length=65536)]
Demand = Literal["required", "preferred", "discouraged"]
Word = Annotated[Text, Field(max_length=50)]


class Passkey(Schema):
    id: UUID
    name: Annotated[str, Field(min_length=1, max_length=100)]
    created_at: Time
    last_used_at: Time | None


class PasskeyChange(Schema):
    name: PasskeyName


# ---- what a browser is asked for


class BrowserSchema(Schema):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class RelyingParty(BrowserSchema):
    id: str
    name: str


class PasskeyUser(BrowserSchema):
    id: str
    name: str
    display_name: str


class PublicKeyAlgorithm(BrowserSchema):
    type: Literal["public-key"]
    alg: int


class CredentialDescriptor(BrowserSchema):
    type: Literal["public-key"]
    id: str
    transports: Annotated[list[str], Field(default_factory=list)]


class AuthenticatorSelection(BrowserSchema):
    resident_key: Demand
    require_resident_key: bool
    user_verification: Demand


class PasskeyCreationOptions(BrowserSchema):
    """For `PublicKeyCredential.parseCreationOptionsFromJSON`."""

    rp: RelyingParty
    user: PasskeyUser
    challenge: str
    pub_key_cred_params: list[PublicKeyAlgorithm]
    timeout: int
    exclude_credentials: list[CredentialDescriptor]
    authenticator_selection: AuthenticatorSelection
    attestation: Literal["none"]


class PasskeyRequestOptions(BrowserSchema):
    """For `PublicKeyCredential.parseRequestOptionsFromJSON`."""

    challenge: str
    timeout: int
    rp_id: str
    allow_credentials: list[CredentialDescriptor]
    user_verification: Demand


# ---- what it replies


class CredentialReply(BrowserSchema):
    id: Bytes
    raw_id: Bytes
    type: Literal["public-key"]
    authenticator_attachment: Word | None = None
    client_extension_results: JsonObject | None = None


class AttestationResponse(BrowserSchema):
    client_data_json: Annotated[Bytes, Field(alias="clientDataJSON")]
    attestation_object: Bytes
    transports: Annotated[list[Word], Field(max_length=20, default_factory=list)]
    # Repeated from the object above.
    authenticator_data: Bytes | None = None
    public_key: Bytes | None = None
    public_key_algorithm: int | None = None


class AssertionResponse(BrowserSchema):
    client_data_json: Annotated[Bytes, Field(alias="clientDataJSON")]
    authenticator_data: Bytes
    signature: Bytes
    user_handle: Annotated[Text, Field(max_length=200)] | None = None


class RegistrationReply(CredentialReply):
    """What `toJSON()` of the new credential gives."""

    response: AttestationResponse


class AuthenticationReply(CredentialReply):
    """What `toJSON()` of the credential gives."""

    response: AssertionResponse


class PasskeyRegistration(Schema):
    credential: RegistrationReply
    name: PasskeyName = "Passkey"


class PasskeySignInBegin(Schema):
    """Without `temp_token` the passkey signs in by itself; with that of a first step it is the second one."""

    temp_token: TempToken | None = None


class PasskeySignIn(Schema):
    """`temp_token` is the one that the sign-in was begun with."""

    credential: AuthenticationReply
    temp_token: TempToken | None = None
