"""The services of caseload/notifications/v1/reminder_answers.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.notifications.v1 import reminder_answers_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class ReminderAnswersServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["ReminderAnswers"]

    @abstractmethod
    async def GetReminderLink(self, request: pb.GetReminderLinkRequest, work: WorkT) -> pb.ReminderLink: ...

    @abstractmethod
    async def AnswerReminder(self, request: pb.AnswerReminderRequest, work: WorkT) -> pb.ReminderLink: ...

    @abstractmethod
    async def ListOptOuts(self, request: pb.ListOptOutsRequest, work: WorkT) -> pb.OptOutPage: ...

    @abstractmethod
    async def TakeBackOptOut(self, request: pb.TakeBackOptOutRequest, work: WorkT) -> pb.TakeBackOptOutResponse: ...


class ReminderAnswersStub:
    """Calls caseload.notifications.v1.ReminderAnswers; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['ReminderAnswers'].methods_by_name
        self.GetReminderLink: ReminderAnswersGetReminderLink = caller_of(methods['GetReminderLink'])
        self.AnswerReminder: ReminderAnswersAnswerReminder = caller_of(methods['AnswerReminder'])
        self.ListOptOuts: ReminderAnswersListOptOuts = caller_of(methods['ListOptOuts'])
        self.TakeBackOptOut: ReminderAnswersTakeBackOptOut = caller_of(methods['TakeBackOptOut'])


class ReminderAnswersGetReminderLink(Protocol):
    def __call__(self, request: pb.GetReminderLinkRequest, context: Any) -> Awaitable[pb.ReminderLink]: ...


class ReminderAnswersAnswerReminder(Protocol):
    def __call__(self, request: pb.AnswerReminderRequest, context: Any) -> Awaitable[pb.ReminderLink]: ...


class ReminderAnswersListOptOuts(Protocol):
    def __call__(self, request: pb.ListOptOutsRequest, context: Any) -> Awaitable[pb.OptOutPage]: ...


class ReminderAnswersTakeBackOptOut(Protocol):
    def __call__(self, request: pb.TakeBackOptOutRequest, context: Any) -> Awaitable[pb.TakeBackOptOutResponse]: ...
