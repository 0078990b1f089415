"""The services of caseload/identity/v1/sign_in.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.identity.v1 import sign_in_pb2 as pb

CallT = TypeVar("CallT", contravariant=True)


class SignInServicer(ABC, Generic[CallT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["SignIn"]

    @abstractmethod
    async def RequestMagicLink(self, request: pb.RequestMagicLinkRequest, call: CallT) -> pb.RequestMagicLinkResponse: ...

    @abstractmethod
    async def IssueMagicLink(self, request: pb.IssueMagicLinkRequest, call: CallT) -> pb.MagicLink: ...

    @abstractmethod
    async def VerifyMagicLink(self, request: pb.VerifyMagicLinkRequest, call: CallT) -> pb.SignedIn: ...

    @abstractmethod
    async def Login(self, request: pb.LoginRequest, call: CallT) -> pb.SignedIn: ...

    @abstractmethod
    async def Refresh(self, request: pb.RefreshRequest, call: CallT) -> pb.SignedIn: ...

    @abstractmethod
    async def Logout(self, request: pb.LogoutRequest, call: CallT) -> pb.LogoutResponse: ...

    @abstractmethod
    async def ChangePassword(self, request: pb.ChangePasswordRequest, call: CallT) -> pb.ChangePasswordResponse: ...

    @abstractmethod
    async def ListLoginSessions(self, request: pb.ListLoginSessionsRequest, call: CallT) -> pb.LoginSessionList: ...

    @abstractmethod
    async def EndLoginSession(self, request: pb.EndLoginSessionRequest, call: CallT) -> pb.EndLoginSessionResponse: ...

    @abstractmethod
    async def GetTrust(self, request: pb.GetTrustRequest, call: CallT) -> pb.Trust: ...


class SignInStub:
    """Calls caseload.identity.v1.SignIn; `dial` makes one caller per method."""

    def __init__(self, dial: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['SignIn'].methods_by_name
        self.RequestMagicLink: SignInRequestMagicLink = dial(methods['RequestMagicLink'])
        self.IssueMagicLink: SignInIssueMagicLink = dial(methods['IssueMagicLink'])
        self.VerifyMagicLink: SignInVerifyMagicLink = dial(methods['VerifyMagicLink'])
        self.Login: SignInLogin = dial(methods['Login'])
        self.Refresh: SignInRefresh = dial(methods['Refresh'])
        self.Logout: SignInLogout = dial(methods['Logout'])
        self.ChangePassword: SignInChangePassword = dial(methods['ChangePassword'])
        self.ListLoginSessions: SignInListLoginSessions = dial(methods['ListLoginSessions'])
        self.EndLoginSession: SignInEndLoginSession = dial(methods['EndLoginSession'])
        self.GetTrust: SignInGetTrust = dial(methods['GetTrust'])


class SignInRequestMagicLink(Protocol):
    def __call__(self, request: pb.RequestMagicLinkRequest, call: Any) -> Awaitable[pb.RequestMagicLinkResponse]: ...


class SignInIssueMagicLink(Protocol):
    def __call__(self, request: pb.IssueMagicLinkRequest, call: Any) -> Awaitable[pb.MagicLink]: ...


class SignInVerifyMagicLink(Protocol):
    def __call__(self, request: pb.VerifyMagicLinkRequest, call: Any) -> Awaitable[pb.SignedIn]: ...


class SignInLogin(Protocol):
    def __call__(self, request: pb.LoginRequest, call: Any) -> Awaitable[pb.SignedIn]: ...


class SignInRefresh(Protocol):
    def __call__(self, request: pb.RefreshRequest, call: Any) -> Awaitable[pb.SignedIn]: ...


class SignInLogout(Protocol):
    def __call__(self, request: pb.LogoutRequest, call: Any) -> Awaitable[pb.LogoutResponse]: ...


class SignInChangePassword(Protocol):
    def __call__(self, request: pb.ChangePasswordRequest, call: Any) -> Awaitable[pb.ChangePasswordResponse]: ...


class SignInListLoginSessions(Protocol):
    def __call__(self, request: pb.ListLoginSessionsRequest, call: Any) -> Awaitable[pb.LoginSessionList]: ...


class SignInEndLoginSession(Protocol):
    def __call__(self, request: pb.EndLoginSessionRequest, call: Any) -> Awaitable[pb.EndLoginSessionResponse]: ...


class SignInGetTrust(Protocol):
    def __call__(self, request: pb.GetTrustRequest, call: Any) -> Awaitable[pb.Trust]: ...
