import datetime

from caseload.identity.v1 import sign_in_pb2 as _sign_in_pb2
from caseload.identity.v1 import users_pb2 as _users_pb2
from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GroupRole(_message.Message):
    __slots__ = ("group", "role", "department_id")
    GROUP_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    DEPARTMENT_ID_FIELD_NUMBER: _ClassVar[int]
    group: str
    role: _users_pb2.Role
    department_id: str
    def __init__(self, group: _Optional[str] = ..., role: _Optional[_Union[_users_pb2.Role, str]] = ..., department_id: _Optional[str] = ...) -> None: ...

class ProviderSettings(_message.Message):
    __slots__ = ("slug", "issuer", "client_id", "enabled", "required", "groups_claim", "group_roles", "default_role", "email_domains", "trusts_emails")
    SLUG_FIELD_NUMBER: _ClassVar[int]
    ISSUER_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    ENABLED_FIELD_NUMBER: _ClassVar[int]
    REQUIRED_FIELD_NUMBER: _ClassVar[int]
    GROUPS_CLAIM_FIELD_NUMBER: _ClassVar[int]
    GROUP_ROLES_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_ROLE_FIELD_NUMBER: _ClassVar[int]
    EMAIL_DOMAINS_FIELD_NUMBER: _ClassVar[int]
    TRUSTS_EMAILS_FIELD_NUMBER: _ClassVar[int]
    slug: str
    issuer: str
    client_id: str
    enabled: bool
    required: bool
    groups_claim: str
    group_roles: _containers.RepeatedCompositeFieldContainer[GroupRole]
    default_role: _users_pb2.Role
    email_domains: _containers.RepeatedScalarFieldContainer[str]
    trusts_emails: bool
    def __init__(self, slug: _Optional[str] = ..., issuer: _Optional[str] = ..., client_id: _Optional[str] = ..., enabled: bool = ..., required: bool = ..., groups_claim: _Optional[str] = ..., group_roles: _Optional[_Iterable[_Union[GroupRole, _Mapping]]] = ..., default_role: _Optional[_Union[_users_pb2.Role, str]] = ..., email_domains: _Optional[_Iterable[str]] = ..., trusts_emails: bool = ...) -> None: ...

class SealedProvider(_message.Message):
    __slots__ = ("settings", "client_secret")
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    CLIENT_SECRET_FIELD_NUMBER: _ClassVar[int]
    settings: ProviderSettings
    client_secret: str
    def __init__(self, settings: _Optional[_Union[ProviderSettings, _Mapping]] = ..., client_secret: _Optional[str] = ...) -> None: ...

class Provider(_message.Message):
    __slots__ = ("workspace_id", "settings", "has_client_secret", "redirect_uri", "updated_at")
    WORKSPACE_ID_FIELD_NUMBER: _ClassVar[int]
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    HAS_CLIENT_SECRET_FIELD_NUMBER: _ClassVar[int]
    REDIRECT_URI_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    workspace_id: str
    settings: ProviderSettings
    has_client_secret: bool
    redirect_uri: str
    updated_at: _timestamp_pb2.Timestamp
    def __init__(self, workspace_id: _Optional[str] = ..., settings: _Optional[_Union[ProviderSettings, _Mapping]] = ..., has_client_secret: bool = ..., redirect_uri: _Optional[str] = ..., updated_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class GetProviderRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class SetProviderRequest(_message.Message):
    __slots__ = ("settings", "client_secret", "forgets_accounts")
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    CLIENT_SECRET_FIELD_NUMBER: _ClassVar[int]
    FORGETS_ACCOUNTS_FIELD_NUMBER: _ClassVar[int]
    settings: ProviderSettings
    client_secret: str
    forgets_accounts: bool
    def __init__(self, settings: _Optional[_Union[ProviderSettings, _Mapping]] = ..., client_secret: _Optional[str] = ..., forgets_accounts: bool = ...) -> None: ...

class GetSignInMeansRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class SignInMeans(_message.Message):
    __slots__ = ("password", "link", "passkey", "provider_slug", "provider_issuer")
    PASSWORD_FIELD_NUMBER: _ClassVar[int]
    LINK_FIELD_NUMBER: _ClassVar[int]
    PASSKEY_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_SLUG_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_ISSUER_FIELD_NUMBER: _ClassVar[int]
    password: bool
    link: bool
    passkey: bool
    provider_slug: str
    provider_issuer: str
    def __init__(self, password: bool = ..., link: bool = ..., passkey: bool = ..., provider_slug: _Optional[str] = ..., provider_issuer: _Optional[str] = ...) -> None: ...

class DescribeSingleSignOnRequest(_message.Message):
    __slots__ = ("slug",)
    SLUG_FIELD_NUMBER: _ClassVar[int]
    slug: str
    def __init__(self, slug: _Optional[str] = ...) -> None: ...

class SingleSignOnDescription(_message.Message):
    __slots__ = ("workspace_name", "issuer")
    WORKSPACE_NAME_FIELD_NUMBER: _ClassVar[int]
    ISSUER_FIELD_NUMBER: _ClassVar[int]
    workspace_name: str
    issuer: str
    def __init__(self, workspace_name: _Optional[str] = ..., issuer: _Optional[str] = ...) -> None: ...

class BeginSingleSignOnRequest(_message.Message):
    __slots__ = ("slug", "browser", "return_to", "again", "to_page")
    SLUG_FIELD_NUMBER: _ClassVar[int]
    BROWSER_FIELD_NUMBER: _ClassVar[int]
    RETURN_TO_FIELD_NUMBER: _ClassVar[int]
    AGAIN_FIELD_NUMBER: _ClassVar[int]
    TO_PAGE_FIELD_NUMBER: _ClassVar[int]
    slug: str
    browser: str
    return_to: str
    again: bool
    to_page: bool
    def __init__(self, slug: _Optional[str] = ..., browser: _Optional[str] = ..., return_to: _Optional[str] = ..., again: bool = ..., to_page: bool = ...) -> None: ...

class BegunSingleSignOn(_message.Message):
    __slots__ = ("authorization_url", "browser", "expires_at")
    AUTHORIZATION_URL_FIELD_NUMBER: _ClassVar[int]
    BROWSER_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_FIELD_NUMBER: _ClassVar[int]
    authorization_url: str
    browser: str
    expires_at: _timestamp_pb2.Timestamp
    def __init__(self, authorization_url: _Optional[str] = ..., browser: _Optional[str] = ..., expires_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class FinishSingleSignOnRequest(_message.Message):
    __slots__ = ("state", "code", "issuer", "error", "browser")
    STATE_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    ISSUER_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    BROWSER_FIELD_NUMBER: _ClassVar[int]
    state: str
    code: str
    issuer: str
    error: str
    browser: str
    def __init__(self, state: _Optional[str] = ..., code: _Optional[str] = ..., issuer: _Optional[str] = ..., error: _Optional[str] = ..., browser: _Optional[str] = ...) -> None: ...

class FinishedSingleSignOn(_message.Message):
    __slots__ = ("signed_in", "user_id", "return_to", "to_page", "not_asked")
    SIGNED_IN_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    RETURN_TO_FIELD_NUMBER: _ClassVar[int]
    TO_PAGE_FIELD_NUMBER: _ClassVar[int]
    NOT_ASKED_FIELD_NUMBER: _ClassVar[int]
    signed_in: _sign_in_pb2.SignedIn
    user_id: str
    return_to: str
    to_page: bool
    not_asked: bool
    def __init__(self, signed_in: _Optional[_Union[_sign_in_pb2.SignedIn, _Mapping]] = ..., user_id: _Optional[str] = ..., return_to: _Optional[str] = ..., to_page: bool = ..., not_asked: bool = ...) -> None: ...
