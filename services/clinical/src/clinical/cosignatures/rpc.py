"""The Cosignatures service: each method is one use case and one transaction."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.clinical.v1 import cosignatures_pb2, events_pb2, sessions_pb2
from caseload.clinical.v1.cosignatures_rpc import CosignaturesServicer
from caseload.identity.v1 import users_pb2
from caseload.identity.v1.users_rpc import UsersStub
from chassis.auth.signer import Signer
from chassis.care_teams.access import CareTeams
from chassis.encryption.key_store import Keys
from chassis.paging import page
from chassis.protobuf.fields import fill
from chassis.work.unit_of_work import UnitOfWork
from clinical.cosignatures import rules
from clinical.sessions import mapping, replies
from clinical.sessions import rules as session_rules
from clinical.sessions import store as notes
from clinical.supervision import attested, store

DecisionRequest = cosignatures_pb2.CosignSessionRequest | cosignatures_pb2.ReturnSessionRequest


class Cosignatures(CosignaturesServicer[UnitOfWork]):
    """Keys are fetched and identity is asked before the first statement, so that no transaction is open meanwhile."""

    def __init__(self, keys: Keys, users: UsersStub, signer: Signer, care_teams: CareTeams) -> None:
        self._keys = keys
        self._users = users
        self._signer = signer
        self._care_teams = care_teams

    async def ListCosignQueue(self, request: cosignatures_pb2.ListCosignQueueRequest, work: UnitOfWork) -> sessions_pb2.SessionPage:
        window = page(request)
        keys = await self._keys.of(work.workspace_id)
        colleague_ids = await self._colleagues(work)
        of = "workspace" if session_rules.OVERSEE in work.caller.scopes else "department" if colleague_ids else "supervisor"
        async with self._care_teams.beyond(work) as tx:
            own = await tx.maybe(store.supervision, user_id=work.user_id)
            whose: dict[str, Any] = {"user_id": work.user_id, "is_unsupervised": own is None or own["supervisor_user_id"] is None}
            if of == "department":
                whose["colleague_ids"] = colleague_ids
            # Of restricted clients nothing is told but how many notes wait.
            hidden = await self._care_teams.hidden(work, tx)
            closed = (await tx.one(store.closed(of=of), client_ids=list(hidden), **whose))["total"] if hidden else 0
        queue, count = store.queues(of=of, shown=bool(hidden))
        found = await work.db.all(queue, limit=window.limit, offset=window.offset, **whose)
        total = await work.db.one(count, **whose)
        items = [mapping.from_row(row, keys) for row in found]
        await replies.complete(work, keys, items)
        return sessions_pb2.SessionPage(items=items, total=total["total"], restricted=closed)

    async def CosignSession(self, request: cosignatures_pb2.CosignSessionRequest, work: UnitOfWork) -> sessions_pb2.Session:
        rules.check_comment(request.comment, is_needed=False)
        return await self._decide(request, "cosigned", work)

    async def ReturnSession(self, request: cosignatures_pb2.ReturnSessionRequest, work: UnitOfWork) -> sessions_pb2.Session:
        rules.check_comment(request.comment, is_needed=True)
        return await self._decide(request, "returned", work)

    async def _decide(self, request: DecisionRequest, decision: str, work: UnitOfWork) -> sessions_pb2.Session:
        """Attests of the newest version what was decided. The note's row is locked: it is not amended meanwhile."""
        rules.check_is_a_person(work.caller.role)
        keys = await self._keys.of(work.workspace_id)
        colleague_ids = await self._colleagues(work)
        row = await work.db.one(notes.lock, id=request.session_id)
        note = mapping.from_row(row, keys)
        if request.HasField("expected_version"):
            seen = session_rules.seen_version(request.expected_version, row["version"], row["detached_version"])
            session_rules.check_fresh(seen, row["version"])
        waiting = await work.db.maybe(store.request, id=request.session_id)
        rules.check_waits(waiting["status"] if waiting else None)
        assert waiting is not None
        number = waiting["version_number"]
        rules.check_same_version(request.content_hash if request.HasField("content_hash") else None, note.content_hash, number)
        own = await work.db.maybe(store.supervision, user_id=work.user_id)
        role = rules.role_of(
            work.user_id,
            author=UUID(note.created_by_user_id),
            signers=[signed["created_by_user_id"] for signed in await work.db.all(store.since_cosigned, session_id=request.session_id)],
            own_supervisor=own["supervisor_user_id"] if own else None,
            supervisor=waiting["supervisor_user_id"],
            scopes=work.caller.scopes,
            is_colleague=str(waiting["supervisee_user_id"]) in colleague_ids,
        )
        cosignature = sessions_pb2.Cosignature(comment=request.comment or None, content_hash=note.content_hash)
        attestation = {
            "id": uuid7(),
            "session_id": note.id,
            "version_number": number,
            "decision": decision,
            "role": role,
            "signed_by_user_id": work.user_id,
            "created_at": work.now,
        }
        await work.db.one(store.decide, id=note.id, version_number=number, decision=decision)
        await attested.add(work, keys, self._signer, fill(cosignature, attestation))
        if decision == "returned":
            for user_id in sorted({note.created_by_user_id, str(waiting["signed_by_user_id"])}):
                work.emit(events_pb2.SessionReturned(session_id=note.id, user_id=user_id))
        work.note(decision=decision, role=role, version_number=str(number))
        await replies.complete(work, keys, [note])
        return note

    async def _colleagues(self, work: UnitOfWork) -> Sequence[str]:
        """On whose notes the caller may decide as the head of their department, as of now; nobody's for all others, and for who oversees the workspace."""
        if rules.HEAD not in work.caller.scopes or session_rules.OVERSEE in work.caller.scopes:
            return []
        return (await self._users.ListColleagues(users_pb2.ListColleaguesRequest(), work.context)).user_ids
