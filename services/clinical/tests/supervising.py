"""Supervisors and whom they supervise: users of identity, who sign and co-sign notes."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from google.protobuf.field_mask_pb2 import FieldMask
from uuid_utils.compat import uuid7

from caseload.clinical.v1 import cosignatures_pb2 as pb
from caseload.clinical.v1 import sessions_pb2
from caseload.clinical.v1.cosignatures_rpc import CosignaturesStub
from caseload.identity.v1 import users_pb2
from caseload.identity.v1.users_rpc import UsersStub
from identity.people.registration import add_user
from identity.roles import SCOPES_BY_ROLE

from .conftest import Practice


@dataclass(frozen=True)
class Clinician(Practice):
    """A user of identity, with what their role may do."""

    @property
    def cosignatures(self) -> CosignaturesStub:
        return self.environment.stub(CosignaturesStub)

    async def queue(self, **window: Any) -> sessions_pb2.SessionPage:
        return await self.cosignatures.ListCosignQueue(pb.ListCosignQueueRequest(**window), self.call)

    async def waiting(self) -> list[str]:
        return [note.id for note in (await self.queue()).items]

    async def cosign(self, note: sessions_pb2.Session, **but: Any) -> sessions_pb2.Session:
        return await self.cosignatures.CosignSession(pb.CosignSessionRequest(session_id=note.id, **but), self.call)

    async def give_back(self, note: sessions_pb2.Session, comment: str = "Which knee?", **but: Any) -> sessions_pb2.Session:
        return await self.cosignatures.ReturnSession(pb.ReturnSessionRequest(session_id=note.id, comment=comment, **but), self.call)

    async def sign(self, **but: Any) -> sessions_pb2.Session:
        return await self.finalize(await self.write(**but))


async def join(practice: Practice, role: str) -> Clinician:
    """A new user of the workspace."""
    identity = practice.environment.runtime("identity")
    user = users_pb2.User(id=str(uuid7()), email=f"{uuid7().hex}@example.com", full_name="Nora Quist")
    keys = await identity.keys.of(practice.workspace_id)
    async with identity.background(practice.workspace_id) as work:
        await add_user(work, identity.keyring, keys, user, role=role)
    return Clinician(practice.environment, practice.workspace_id, UUID(user.id), practice.client_id, SCOPES_BY_ROLE[role])


async def supervise(practice: Practice, person: Practice, supervisor: Practice | None) -> None:
    """Gives the person another supervisor, or none, and waits until that is known everywhere."""
    mask = FieldMask(paths=["supervisor_id"])
    supervisor_id = str(supervisor.user_id) if supervisor else None
    request = users_pb2.UpdateUserRequest(user_id=str(person.user_id), mask=mask, supervisor_id=supervisor_id)
    await practice.environment.stub(UsersStub).UpdateUser(request, replace(practice, scopes=None).call)
    await practice.environment.settle()


@dataclass(frozen=True)
class Ward:
    trainee: Clinician
    supervisor: Clinician
    colleague: Clinician
    administrator: Clinician


async def open_ward(practice: Practice) -> Ward:
    """A doctor who is supervised by another one, beside a colleague and an administrator."""
    ward = Ward(*[await join(practice, role) for role in ("doctor", "head_doctor", "doctor", "admin")])
    await supervise(practice, ward.trainee, ward.supervisor)
    return ward
