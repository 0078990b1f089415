"""The services of caseload/clinical/v1/note_templates.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.clinical.v1 import note_templates_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class NoteTemplatesServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["NoteTemplates"]

    @abstractmethod
    async def CreateNoteTemplate(self, request: pb.CreateNoteTemplateRequest, work: WorkT) -> pb.NoteTemplate: ...

    @abstractmethod
    async def ListNoteTemplates(self, request: pb.ListNoteTemplatesRequest, work: WorkT) -> pb.NoteTemplatePage: ...

    @abstractmethod
    async def UpdateNoteTemplate(self, request: pb.UpdateNoteTemplateRequest, work: WorkT) -> pb.NoteTemplate: ...

    @abstractmethod
    async def DeleteNoteTemplate(self, request: pb.DeleteNoteTemplateRequest, work: WorkT) -> pb.DeleteNoteTemplateResponse: ...


class NoteTemplatesStub:
    """Calls caseload.clinical.v1.NoteTemplates; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['NoteTemplates'].methods_by_name
        self.CreateNoteTemplate: NoteTemplatesCreateNoteTemplate = caller_of(methods['CreateNoteTemplate'])
        self.ListNoteTemplates: NoteTemplatesListNoteTemplates = caller_of(methods['ListNoteTemplates'])
        self.UpdateNoteTemplate: NoteTemplatesUpdateNoteTemplate = caller_of(methods['UpdateNoteTemplate'])
        self.DeleteNoteTemplate: NoteTemplatesDeleteNoteTemplate = caller_of(methods['DeleteNoteTemplate'])


class NoteTemplatesCreateNoteTemplate(Protocol):
    def __call__(self, request: pb.CreateNoteTemplateRequest, context: Any) -> Awaitable[pb.NoteTemplate]: ...


class NoteTemplatesListNoteTemplates(Protocol):
    def __call__(self, request: pb.ListNoteTemplatesRequest, context: Any) -> Awaitable[pb.NoteTemplatePage]: ...


class NoteTemplatesUpdateNoteTemplate(Protocol):
    def __call__(self, request: pb.UpdateNoteTemplateRequest, context: Any) -> Awaitable[pb.NoteTemplate]: ...


class NoteTemplatesDeleteNoteTemplate(Protocol):
    def __call__(self, request: pb.DeleteNoteTemplateRequest, context: Any) -> Awaitable[pb.DeleteNoteTemplateResponse]: ...
