"""The services of caseload/clinical/v1/attachments.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterable, Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.clinical.v1 import attachments_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)
BodyT = TypeVar("BodyT", contravariant=True)


class AttachmentsServicer(ABC, Generic[WorkT, BodyT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Attachments"]

    @abstractmethod
    async def UploadAttachment(self, request: pb.UploadAttachmentRequest, body: BodyT, work: WorkT) -> pb.Attachment: ...

    @abstractmethod
    async def GetStorage(self, request: pb.GetStorageRequest, work: WorkT) -> pb.Storage: ...

    @abstractmethod
    async def SetStorageQuota(self, request: pb.SetStorageQuotaRequest, work: WorkT) -> pb.Storage: ...

    @abstractmethod
    async def ListAttachments(self, request: pb.ListAttachmentsRequest, work: WorkT) -> pb.AttachmentList: ...

    @abstractmethod
    async def GetAttachment(self, request: pb.GetAttachmentRequest, work: WorkT) -> pb.Attachment: ...

    @abstractmethod
    async def GetDownload(self, request: pb.GetDownloadRequest, work: WorkT) -> pb.Download: ...

    @abstractmethod
    async def RenameAttachment(self, request: pb.RenameAttachmentRequest, work: WorkT) -> pb.Attachment: ...

    @abstractmethod
    async def DeleteAttachment(self, request: pb.DeleteAttachmentRequest, work: WorkT) -> pb.DeleteAttachmentResponse: ...


class AttachmentsStub:
    """Calls caseload.clinical.v1.Attachments; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Attachments'].methods_by_name
        self.UploadAttachment: AttachmentsUploadAttachment = caller_of(methods['UploadAttachment'])
        self.GetStorage: AttachmentsGetStorage = caller_of(methods['GetStorage'])
        self.SetStorageQuota: AttachmentsSetStorageQuota = caller_of(methods['SetStorageQuota'])
        self.ListAttachments: AttachmentsListAttachments = caller_of(methods['ListAttachments'])
        self.GetAttachment: AttachmentsGetAttachment = caller_of(methods['GetAttachment'])
        self.GetDownload: AttachmentsGetDownload = caller_of(methods['GetDownload'])
        self.RenameAttachment: AttachmentsRenameAttachment = caller_of(methods['RenameAttachment'])
        self.DeleteAttachment: AttachmentsDeleteAttachment = caller_of(methods['DeleteAttachment'])


class AttachmentsUploadAttachment(Protocol):
    def __call__(self, request: pb.UploadAttachmentRequest, body: AsyncIterable[bytes], context: Any) -> Awaitable[pb.Attachment]: ...


class AttachmentsGetStorage(Protocol):
    def __call__(self, request: pb.GetStorageRequest, context: Any) -> Awaitable[pb.Storage]: ...


class AttachmentsSetStorageQuota(Protocol):
    def __call__(self, request: pb.SetStorageQuotaRequest, context: Any) -> Awaitable[pb.Storage]: ...


class AttachmentsListAttachments(Protocol):
    def __call__(self, request: pb.ListAttachmentsRequest, context: Any) -> Awaitable[pb.AttachmentList]: ...


class AttachmentsGetAttachment(Protocol):
    def __call__(self, request: pb.GetAttachmentRequest, context: Any) -> Awaitable[pb.Attachment]: ...


class AttachmentsGetDownload(Protocol):
    def __call__(self, request: pb.GetDownloadRequest, context: Any) -> Awaitable[pb.Download]: ...


class AttachmentsRenameAttachment(Protocol):
    def __call__(self, request: pb.RenameAttachmentRequest, context: Any) -> Awaitable[pb.Attachment]: ...


class AttachmentsDeleteAttachment(Protocol):
    def __call__(self, request: pb.DeleteAttachmentRequest, context: Any) -> Awaitable[pb.DeleteAttachmentResponse]: ...
