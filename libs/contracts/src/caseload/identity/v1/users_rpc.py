"""The services of caseload/identity/v1/users.proto, as a servicer implements them and as a caller calls them. Generated; never edited."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from caseload.identity.v1 import users_pb2 as pb

WorkT = TypeVar("WorkT", contravariant=True)


class UsersServicer(ABC, Generic[WorkT]):
    SERVICE: ServiceDescriptor = pb.DESCRIPTOR.services_by_name["Users"]

    @abstractmethod
    async def GetMe(self, request: pb.GetMeRequest, work: WorkT) -> pb.User: ...

    @abstractmethod
    async def CreateUser(self, request: pb.CreateUserRequest, work: WorkT) -> pb.User: ...

    @abstractmethod
    async def ListUsers(self, request: pb.ListUsersRequest, work: WorkT) -> pb.UserPage: ...

    @abstractmethod
    async def GetUser(self, request: pb.GetUserRequest, work: WorkT) -> pb.User: ...

    @abstractmethod
    async def UpdateUser(self, request: pb.UpdateUserRequest, work: WorkT) -> pb.User: ...

    @abstractmethod
    async def ChangeRole(self, request: pb.ChangeRoleRequest, work: WorkT) -> pb.User: ...

    @abstractmethod
    async def DeactivateUser(self, request: pb.DeactivateUserRequest, work: WorkT) -> pb.User: ...

    @abstractmethod
    async def ActivateUser(self, request: pb.ActivateUserRequest, work: WorkT) -> pb.User: ...

    @abstractmethod
    async def UnlockUser(self, request: pb.UnlockUserRequest, work: WorkT) -> pb.User: ...

    @abstractmethod
    async def GetPractitioner(self, request: pb.GetPractitionerRequest, work: WorkT) -> pb.Practitioner: ...

    @abstractmethod
    async def ListPractitioners(self, request: pb.ListPractitionersRequest, work: WorkT) -> pb.PractitionerList: ...

    @abstractmethod
    async def GetSupervision(self, request: pb.GetSupervisionRequest, work: WorkT) -> pb.Supervision: ...

    @abstractmethod
    async def ListOverseers(self, request: pb.ListOverseersRequest, work: WorkT) -> pb.OverseerList: ...

    @abstractmethod
    async def ListColleagues(self, request: pb.ListColleaguesRequest, work: WorkT) -> pb.ColleagueList: ...

    @abstractmethod
    async def ListStaff(self, request: pb.ListStaffRequest, work: WorkT) -> pb.Staff: ...

    @abstractmethod
    async def GetStanding(self, request: pb.GetStandingRequest, work: WorkT) -> pb.Standing: ...

    @abstractmethod
    async def LendReading(self, request: pb.LendReadingRequest, work: WorkT) -> pb.LentReading: ...


class UsersStub:
    """Calls caseload.identity.v1.Users; `caller_of` returns the function that calls a method."""

    def __init__(self, caller_of: Callable[[MethodDescriptor], Callable[..., Awaitable[Any]]]) -> None:
        methods = pb.DESCRIPTOR.services_by_name['Users'].methods_by_name
        self.GetMe: UsersGetMe = caller_of(methods['GetMe'])
        self.CreateUser: UsersCreateUser = caller_of(methods['CreateUser'])
        self.ListUsers: UsersListUsers = caller_of(methods['ListUsers'])
        self.GetUser: UsersGetUser = caller_of(methods['GetUser'])
        self.UpdateUser: UsersUpdateUser = caller_of(methods['UpdateUser'])
        self.ChangeRole: UsersChangeRole = caller_of(methods['ChangeRole'])
        self.DeactivateUser: UsersDeactivateUser = caller_of(methods['DeactivateUser'])
        self.ActivateUser: UsersActivateUser = caller_of(methods['ActivateUser'])
        self.UnlockUser: UsersUnlockUser = caller_of(methods['UnlockUser'])
        self.GetPractitioner: UsersGetPractitioner = caller_of(methods['GetPractitioner'])
        self.ListPractitioners: UsersListPractitioners = caller_of(methods['ListPractitioners'])
        self.GetSupervision: UsersGetSupervision = caller_of(methods['GetSupervision'])
        self.ListOverseers: UsersListOverseers = caller_of(methods['ListOverseers'])
        self.ListColleagues: UsersListColleagues = caller_of(methods['ListColleagues'])
        self.ListStaff: UsersListStaff = caller_of(methods['ListStaff'])
        self.GetStanding: UsersGetStanding = caller_of(methods['GetStanding'])
        self.LendReading: UsersLendReading = caller_of(methods['LendReading'])


class UsersGetMe(Protocol):
    def __call__(self, request: pb.GetMeRequest, context: Any) -> Awaitable[pb.User]: ...


class UsersCreateUser(Protocol):
    def __call__(self, request: pb.CreateUserRequest, context: Any) -> Awaitable[pb.User]: ...


class UsersListUsers(Protocol):
    def __call__(self, request: pb.ListUsersRequest, context: Any) -> Awaitable[pb.UserPage]: ...


class UsersGetUser(Protocol):
    def __call__(self, request: pb.GetUserRequest, context: Any) -> Awaitable[pb.User]: ...


class UsersUpdateUser(Protocol):
    def __call__(self, request: pb.UpdateUserRequest, context: Any) -> Awaitable[pb.User]: ...


class UsersChangeRole(Protocol):
    def __call__(self, request: pb.ChangeRoleRequest, context: Any) -> Awaitable[pb.User]: ...


class UsersDeactivateUser(Protocol):
    def __call__(self, request: pb.DeactivateUserRequest, context: Any) -> Awaitable[pb.User]: ...


class UsersActivateUser(Protocol):
    def __call__(self, request: pb.ActivateUserRequest, context: Any) -> Awaitable[pb.User]: ...


class UsersUnlockUser(Protocol):
    def __call__(self, request: pb.UnlockUserRequest, context: Any) -> Awaitable[pb.User]: ...


class UsersGetPractitioner(Protocol):
    def __call__(self, request: pb.GetPractitionerRequest, context: Any) -> Awaitable[pb.Practitioner]: ...


class UsersListPractitioners(Protocol):
    def __call__(self, request: pb.ListPractitionersRequest, context: Any) -> Awaitable[pb.PractitionerList]: ...


class UsersGetSupervision(Protocol):
    def __call__(self, request: pb.GetSupervisionRequest, context: Any) -> Awaitable[pb.Supervision]: ...


class UsersListOverseers(Protocol):
    def __call__(self, request: pb.ListOverseersRequest, context: Any) -> Awaitable[pb.OverseerList]: ...


class UsersListColleagues(Protocol):
    def __call__(self, request: pb.ListColleaguesRequest, context: Any) -> Awaitable[pb.ColleagueList]: ...


class UsersListStaff(Protocol):
    def __call__(self, request: pb.ListStaffRequest, context: Any) -> Awaitable[pb.Staff]: ...


class UsersGetStanding(Protocol):
    def __call__(self, request: pb.GetStandingRequest, context: Any) -> Awaitable[pb.Standing]: ...


class UsersLendReading(Protocol):
    def __call__(self, request: pb.LendReadingRequest, context: Any) -> Awaitable[pb.LentReading]: ...
