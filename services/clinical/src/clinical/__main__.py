"""The clinical service: session notes with their versions and files, and plans of care."""

from collections.abc import Sequence
from datetime import timedelta

from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.clinical.v1 import events_pb2
from caseload.identity.v1.users_rpc import UsersStub
from caseload.identity.v1.workspaces_rpc import WorkspacesStub
from caseload.scheduling.v1.appointments_rpc import AppointmentsStub
from chassis.care_teams.access import CareTeams
from chassis.service.cli import run
from chassis.service.definition import Erasure, Service
from chassis.service.runtime import Runtime
from clinical.attachments.reactions import reactions as attachment_reactions
from clinical.attachments.rpc import Attachments
from clinical.attachments.sweep import remove_all, sweep_loop
from clinical.attachments.workflow import Files
from clinical.client_attachments.rpc import ClientAttachments
from clinical.client_moves.rpc import ClientMoves
from clinical.cosignatures.reactions import reactions as cosignature_reactions
from clinical.cosignatures.rpc import Cosignatures
from clinical.erasure.reactions import reactions as erasure_reactions
from clinical.holds import legal_holds
from clinical.measures.rpc import Measures
from clinical.milestones.rpc import Milestones
from clinical.note_search.worker import index_loop
from clinical.note_templates.rpc import NoteTemplates
from clinical.plans.rpc import Plans
from clinical.sessions.reactions import reactions as session_reactions
from clinical.sessions.rpc import Sessions
from clinical.sessions.signing import VersionSigner
from clinical.settings import ClinicalSettings
from clinical.sync.rpc import Sync
from clinical.tables import ACCESS, RETENTIONS, metadata, plans, sessions
from clinical.treated_clients.rpc import TreatedClients

_CARE_TEAMS = CareTeams(ACCESS, records={"session_id": sessions, "plan_id": plans})


def _attachments(runtime: Runtime) -> Sequence[object]:
    """The two ways to the files, which one sandbox examines."""
    files = Files(runtime)
    return [Attachments(runtime, files), ClientAttachments(runtime.keys, ClientsStub(runtime.peers["clients"]), files)]


def _version_signer(runtime: Runtime) -> VersionSigner:
    return VersionSigner(runtime.signer, runtime.past_keys)


SERVICE = Service(
    name="clinical",
    metadata=metadata,
    servicers=lambda runtime: [
        Sessions(
            runtime.keys,
            ClientsStub(runtime.peers["clients"]),
            AppointmentsStub(runtime.peers["scheduling"]),
            WorkspacesStub(runtime.peers["identity"]),
            UsersStub(runtime.peers["identity"]),
            runtime.once(_version_signer),
            _CARE_TEAMS,
            grace=timedelta(days=runtime.settings.deleted_notes_days),
            holds=runtime.once(legal_holds),
        ),
        Cosignatures(runtime.keys, UsersStub(runtime.peers["identity"]), runtime.once(_version_signer), _CARE_TEAMS),
        Sync(
            runtime.keys,
            ClientsStub(runtime.peers["clients"]),
            AppointmentsStub(runtime.peers["scheduling"]),
            WorkspacesStub(runtime.peers["identity"]),
        ),
        *_attachments(runtime),
        NoteTemplates(runtime.keys),
        Plans(runtime.keys, ClientsStub(runtime.peers["clients"]), _CARE_TEAMS),
        Milestones(runtime.keys),
        Measures(runtime.keys),
        TreatedClients(),
        ClientMoves(runtime.keys),
    ],
    reactions=lambda runtime: [
        *erasure_reactions(runtime.keys, runtime.once(legal_holds), runtime.blobs),
        *attachment_reactions(runtime.blobs),
        *cosignature_reactions(),
        *session_reactions(
            runtime.keys, AppointmentsStub(runtime.peers["scheduling"]), grace=timedelta(days=runtime.settings.deleted_notes_days)
        ),
    ],
    loops=lambda runtime: [sweep_loop(runtime), index_loop(runtime)],
    settings=ClinicalSettings,
    retentions=RETENTIONS,
    holds=lambda runtime: runtime.once(legal_holds),
    care_teams=_CARE_TEAMS,
    erasure=Erasure(
        events_pb2.WorkspaceErasureUnfinished,
        events_pb2.WorkspaceErasureFinished,
        files=lambda runtime, workspace_id: remove_all(runtime.blobs, workspace_id),
    ),
)

if __name__ == "__main__":
    run(SERVICE)
