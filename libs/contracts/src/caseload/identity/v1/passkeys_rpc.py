"""The services of caseload/identity/v1/passkeys.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.identity.v1 import passkeys_pb2 as pb
from caseload.identity.v1 import sign_in_pb2

WorkT = TypeVar("WorkT", contravariant=True)


class PasskeysServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Passkeys"]

    @abstractmethod
    async def ListPasskeys(self, request: pb.ListPasskeysRequest, work: WorkT) -> pb.PasskeyList: ...

    @abstractmethod
    async def BeginPasskeyRegistration(self, request: pb.BeginPasskeyRegistrationRequest, work: WorkT) -> pb.PasskeyCreationOptions: ...

    @abstractmethod
    async def FinishPasskeyRegistration(self, request: pb.FinishPasskeyRegistrationRequest, work: WorkT) -> pb.PasskeyReply: ...

    @abstractmethod
    async def RenamePasskey(self, request: pb.RenamePasskeyRequest, work: WorkT) -> pb.PasskeyReply: ...

    @abstractmethod
    async def RemovePasskey(self, request: pb.RemovePasskeyRequest, work: WorkT) -> pb.RemovePasskeyResponse: ...

    @abstractmethod
    async def BeginPasskeySignIn(self, request: pb.BeginPasskeySignInRequest, work: WorkT) -> pb.PasskeyRequestOptions: ...

    @abstractmethod
    async def FinishPasskeySignIn(self, request: pb.FinishPasskeySignInRequest, work: WorkT) -> sign_in_pb2.SignedIn: ...


class PasskeysStub:
    """Calls caseload.identity.v1.Passkeys; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Passkeys'].methods_by_name
        self.ListPasskeys: PasskeysListPasskeys = caller_of(methods['ListPasskeys'])
        self.BeginPasskeyRegistration: PasskeysBeginPasskeyRegistration = caller_of(methods['BeginPasskeyRegistration'])
        self.FinishPasskeyRegistration: PasskeysFinishPasskeyRegistration = caller_of(methods['FinishPasskeyRegistration'])
        self.RenamePasskey: PasskeysRenamePasskey = caller_of(methods['RenamePasskey'])
        self.RemovePasskey: PasskeysRemovePasskey = caller_of(methods['RemovePasskey'])
        self.BeginPasskeySignIn: PasskeysBeginPasskeySignIn = caller_of(methods['BeginPasskeySignIn'])
        self.FinishPasskeySignIn: PasskeysFinishPasskeySignIn = caller_of(methods['FinishPasskeySignIn'])


class PasskeysListPasskeys(Protocol):
    def __call__(self, request: pb.ListPasskeysRequest, context: Any) -> Awaitable[pb.PasskeyList]: ...


class PasskeysBeginPasskeyRegistration(Protocol):
    def __call__(self, request: pb.BeginPasskeyRegistrationRequest, context: Any) -> Awaitable[pb.PasskeyCreationOptions]: ...


class PasskeysFinishPasskeyRegistration(Protocol):
    def __call__(self, request: pb.FinishPasskeyRegistrationRequest, context: Any) -> Awaitable[pb.PasskeyReply]: ...


class PasskeysRenamePasskey(Protocol):
    def __call__(self, request: pb.RenamePasskeyRequest, context: Any) -> Awaitable[pb.PasskeyReply]: ...


class PasskeysRemovePasskey(Protocol):
    def __call__(self, request: pb.RemovePasskeyRequest, context: Any) -> Awaitable[pb.RemovePasskeyResponse]: ...


class PasskeysBeginPasskeySignIn(Protocol):
    def __call__(self, request: pb.BeginPasskeySignInRequest, context: Any) -> Awaitable[pb.PasskeyRequestOptions]: ...


class PasskeysFinishPasskeySignIn(Protocol):
    def __call__(self, request: pb.FinishPasskeySignInRequest, context: Any) -> Awaitable[sign_in_pb2.SignedIn]: ...
