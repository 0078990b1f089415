"""The services of caseload/identity/v1/invitations.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.identity.v1 import invitations_pb2 as pb
from caseload.identity.v1 import sign_in_pb2

WorkT = TypeVar("WorkT", contravariant=True)


class InvitationsServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Invitations"]

    @abstractmethod
    async def ResendInvitation(self, request: pb.ResendInvitationRequest, work: WorkT) -> pb.Invitation: ...

    @abstractmethod
    async def IssueInvitation(self, request: pb.IssueInvitationRequest, work: WorkT) -> pb.InvitationMail: ...

    @abstractmethod
    async def AcceptInvitation(self, request: pb.AcceptInvitationRequest, work: WorkT) -> sign_in_pb2.SignedIn: ...


class InvitationsStub:
    """Calls caseload.identity.v1.Invitations; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Invitations'].methods_by_name
        self.ResendInvitation: InvitationsResendInvitation = caller_of(methods['ResendInvitation'])
        self.IssueInvitation: InvitationsIssueInvitation = caller_of(methods['IssueInvitation'])
        self.AcceptInvitation: InvitationsAcceptInvitation = caller_of(methods['AcceptInvitation'])


class InvitationsResendInvitation(Protocol):
    def __call__(self, request: pb.ResendInvitationRequest, context: Any) -> Awaitable[pb.Invitation]: ...


class InvitationsIssueInvitation(Protocol):
    def __call__(self, request: pb.IssueInvitationRequest, context: Any) -> Awaitable[pb.InvitationMail]: ...


class InvitationsAcceptInvitation(Protocol):
    def __call__(self, request: pb.AcceptInvitationRequest, context: Any) -> Awaitable[sign_in_pb2.SignedIn]: ...
