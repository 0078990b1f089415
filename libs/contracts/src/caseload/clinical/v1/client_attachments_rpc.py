"""The services of caseload/clinical/v1/client_attachments.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterable, Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.clinical.v1 import client_attachments_pb2 as pb
from caseload.clinical.v1 import attachments_pb2

WorkT = TypeVar("WorkT", contravariant=True)
BodyT = TypeVar("BodyT", contravariant=True)


class ClientAttachmentsServicer(ABC, Generic[WorkT, BodyT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["ClientAttachments"]

    @abstractmethod
    async def UploadClientAttachment(self, request: pb.UploadClientAttachmentRequest, body: BodyT, work: WorkT) -> attachments_pb2.Attachment: ...

    @abstractmethod
    async def ListClientAttachments(self, request: pb.ListClientAttachmentsRequest, work: WorkT) -> attachments_pb2.AttachmentList: ...

    @abstractmethod
    async def GetClientDownload(self, request: pb.GetClientDownloadRequest, work: WorkT) -> attachments_pb2.Download: ...

    @abstractmethod
    async def RenameClientAttachment(self, request: pb.RenameClientAttachmentRequest, work: WorkT) -> attachments_pb2.Attachment: ...

    @abstractmethod
    async def DeleteClientAttachment(self, request: pb.DeleteClientAttachmentRequest, work: WorkT) -> attachments_pb2.DeleteAttachmentResponse: ...

    @abstractmethod
    async def ChooseClientAttachments(self, request: pb.ChooseClientAttachmentsRequest, work: WorkT) -> pb.AttachmentChoice: ...

    @abstractmethod
    async def ReadClientAttachment(self, request: pb.ReadClientAttachmentRequest, work: WorkT) -> pb.AttachmentContent: ...


class ClientAttachmentsStub:
    """Calls caseload.clinical.v1.ClientAttachments; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['ClientAttachments'].methods_by_name
        self.UploadClientAttachment: ClientAttachmentsUploadClientAttachment = caller_of(methods['UploadClientAttachment'])
        self.ListClientAttachments: ClientAttachmentsListClientAttachments = caller_of(methods['ListClientAttachments'])
        self.GetClientDownload: ClientAttachmentsGetClientDownload = caller_of(methods['GetClientDownload'])
        self.RenameClientAttachment: ClientAttachmentsRenameClientAttachment = caller_of(methods['RenameClientAttachment'])
        self.DeleteClientAttachment: ClientAttachmentsDeleteClientAttachment = caller_of(methods['DeleteClientAttachment'])
        self.ChooseClientAttachments: ClientAttachmentsChooseClientAttachments = caller_of(methods['ChooseClientAttachments'])
        self.ReadClientAttachment: ClientAttachmentsReadClientAttachment = caller_of(methods['ReadClientAttachment'])


class ClientAttachmentsUploadClientAttachment(Protocol):
    def __call__(self, request: pb.UploadClientAttachmentRequest, body: AsyncIterable[bytes], context: Any) -> Awaitable[attachments_pb2.Attachment]: ...


class ClientAttachmentsListClientAttachments(Protocol):
    def __call__(self, request: pb.ListClientAttachmentsRequest, context: Any) -> Awaitable[attachments_pb2.AttachmentList]: ...


class ClientAttachmentsGetClientDownload(Protocol):
    def __call__(self, request: pb.GetClientDownloadRequest, context: Any) -> Awaitable[attachments_pb2.Download]: ...


class ClientAttachmentsRenameClientAttachment(Protocol):
    def __call__(self, request: pb.RenameClientAttachmentRequest, context: Any) -> Awaitable[attachments_pb2.Attachment]: ...


class ClientAttachmentsDeleteClientAttachment(Protocol):
    def __call__(self, request: pb.DeleteClientAttachmentRequest, context: Any) -> Awaitable[attachments_pb2.DeleteAttachmentResponse]: ...


class ClientAttachmentsChooseClientAttachments(Protocol):
    def __call__(self, request: pb.ChooseClientAttachmentsRequest, context: Any) -> Awaitable[pb.AttachmentChoice]: ...


class ClientAttachmentsReadClientAttachment(Protocol):
    def __call__(self, request: pb.ReadClientAttachmentRequest, context: Any) -> Awaitable[pb.AttachmentContent]: ...
