"""What uploads and archives take of memory, in processes that do nothing else meanwhile."""

import asyncio
import io
import time
from pathlib import Path

import httpx
import pikepdf
import pytest
from attack.installation import AttackedInstallation

from standalone.installation import Installation
from standalone.selftest.operations import now, text

AT_ONCE = 20
LARGEST = 10 * 1024 * 1024
MOST_ADDED = 64 * 1024 * 1024
PIECE = 64 * 1024
PROCESSES = ("gateway", "clinical")
FILES = 12
EXPORTING = ("gateway", "clients", "clinical", "scheduling", "audit")


@pytest.fixture
def fresh(homes, tmp_path):
    """A suite that nobody has asked anything."""
    installation = Installation("suite", homes.copy(tmp_path / "suite"))
    installation.start()
    yield installation
    assert installation.stop() == 0


def document(size):
    """A sound PDF of exactly this many bytes."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        empty = io.BytesIO()
        pdf.save(empty)
        pdf.Root.Padding = pdf.make_stream(bytes(size - len(empty.getvalue()) - 1_000))
        whole = io.BytesIO()
        pdf.save(whole, compress_streams=False, static_id=True)
    content = whole.getvalue()
    # Behind the last line it is a comment, which moves no object.
    return content + b"%" * (size - len(content))


def resident(pid, figure):
    """The process's VmRSS, or VmHWM, the most it has been, in bytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{figure}:"))


def count_anew(pids):
    """What the processes hold now. The most that each has been is counted from here (proc_pid_clear_refs(5))."""
    for pid in pids.values():
        Path(f"/proc/{pid}/clear_refs").write_text("5")
    return {name: resident(pid, "VmRSS") for name, pid in pids.items()}


@pytest.mark.drill
@pytest.mark.alone
async def test_twenty_of_the_largest_uploads_at_once_take_less_than_64_mib(fresh, record_property):
    attacked = AttackedInstallation(fresh)
    person = await attacked.open_practice()
    owners = await attacked.owners(person, AT_ONCE)
    with attacked.api_as(person) as api:
        client = api.post("/clients", json={"first_name": "Isa", "last_name": "Lated"}).json()["id"]
        note = api.post("/sessions", json={"client_id": client, "session_date": text(now()), "subjective": "Worse."}).json()["id"]
        path = f"/sessions/{note}/attachments"
        # What is loaded and connected once is not an upload's.
        assert api.post(path, files={"file": ("first.pdf", document(100_000), "application/pdf")}).status_code == 201
    pids = {name: fresh.running["processes"][name] for name in PROCESSES}
    content = document(LARGEST)
    assert len(content) == LARGEST
    before = count_anew(pids)
    all_under_way, waiting = asyncio.Event(), AT_ONCE

    async def form():
        nonlocal waiting
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="scan.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
        for start in range(0, LARGEST, PIECE):
            yield content[start : start + PIECE]
            if start >= LARGEST // 2 > start - PIECE:
                waiting -= 1
                if not waiting:
                    all_under_way.set()
                await all_under_way.wait()
        yield b"\r\n--b--\r\n"

    async def upload(http, user_id):
        headers = {"Authorization": f"Bearer {owners.token_of(user_id)}", "Content-Type": "multipart/form-data; boundary=b"}
        return await http.post(path, content=form(), headers=headers)

    async with httpx.AsyncClient(base_url=f"{fresh.gateway_url}/api/v1", timeout=180, limits=httpx.Limits(max_connections=AT_ONCE)) as http:
        replies = await asyncio.gather(*(upload(http, user_id) for user_id in owners.user_ids))

    assert [reply.status_code for reply in replies] == [201] * AT_ONCE, [reply.text for reply in replies if reply.status_code != 201]
    assert {reply.json()["file_size_bytes"] for reply in replies} == {LARGEST}
    added = {name: resident(pid, "VmHWM") - before[name] for name, pid in pids.items()}
    for name in PROCESSES:
        record_property(f"added_{name}_mib", round(added[name] / 2**20, 1))
    assert all(more < MOST_ADDED for more in added.values()), added


@pytest.mark.drill
@pytest.mark.alone
async def test_archives_of_120_mib_take_less_than_64_mib_of_a_client_and_of_the_whole_workspace(fresh, record_property):
    attacked = AttackedInstallation(fresh)
    person = await attacked.open_practice()
    content, pids = document(LARGEST), {name: fresh.running["processes"][name] for name in EXPORTING}

    def download(path):
        with api.stream("GET", path, timeout=180) as reply:
            assert reply.status_code == 200, reply.read()
            return sum(map(len, reply.iter_raw()))

    def exported():
        job = api.post("/clients/export-all").json()["id"]
        while not (done := api.get(f"/jobs/{job}").json())["finished_at"]:
            time.sleep(0.2)
        assert (done["status"], done["result"]["left_out"]) == ("done", 0), done
        return done["result_url"].removeprefix("/api/v1")

    with attacked.api_as(person) as api:
        client = api.post("/clients", json={"first_name": "Isa", "last_name": "Lated"}).json()["id"]
        note = api.post("/sessions", json={"client_id": client, "session_date": text(now()), "subjective": "Worse."}).json()["id"]
        # What is loaded and connected once, as that which makes PDF documents, is not an archive's.
        download(f"/clients/{client}/export")
        download(exported())
        for number in range(FILES):
            reply = api.post(
                f"/sessions/{note}/attachments", files={"file": (f"scan-{number}.pdf", content, "application/pdf")}, timeout=180
            )
            assert reply.status_code == 201, reply.text
        del reply
        for name, made in (("client", lambda: f"/clients/{client}/export"), ("workspace", exported)):
            before = count_anew(pids)
            assert download(made()) > FILES * LARGEST
            added = {process: resident(pid, "VmHWM") - before[process] for process, pid in pids.items()}
            for process, more in added.items():
                record_property(f"{name}_added_{process}_mib", round(more / 2**20, 1))
            assert all(more < MOST_ADDED for more in added.values()), (name, added)
