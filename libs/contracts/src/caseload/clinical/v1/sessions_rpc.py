"""The services of caseload/clinical/v1/sessions.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.clinical.v1 import sessions_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class SessionsServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Sessions"]

    @abstractmethod
    async def CreateSession(self, request: pb.CreateSessionRequest, work: WorkT) -> pb.Session: ...

    @abstractmethod
    async def GetSession(self, request: pb.GetSessionRequest, work: WorkT) -> pb.Session: ...

    @abstractmethod
    async def ListSessions(self, request: pb.ListSessionsRequest, work: WorkT) -> pb.SessionPage: ...

    @abstractmethod
    async def SaveSession(self, request: pb.SaveSessionRequest, work: WorkT) -> pb.SaveSessionResponse: ...

    @abstractmethod
    async def SaveDraft(self, request: pb.SaveDraftRequest, work: WorkT) -> pb.SaveSessionResponse: ...

    @abstractmethod
    async def FinalizeSession(self, request: pb.FinalizeSessionRequest, work: WorkT) -> pb.Session: ...

    @abstractmethod
    async def UnfinalizeSession(self, request: pb.UnfinalizeSessionRequest, work: WorkT) -> pb.Session: ...

    @abstractmethod
    async def DeleteSession(self, request: pb.DeleteSessionRequest, work: WorkT) -> pb.DeleteSessionResponse: ...

    @abstractmethod
    async def RestoreSession(self, request: pb.RestoreSessionRequest, work: WorkT) -> pb.Session: ...

    @abstractmethod
    async def EraseSession(self, request: pb.EraseSessionRequest, work: WorkT) -> pb.EraseSessionResponse: ...

    @abstractmethod
    async def VerifySession(self, request: pb.VerifySessionRequest, work: WorkT) -> pb.Verification: ...

    @abstractmethod
    async def ListVersions(self, request: pb.ListVersionsRequest, work: WorkT) -> pb.VersionList: ...

    @abstractmethod
    async def ListSigningKeys(self, request: pb.ListSigningKeysRequest, work: WorkT) -> pb.SigningKeyList: ...

    @abstractmethod
    async def GetLatestFinalized(self, request: pb.GetLatestFinalizedRequest, work: WorkT) -> pb.Session: ...

    @abstractmethod
    async def CountSessions(self, request: pb.CountSessionsRequest, work: WorkT) -> pb.SessionCountList: ...

    @abstractmethod
    async def CountDrafts(self, request: pb.CountDraftsRequest, work: WorkT) -> pb.DraftCount: ...

    @abstractmethod
    async def CheckNoNote(self, request: pb.CheckNoNoteRequest, work: WorkT) -> pb.CheckNoNoteResponse: ...

    @abstractmethod
    async def CheckNoteDeletion(self, request: pb.CheckNoteDeletionRequest, work: WorkT) -> pb.NoteOfAppointment: ...

    @abstractmethod
    async def DetachNote(self, request: pb.DetachNoteRequest, work: WorkT) -> pb.NoteOfAppointment: ...

    @abstractmethod
    async def DeleteNote(self, request: pb.DeleteNoteRequest, work: WorkT) -> pb.NoteOfAppointment: ...

    @abstractmethod
    async def ListHistory(self, request: pb.ListHistoryRequest, work: WorkT) -> pb.History: ...


class SessionsStub:
    """Calls caseload.clinical.v1.Sessions; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Sessions'].methods_by_name
        self.CreateSession: SessionsCreateSession = caller_of(methods['CreateSession'])
        self.GetSession: SessionsGetSession = caller_of(methods['GetSession'])
        self.ListSessions: SessionsListSessions = caller_of(methods['ListSessions'])
        self.SaveSession: SessionsSaveSession = caller_of(methods['SaveSession'])
        self.SaveDraft: SessionsSaveDraft = caller_of(methods['SaveDraft'])
        self.FinalizeSession: SessionsFinalizeSession = caller_of(methods['FinalizeSession'])
        self.UnfinalizeSession: SessionsUnfinalizeSession = caller_of(methods['UnfinalizeSession'])
        self.DeleteSession: SessionsDeleteSession = caller_of(methods['DeleteSession'])
        self.RestoreSession: SessionsRestoreSession = caller_of(methods['RestoreSession'])
        self.EraseSession: SessionsEraseSession = caller_of(methods['EraseSession'])
        self.VerifySession: SessionsVerifySession = caller_of(methods['VerifySession'])
        self.ListVersions: SessionsListVersions = caller_of(methods['ListVersions'])
        self.ListSigningKeys: SessionsListSigningKeys = caller_of(methods['ListSigningKeys'])
        self.GetLatestFinalized: SessionsGetLatestFinalized = caller_of(methods['GetLatestFinalized'])
        self.CountSessions: SessionsCountSessions = caller_of(methods['CountSessions'])
        self.CountDrafts: SessionsCountDrafts = caller_of(methods['CountDrafts'])
        self.CheckNoNote: SessionsCheckNoNote = caller_of(methods['CheckNoNote'])
        self.CheckNoteDeletion: SessionsCheckNoteDeletion = caller_of(methods['CheckNoteDeletion'])
        self.DetachNote: SessionsDetachNote = caller_of(methods['DetachNote'])
        self.DeleteNote: SessionsDeleteNote = caller_of(methods['DeleteNote'])
        self.ListHistory: SessionsListHistory = caller_of(methods['ListHistory'])


class SessionsCreateSession(Protocol):
    def __call__(self, request: pb.CreateSessionRequest, context: Any) -> Awaitable[pb.Session]: ...


class SessionsGetSession(Protocol):
    def __call__(self, request: pb.GetSessionRequest, context: Any) -> Awaitable[pb.Session]: ...


class SessionsListSessions(Protocol):
    def __call__(self, request: pb.ListSessionsRequest, context: Any) -> Awaitable[pb.SessionPage]: ...


class SessionsSaveSession(Protocol):
    def __call__(self, request: pb.SaveSessionRequest, context: Any) -> Awaitable[pb.SaveSessionResponse]: ...


class SessionsSaveDraft(Protocol):
    def __call__(self, request: pb.SaveDraftRequest, context: Any) -> Awaitable[pb.SaveSessionResponse]: ...


class SessionsFinalizeSession(Protocol):
    def __call__(self, request: pb.FinalizeSessionRequest, context: Any) -> Awaitable[pb.Session]: ...


class SessionsUnfinalizeSession(Protocol):
    def __call__(self, request: pb.UnfinalizeSessionRequest, context: Any) -> Awaitable[pb.Session]: ...


class SessionsDeleteSession(Protocol):
    def __call__(self, request: pb.DeleteSessionRequest, context: Any) -> Awaitable[pb.DeleteSessionResponse]: ...


class SessionsRestoreSession(Protocol):
    def __call__(self, request: pb.RestoreSessionRequest, context: Any) -> Awaitable[pb.Session]: ...


class SessionsEraseSession(Protocol):
    def __call__(self, request: pb.EraseSessionRequest, context: Any) -> Awaitable[pb.EraseSessionResponse]: ...


class SessionsVerifySession(Protocol):
    def __call__(self, request: pb.VerifySessionRequest, context: Any) -> Awaitable[pb.Verification]: ...


class SessionsListVersions(Protocol):
    def __call__(self, request: pb.ListVersionsRequest, context: Any) -> Awaitable[pb.VersionList]: ...


class SessionsListSigningKeys(Protocol):
    def __call__(self, request: pb.ListSigningKeysRequest, context: Any) -> Awaitable[pb.SigningKeyList]: ...


class SessionsGetLatestFinalized(Protocol):
    def __call__(self, request: pb.GetLatestFinalizedRequest, context: Any) -> Awaitable[pb.Session]: ...


class SessionsCountSessions(Protocol):
    def __call__(self, request: pb.CountSessionsRequest, context: Any) -> Awaitable[pb.SessionCountList]: ...


class SessionsCountDrafts(Protocol):
    def __call__(self, request: pb.CountDraftsRequest, context: Any) -> Awaitable[pb.DraftCount]: ...


class SessionsCheckNoNote(Protocol):
    def __call__(self, request: pb.CheckNoNoteRequest, context: Any) -> Awaitable[pb.CheckNoNoteResponse]: ...


class SessionsCheckNoteDeletion(Protocol):
    def __call__(self, request: pb.CheckNoteDeletionRequest, context: Any) -> Awaitable[pb.NoteOfAppointment]: ...


class SessionsDetachNote(Protocol):
    def __call__(self, request: pb.DetachNoteRequest, context: Any) -> Awaitable[pb.NoteOfAppointment]: ...


class SessionsDeleteNote(Protocol):
    def __call__(self, request: pb.DeleteNoteRequest, context: Any) -> Awaitable[pb.NoteOfAppointment]: ...


class SessionsListHistory(Protocol):
    def __call__(self, request: pb.ListHistoryRequest, context: Any) -> Awaitable[pb.History]: ...
