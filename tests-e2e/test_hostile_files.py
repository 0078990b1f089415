"""Files that nobody sends by mistake are refused, or harmless by the time they are served, and make no process large."""

import asyncio
import json
import os
import subprocess
import sys
import unicodedata
from collections import Counter
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
from attack.hostile_files import MARK, hostile_files

# `make drill` sends all of them through the real doors.
SENT = int(os.environ.get("CASELOAD_HOSTILE_FILES", "32"))
EXAMINED = max(SENT, 150)
SEED = 10
LARGEST_KIB = 300 * 1024
AT_A_TIME = 4
SERVED = {"image/jpeg", "image/png", "application/pdf"}
HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def test_of_many_hostile_files_none_comes_through_active_and_none_makes_the_sanitizer_large(servers, record_property):
    command = [sys.executable, "-m", "attack.examining", str(EXAMINED), str(SEED)]
    ended = subprocess.run(command, capture_output=True, cwd=Path(__file__).parent, timeout=300, check=True)
    told = [json.loads(line) for line in ended.stdout.splitlines()]
    record_property("became", dict(Counter(each["became"] for each in told)))
    record_property("peak_mib", max(each["peak_kib"] for each in told) // 1024)

    assert len(told) == EXAMINED
    assert [each for each in told if each["became"] not in each["may_be"] or each["marked"]] == []
    assert [each for each in told if each["became"] != "refused" and each["type"] not in SERVED] == []
    # Whatever happens, it is the file's own refusal and not a failure of the sanitizer.
    assert [each for each in told if each["status"] != 0] == []
    assert [each for each in told if each["peak_kib"] >= LARGEST_KIB] == []


class Peaks:
    """The most resident memory that the processes had: the gateway, clinical, and whatever clinical starts."""

    def __init__(self, installation):
        self._pids = {name: installation.running["processes"][name] for name in ("gateway", "clinical")}
        self.kib = dict.fromkeys((*self._pids, "sanitizer"), 0)

    async def watch(self):
        for pid in self._pids.values():
            # The most it has been is counted anew from here (proc_pid_clear_refs(5)).
            Path(f"/proc/{pid}/clear_refs").write_text("5")
        while True:
            for name, pid in self._pids.items():
                self._look(name, pid)
            for child in psutil.Process(self._pids["clinical"]).children():
                self._look("sanitizer", child.pid)
            await asyncio.sleep(0.01)

    def _look(self, name, pid):
        # One that has just ended has no such line any more.
        with suppress(OSError, StopIteration):
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
            self.kib[name] = max(self.kib[name], next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")))


def form(file):
    head = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\nContent-Type: text/html\r\n\r\n'
    return head.encode() + file.content + b"\r\n--b--\r\n"


async def test_hostile_files_through_the_real_doors(suite, attacked, record_property):
    person = await attacked.open_practice()
    owners = await attacked.owners(person, 8)
    with attacked.api_as(person) as api:
        client = api.post("/clients", json={"first_name": "Isa", "last_name": "Lated"}).json()["id"]
    path, files, became = f"/clients/{client}/attachments", iter(hostile_files(SENT, SEED)), Counter()
    peaks = Peaks(suite)
    watching = asyncio.ensure_future(peaks.watch())

    async with httpx.AsyncClient(base_url=f"{suite.gateway_url}/api/v1", timeout=120) as http:

        async def send():
            for file in files:
                headers = {"Authorization": f"Bearer {owners.next_token()}", "Content-Type": "multipart/form-data; boundary=b"}
                reply = await http.post(path, content=form(file), headers=headers)
                assert reply.status_code in {201, 422}, (file.kind, reply.status_code, reply.text)
                if reply.status_code == 422:
                    became[reply.json()["code"]] += 1
                    assert "refused" in file.may_be or reply.json()["code"] == "validation_failed", (file.kind, reply.text)
                else:
                    became["stored"] += 1
                    assert file.may_be & {"clean", "kept"}, file.kind
                    await check_served(http, headers["Authorization"], reply.json(), file)

        try:
            await asyncio.gather(*(send() for _ in range(AT_A_TIME)))
        finally:
            watching.cancel()
        listed = (await http.get(path, headers={"Authorization": f"Bearer {owners.next_token()}"})).json()["items"]

    record_property("became", dict(became))
    record_property("peaks_mib", {name: kib // 1024 for name, kib in peaks.kib.items()})
    assert became["stored"] == len(listed) > 0
    for file in listed:
        assert not {"/", "\\"} & set(file["file_name"]), file["file_name"]
        assert Path(file["file_name"]).suffix.lower() in {"", ".jpg", ".jpeg", ".png", ".pdf"}, file["file_name"]
        assert not [char for char in file["file_name"] if unicodedata.category(char) in HIDDEN], file["file_name"]
    assert 0 < min(peaks.kib.values()) <= max(peaks.kib.values()) < LARGEST_KIB, peaks.kib


async def check_served(http, authorization, stored, file):
    """What a browser gets cannot be run: its type is fixed and one of three, nothing may be loaded, and no payload is left in an image."""
    link = await http.get(f"/clients/{stored['client_id']}/attachments/{stored['id']}/download", headers={"Authorization": authorization})
    served = await http.get(link.json()["download_url"])
    assert served.status_code == 200
    assert served.headers["content-type"] == stored["file_type"] in SERVED
    assert served.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in served.headers["content-security-policy"]
    assert "script-src" not in served.headers["content-security-policy"]
    if stored["file_type"] != "application/pdf":
        assert MARK not in served.content, file.kind
