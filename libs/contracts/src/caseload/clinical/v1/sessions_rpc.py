"""The services of caseload/clinical/v1/sessions.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.clinical.v1 import sessions_pb2 as pb

CallT = TypeVar("CallT", contravariant=True)


class SessionsServicer(ABC, Generic[CallT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Sessions"]

    @abstractmethod
    async def CreateSession(self, request: pb.CreateSessionRequest, call: CallT) -> pb.Session: ...

    @abstractmethod
    async def GetSession(self, request: pb.GetSessionRequest, call: CallT) -> pb.Session: ...

    @abstractmethod
    async def ListSessions(self, request: pb.ListSessionsRequest, call: CallT) -> pb.SessionPage: ...

    @abstractmethod
    async def SaveSession(self, request: pb.SaveSessionRequest, call: CallT) -> pb.SaveSessionResponse: ...

    @abstractmethod
    async def SaveDraft(self, request: pb.SaveDraftRequest, call: CallT) -> pb.SaveSessionResponse: ...

    @abstractmethod
    async def FinalizeSession(self, request: pb.FinalizeSessionRequest, call: CallT) -> pb.Session: ...

    @abstractmethod
    async def ListVersions(self, request: pb.ListVersionsRequest, call: CallT) -> pb.VersionList: ...

    @abstractmethod
    async def GetLatestFinalized(self, request: pb.GetLatestFinalizedRequest, call: CallT) -> pb.Session: ...

    @abstractmethod
    async def ListHistory(self, request: pb.ListHistoryRequest, call: CallT) -> pb.History: ...


class SessionsStub:
    """Calls caseload.clinical.v1.Sessions; `dial` makes one caller per method."""

    def __init__(self, dial: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Sessions'].methods_by_name
        self.CreateSession: SessionsCreateSession = dial(methods['CreateSession'])
        self.GetSession: SessionsGetSession = dial(methods['GetSession'])
        self.ListSessions: SessionsListSessions = dial(methods['ListSessions'])
        self.SaveSession: SessionsSaveSession = dial(methods['SaveSession'])
        self.SaveDraft: SessionsSaveDraft = dial(methods['SaveDraft'])
        self.FinalizeSession: SessionsFinalizeSession = dial(methods['FinalizeSession'])
        self.ListVersions: SessionsListVersions = dial(methods['ListVersions'])
        self.GetLatestFinalized: SessionsGetLatestFinalized = dial(methods['GetLatestFinalized'])
        self.ListHistory: SessionsListHistory = dial(methods['ListHistory'])


class SessionsCreateSession(Protocol):
    def __call__(self, request: pb.CreateSessionRequest, call: Any) -> Awaitable[pb.Session]: ...


class SessionsGetSession(Protocol):
    def __call__(self, request: pb.GetSessionRequest, call: Any) -> Awaitable[pb.Session]: ...


class SessionsListSessions(Protocol):
    def __call__(self, request: pb.ListSessionsRequest, call: Any) -> Awaitable[pb.SessionPage]: ...


class SessionsSaveSession(Protocol):
    def __call__(self, request: pb.SaveSessionRequest, call: Any) -> Awaitable[pb.SaveSessionResponse]: ...


class SessionsSaveDraft(Protocol):
    def __call__(self, request: pb.SaveDraftRequest, call: Any) -> Awaitable[pb.SaveSessionResponse]: ...


class SessionsFinalizeSession(Protocol):
    def __call__(self, request: pb.FinalizeSessionRequest, call: Any) -> Awaitable[pb.Session]: ...


class SessionsListVersions(Protocol):
    def __call__(self, request: pb.ListVersionsRequest, call: Any) -> Awaitable[pb.VersionList]: ...


class SessionsGetLatestFinalized(Protocol):
    def __call__(self, request: pb.GetLatestFinalizedRequest, call: Any) -> Awaitable[pb.Session]: ...


class SessionsListHistory(Protocol):
    def __call__(self, request: pb.ListHistoryRequest, call: Any) -> Awaitable[pb.History]: ...
