"""Who may be of a care team, as identity knows."""

import asyncio
from collections.abc import Mapping
from functools import cached_property

from caseload.identity.v1 import users_pb2
from caseload.identity.v1.users_rpc import UsersStub
from chassis.rpc.client.peers import Peer
from chassis.work.unit_of_work import UnitOfWork
from clients.care_teams import rules


class Members:
    def __init__(self, peers: Mapping[str, Peer]) -> None:
        self._peers = peers

    @cached_property
    def _users(self) -> UsersStub:
        return UsersStub(self._peers["identity"])

    async def check(self, user_ids: list[str], work: UnitOfWork) -> None:
        """Raises NotFound for a user of no or another workspace, Invalid for one who is inactive or does not treat."""
        asked = (self._users.GetPractitioner(users_pb2.GetPractitionerRequest(user_id=user_id), work.context) for user_id in user_ids)
        found = await asyncio.gather(*asked)
        rules.check_members(user_ids, {user.id for user in found if user.is_active and user.treats})
