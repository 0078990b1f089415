"""The door for front ends written for json-server, as an operator opens it: one setting, a restart, and a db.json that is brought along."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from standalone.installation import Installation
from standalone.settings import StandaloneSettings

RECORD = {
    "patientID": "P001",
    "name": "Ada Lovelace",
    "age": 36,
    "gender": "Female",
    "medicalCondition": "Asthma",
    "lastVisit": "2026-11-02",
}


def test_one_setting_opens_the_door_and_what_comes_through_it_is_there_after_a_restart(homes, tmp_path, sign_in):
    home = homes.copy(tmp_path / "home")
    first = Installation("run", home)
    first.start()
    workspace_id = sign_in(first).user["workspace_id"]
    assert httpx.get(f"{first.gateway_url}/patients").status_code == 404
    assert "CASELOAD_PATIENTS_WORKSPACE=" in first.output.read_text()
    first.stop()

    # The secret of the door's key is not made anew at each start: a workspace has so many keys and no more.
    environment = {"CASELOAD_PATIENTS_WORKSPACE": workspace_id}
    second = Installation("run", home, environment)
    second.start()
    made, page, found, changed = [ask(call, second.gateway_url) for call in calls_of_the_readme()]
    assert json.loads(made) == RECORD | {"id": 1}
    assert page.splitlines()[0].startswith("HTTP/1.1 200")
    assert "x-total-count: 1" in page.lower().splitlines()
    assert json.loads(found) == [RECORD | {"id": 1}]
    assert json.loads(changed) == RECORD | {"id": 1, "age": 37}
    key = (home / "patients-key").read_text()
    assert (home / "patients-key").stat().st_mode & 0o077 == 0
    brought = [RECORD | {"id": 7, "patientID": "P007"}, RECORD | {"id": "x", "age": 0}]
    (tmp_path / "db.json").write_text(json.dumps({"patients": brought}))
    told = caseload("import-patients", str(tmp_path / "db.json"), CASELOAD_HOME=str(home), **environment)
    assert told.returncode == 1
    assert told.stdout.splitlines() == [
        "record 2 failed: /age must be a whole number above 0",
        "2 records: 1 imported, 0 skipped because they were there, 1 failed; 1 are patients now, of which 0 differ from the file",
    ]
    second.stop()

    third = Installation("run", home, environment)
    third.start()
    assert httpx.get(f"{third.gateway_url}/patients").json() == [RECORD | {"id": 1, "age": 37}, brought[0]]
    assert httpx.post(f"{third.gateway_url}/patients", json=RECORD | {"patientID": "P002"}).json()["id"] == 8
    assert (home / "patients-key").read_text() == key
    assert third.stop() == 0


def calls_of_the_readme():
    """What such a front end asks, as the README has it: a command in one or several lines."""
    text = (Path(__file__).parents[1] / "README.md").read_text()
    section = re.search(r"^## A front end written for json-server\n(.*?)(?=^## )", text, re.MULTILINE | re.DOTALL)
    assert section is not None
    return re.findall(r"^    (curl .*?)$(?=\n    curl|\n\n)", section[1], re.MULTILINE | re.DOTALL)


def ask(call, address):
    assert call.count("localhost:8000") == 1
    pasted = call.replace("localhost:8000", address)
    return subprocess.run(["bash", "-c", pasted], capture_output=True, text=True, timeout=60, check=True).stdout


def caseload(*arguments, **environment):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("CASELOAD_") and name != "DATABASE_URL"}
    return subprocess.run(
        [sys.executable, "-m", "standalone", *arguments],
        env=inherited | environment,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def test_where_others_reach_the_gateway_it_does_not_start_without_a_key(monkeypatch):
    monkeypatch.setenv("CASELOAD_PATIENTS_WORKSPACE", "00000000-0000-0000-0000-000000000001")
    StandaloneSettings().check_patients()
    monkeypatch.setenv("CASELOAD_HOST", "0.0.0.0")
    with pytest.raises(SystemExit, match="CASELOAD_PATIENTS_API_KEY is needed"):
        StandaloneSettings().check_patients()
    monkeypatch.setenv("CASELOAD_PATIENTS_API_KEY", "clk_x")
    StandaloneSettings().check_patients()
