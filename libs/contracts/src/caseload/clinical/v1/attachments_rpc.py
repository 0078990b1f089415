"""The services of caseload/clinical/v1/attachments.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.clinical.v1 import attachments_pb2 as pb

CallT = TypeVar("CallT", contravariant=True)


class AttachmentsServicer(ABC, Generic[CallT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Attachments"]

    @abstractmethod
    async def UploadAttachment(self, request: pb.UploadAttachmentRequest, call: CallT) -> pb.Attachment: ...

    @abstractmethod
    async def ListAttachments(self, request: pb.ListAttachmentsRequest, call: CallT) -> pb.AttachmentList: ...

    @abstractmethod
    async def GetAttachment(self, request: pb.GetAttachmentRequest, call: CallT) -> pb.Attachment: ...

    @abstractmethod
    async def GetDownload(self, request: pb.GetDownloadRequest, call: CallT) -> pb.Download: ...

    @abstractmethod
    async def RenameAttachment(self, request: pb.RenameAttachmentRequest, call: CallT) -> pb.Attachment: ...

    @abstractmethod
    async def DeleteAttachment(self, request: pb.DeleteAttachmentRequest, call: CallT) -> pb.DeleteAttachmentResponse: ...


class AttachmentsStub:
    """Calls caseload.clinical.v1.Attachments; `dial` makes one caller per method."""

    def __init__(self, dial: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Attachments'].methods_by_name
        self.UploadAttachment: AttachmentsUploadAttachment = dial(methods['UploadAttachment'])
        self.ListAttachments: AttachmentsListAttachments = dial(methods['ListAttachments'])
        self.GetAttachment: AttachmentsGetAttachment = dial(methods['GetAttachment'])
        self.GetDownload: AttachmentsGetDownload = dial(methods['GetDownload'])
        self.RenameAttachment: AttachmentsRenameAttachment = dial(methods['RenameAttachment'])
        self.DeleteAttachment: AttachmentsDeleteAttachment = dial(methods['DeleteAttachment'])


class AttachmentsUploadAttachment(Protocol):
    def __call__(self, request: pb.UploadAttachmentRequest, call: Any) -> Awaitable[pb.Attachment]: ...


class AttachmentsListAttachments(Protocol):
    def __call__(self, request: pb.ListAttachmentsRequest, call: Any) -> Awaitable[pb.AttachmentList]: ...


class AttachmentsGetAttachment(Protocol):
    def __call__(self, request: pb.GetAttachmentRequest, call: Any) -> Awaitable[pb.Attachment]: ...


class AttachmentsGetDownload(Protocol):
    def __call__(self, request: pb.GetDownloadRequest, call: Any) -> Awaitable[pb.Download]: ...


class AttachmentsRenameAttachment(Protocol):
    def __call__(self, request: pb.RenameAttachmentRequest, call: Any) -> Awaitable[pb.Attachment]: ...


class AttachmentsDeleteAttachment(Protocol):
    def __call__(self, request: pb.DeleteAttachmentRequest, call: Any) -> Awaitable[pb.DeleteAttachmentResponse]: ...
