"""Maps care teams and broken glass between rows, messages and events."""

from collections.abc import Mapping
from typing import Any

from caseload.clients.v1 import care_teams_pb2 as pb
from caseload.clients.v1 import events_pb2
from chassis.encryption.records import WorkspaceKeys
from chassis.encryption.sealed_tables import SealedTable
from chassis.protobuf.fields import fill
from clients.care_teams.rules import NO_TEAM, Team
from clients.tables import broken_glass

GLASS = SealedTable(broken_glass)


def to_team(row: Mapping[str, Any]) -> Team:
    return NO_TEAM if row["version"] is None else Team(row["restricted"], frozenset(row["user_ids"]))


def to_message(client_id: str, team: Team) -> pb.CareTeam:
    return pb.CareTeam(client_id=client_id, restricted=team.restricted, user_ids=sorted(map(str, team.members)))


def to_event(client_id: str, team: Team, version: int) -> events_pb2.CareTeamChanged:
    return events_pb2.CareTeamChanged(
        client_id=client_id, version=version, restricted=team.restricted, user_ids=sorted(map(str, team.members))
    )


def to_broken_glass(row: Mapping[str, Any], keys: WorkspaceKeys) -> pb.BrokenGlass:
    return GLASS.open(row, keys, into=fill(pb.BrokenGlass(), row))
