"""The services of caseload/identity/v1/sign_in.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.identity.v1 import sign_in_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class SignInServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["SignIn"]

    @abstractmethod
    async def RequestMagicLink(self, request: pb.RequestMagicLinkRequest, work: WorkT) -> pb.RequestMagicLinkResponse: ...

    @abstractmethod
    async def IssueMagicLink(self, request: pb.IssueMagicLinkRequest, work: WorkT) -> pb.MagicLink: ...

    @abstractmethod
    async def VerifyMagicLink(self, request: pb.VerifyMagicLinkRequest, work: WorkT) -> pb.SignInReply: ...

    @abstractmethod
    async def Login(self, request: pb.LoginRequest, work: WorkT) -> pb.SignInReply: ...

    @abstractmethod
    async def Refresh(self, request: pb.RefreshRequest, work: WorkT) -> pb.SignedIn: ...

    @abstractmethod
    async def Logout(self, request: pb.LogoutRequest, work: WorkT) -> pb.LogoutResponse: ...

    @abstractmethod
    async def ChangePassword(self, request: pb.ChangePasswordRequest, work: WorkT) -> pb.ChangePasswordResponse: ...

    @abstractmethod
    async def RequestPasswordReset(self, request: pb.RequestPasswordResetRequest, work: WorkT) -> pb.RequestPasswordResetResponse: ...

    @abstractmethod
    async def ResetPassword(self, request: pb.ResetPasswordRequest, work: WorkT) -> pb.ResetPasswordResponse: ...

    @abstractmethod
    async def ListLoginSessions(self, request: pb.ListLoginSessionsRequest, work: WorkT) -> pb.LoginSessionList: ...

    @abstractmethod
    async def EndLoginSession(self, request: pb.EndLoginSessionRequest, work: WorkT) -> pb.EndLoginSessionResponse: ...

    @abstractmethod
    async def EndLoginSessions(self, request: pb.EndLoginSessionsRequest, work: WorkT) -> pb.EndLoginSessionsResponse: ...

    @abstractmethod
    async def GetMailRecipient(self, request: pb.GetMailRecipientRequest, work: WorkT) -> pb.MailRecipient: ...

    @abstractmethod
    async def GetTrust(self, request: pb.GetTrustRequest, work: WorkT) -> pb.Trust: ...


class SignInStub:
    """Calls caseload.identity.v1.SignIn; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['SignIn'].methods_by_name
        self.RequestMagicLink: SignInRequestMagicLink = caller_of(methods['RequestMagicLink'])
        self.IssueMagicLink: SignInIssueMagicLink = caller_of(methods['IssueMagicLink'])
        self.VerifyMagicLink: SignInVerifyMagicLink = caller_of(methods['VerifyMagicLink'])
        self.Login: SignInLogin = caller_of(methods['Login'])
        self.Refresh: SignInRefresh = caller_of(methods['Refresh'])
        self.Logout: SignInLogout = caller_of(methods['Logout'])
        self.ChangePassword: SignInChangePassword = caller_of(methods['ChangePassword'])
        self.RequestPasswordReset: SignInRequestPasswordReset = caller_of(methods['RequestPasswordReset'])
        self.ResetPassword: SignInResetPassword = caller_of(methods['ResetPassword'])
        self.ListLoginSessions: SignInListLoginSessions = caller_of(methods['ListLoginSessions'])
        self.EndLoginSession: SignInEndLoginSession = caller_of(methods['EndLoginSession'])
        self.EndLoginSessions: SignInEndLoginSessions = caller_of(methods['EndLoginSessions'])
        self.GetMailRecipient: SignInGetMailRecipient = caller_of(methods['GetMailRecipient'])
        self.GetTrust: SignInGetTrust = caller_of(methods['GetTrust'])


class SignInRequestMagicLink(Protocol):
    def __call__(self, request: pb.RequestMagicLinkRequest, context: Any) -> Awaitable[pb.RequestMagicLinkResponse]: ...


class SignInIssueMagicLink(Protocol):
    def __call__(self, request: pb.IssueMagicLinkRequest, context: Any) -> Awaitable[pb.MagicLink]: ...


class SignInVerifyMagicLink(Protocol):
    def __call__(self, request: pb.VerifyMagicLinkRequest, context: Any) -> Awaitable[pb.SignInReply]: ...


class SignInLogin(Protocol):
    def __call__(self, request: pb.LoginRequest, context: Any) -> Awaitable[pb.SignInReply]: ...


class SignInRefresh(Protocol):
    def __call__(self, request: pb.RefreshRequest, context: Any) -> Awaitable[pb.SignedIn]: ...


class SignInLogout(Protocol):
    def __call__(self, request: pb.LogoutRequest, context: Any) -> Awaitable[pb.LogoutResponse]: ...


class SignInChangePassword(Protocol):
    def __call__(self, request: pb.ChangePasswordRequest, context: Any) -> Awaitable[pb.ChangePasswordResponse]: ...


class SignInRequestPasswordReset(Protocol):
    def __call__(self, request: pb.RequestPasswordResetRequest, context: Any) -> Awaitable[pb.RequestPasswordResetResponse]: ...


class SignInResetPassword(Protocol):
    def __call__(self, request: pb.ResetPasswordRequest, context: Any) -> Awaitable[pb.ResetPasswordResponse]: ...


class SignInListLoginSessions(Protocol):
    def __call__(self, request: pb.ListLoginSessionsRequest, context: Any) -> Awaitable[pb.LoginSessionList]: ...


class SignInEndLoginSession(Protocol):
    def __call__(self, request: pb.EndLoginSessionRequest, context: Any) -> Awaitable[pb.EndLoginSessionResponse]: ...


class SignInEndLoginSessions(Protocol):
    def __call__(self, request: pb.EndLoginSessionsRequest, context: Any) -> Awaitable[pb.EndLoginSessionsResponse]: ...


class SignInGetMailRecipient(Protocol):
    def __call__(self, request: pb.GetMailRecipientRequest, context: Any) -> Awaitable[pb.MailRecipient]: ...


class SignInGetTrust(Protocol):
    def __call__(self, request: pb.GetTrustRequest, context: Any) -> Awaitable[pb.Trust]: ...
