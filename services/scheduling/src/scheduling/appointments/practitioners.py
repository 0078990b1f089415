"""Whether somebody can be given appointments: they work here, and their role treats."""

from typing import NamedTuple
from uuid import UUID

from caseload.identity.v1 import users_pb2
from caseload.identity.v1.users_rpc import UsersStub
from chassis.context import TREATS
from chassis.errors import Fault, Invalid
from chassis.work.unit_of_work import UnitOfWork

_BY_KEY = "key"


class Standing(NamedTuple):
    is_active: bool
    treats: bool


async def standing(users: UsersStub, practitioner_id: UUID, work: UnitOfWork) -> Standing:
    """Of the practitioner. Raises NotFound for an unknown one. Of the caller the token says it."""
    caller = work.caller
    if practitioner_id == caller.user_id:
        if _BY_KEY in caller.amr:
            fault = Fault("/practitioner_id", "is required of an API key, which treats nobody")
            raise Invalid("practitioner_required", "An API key says with whom it books.", faults=[fault])
        return Standing(is_active=True, treats=TREATS in caller.scopes)
    found = await users.GetPractitioner(users_pb2.GetPractitionerRequest(user_id=str(practitioner_id)), work.context)
    return Standing(found.is_active, found.treats)
