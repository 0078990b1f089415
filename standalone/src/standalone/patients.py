"""The door for front ends that were written for json-server, of one workspace: its API key, and the import of a db.json."""

import json
from typing import Any

from chassis.errors import NotFound
from chassis.private_files import write
from chassis.service.runtime import Runtime
from identity.api_keys.workflow import key_for_operator
from standalone.home import Home
from standalone.settings import StandaloneSettings

_SCOPES = ("clients:read", "clients:write", "clients:phi")


async def open_door(home: Home, settings: StandaloneSettings, identity: Runtime) -> None:
    """Sees to it that there is an API key for the front ends of this machine. Raises SystemExit for an unknown workspace."""
    if settings.patients_workspace is None or not settings.is_private or settings.patients_api_key.get_secret_value():
        return
    try:
        key = await key_for_operator(
            identity, settings.patients_workspace, name="Patients, on this machine", scopes=_SCOPES, secret=_own_key(home)
        )
    except NotFound:
        raise SystemExit(f"CASELOAD_PATIENTS_WORKSPACE: there is no workspace {settings.patients_workspace}") from None
    write(home.patients_key, json.dumps({"key": key}).encode())


def door_settings(home: Home, settings: StandaloneSettings) -> dict[str, Any]:
    """The gateway's settings for the door."""
    key = settings.patients_api_key.get_secret_value() or (_own_key(home) if settings.is_private else "")
    return {"patients_workspace": settings.patients_workspace, "patients_api_key": key}


def _own_key(home: Home) -> str:
    try:
        key: str = json.loads(home.patients_key.read_text())["key"]
    except FileNotFoundError:
        return ""
    return key
