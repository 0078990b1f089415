"""The services of caseload/identity/v1/users.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.identity.v1 import users_pb2 as pb

CallT = TypeVar("CallT", contravariant=True)


class UsersServicer(ABC, Generic[CallT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Users"]

    @abstractmethod
    async def GetMe(self, request: pb.GetMeRequest, call: CallT) -> pb.User: ...

    @abstractmethod
    async def ListUsers(self, request: pb.ListUsersRequest, call: CallT) -> pb.UserPage: ...

    @abstractmethod
    async def GetUser(self, request: pb.GetUserRequest, call: CallT) -> pb.User: ...

    @abstractmethod
    async def UpdateUser(self, request: pb.UpdateUserRequest, call: CallT) -> pb.User: ...

    @abstractmethod
    async def ChangeRole(self, request: pb.ChangeRoleRequest, call: CallT) -> pb.User: ...

    @abstractmethod
    async def DeactivateUser(self, request: pb.DeactivateUserRequest, call: CallT) -> pb.User: ...

    @abstractmethod
    async def ActivateUser(self, request: pb.ActivateUserRequest, call: CallT) -> pb.User: ...

    @abstractmethod
    async def GetPractitioner(self, request: pb.GetPractitionerRequest, call: CallT) -> pb.Practitioner: ...


class UsersStub:
    """Calls caseload.identity.v1.Users; `dial` makes one caller per method."""

    def __init__(self, dial: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Users'].methods_by_name
        self.GetMe: UsersGetMe = dial(methods['GetMe'])
        self.ListUsers: UsersListUsers = dial(methods['ListUsers'])
        self.GetUser: UsersGetUser = dial(methods['GetUser'])
        self.UpdateUser: UsersUpdateUser = dial(methods['UpdateUser'])
        self.ChangeRole: UsersChangeRole = dial(methods['ChangeRole'])
        self.DeactivateUser: UsersDeactivateUser = dial(methods['DeactivateUser'])
        self.ActivateUser: UsersActivateUser = dial(methods['ActivateUser'])
        self.GetPractitioner: UsersGetPractitioner = dial(methods['GetPractitioner'])


class UsersGetMe(Protocol):
    def __call__(self, request: pb.GetMeRequest, call: Any) -> Awaitable[pb.User]: ...


class UsersListUsers(Protocol):
    def __call__(self, request: pb.ListUsersRequest, call: Any) -> Awaitable[pb.UserPage]: ...


class UsersGetUser(Protocol):
    def __call__(self, request: pb.GetUserRequest, call: Any) -> Awaitable[pb.User]: ...


class UsersUpdateUser(Protocol):
    def __call__(self, request: pb.UpdateUserRequest, call: Any) -> Awaitable[pb.User]: ...


class UsersChangeRole(Protocol):
    def __call__(self, request: pb.ChangeRoleRequest, call: Any) -> Awaitable[pb.User]: ...


class UsersDeactivateUser(Protocol):
    def __call__(self, request: pb.DeactivateUserRequest, call: Any) -> Awaitable[pb.User]: ...


class UsersActivateUser(Protocol):
    def __call__(self, request: pb.ActivateUserRequest, call: Any) -> Awaitable[pb.User]: ...


class UsersGetPractitioner(Protocol):
    def __call__(self, request: pb.GetPractitionerRequest, call: Any) -> Awaitable[pb.Practitioner]: ...
