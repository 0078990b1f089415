"""Uploads while they are under way: passed on as they arrive, with a share for every user and workspace."""

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
import pytest
import uvicorn
from PIL import Image
from uuid_utils.compat import uuid7

from chassis.local.processes import free_port
from chassis.rpc.stream_frames import SECONDS_TO_LEAVE_A_CONNECTION
from gateway.http_protocol import http_protocol
from gateway.settings import GatewaySettings

FORM = {"Content-Type": "multipart/form-data; boundary=b"}
HEAD = b'--b\r\nContent-Disposition: form-data; name="file"; filename="knee.png"\r\nContent-Type: image/png\r\n\r\n'
TAIL = b"\r\n--b--\r\n"


def picture() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (8, 8)).save(content, "PNG")
    return content.getvalue()


class Trickle:
    """An upload of which the file's first bytes have arrived, and the others arrive when it is told to go on."""

    def __init__(self, http: httpx.AsyncClient, path: str) -> None:
        self._taken, self._go_on = asyncio.Event(), asyncio.Event()
        self.reply = asyncio.ensure_future(http.post(f"{path}/attachments", content=self._body(), headers=FORM))

    async def _body(self) -> AsyncIterator[bytes]:
        yield HEAD + picture()[:20]
        # Whoever asks for more has taken what there was.
        self._taken.set()
        await self._go_on.wait()
        yield picture()[20:] + TAIL

    async def taken(self) -> None:
        await asyncio.wait([asyncio.ensure_future(self._taken.wait()), self.reply], return_when=asyncio.FIRST_COMPLETED)
        assert not self.reply.done(), self.reply.result().text

    async def finish(self) -> httpx.Response:
        self._go_on.set()
        return await self.reply


@pytest.fixture
async def path(practice) -> str:
    client = await practice.add_client()
    return f"/api/v1/sessions/{(await practice.write_note(client['id']))['id']}"


@asynccontextmanager
async def trickling(number: int, http: httpx.AsyncClient, path: str) -> AsyncIterator[list[Trickle]]:
    uploads = [Trickle(http, path) for _ in range(number)]
    try:
        for upload in uploads:
            await upload.taken()
        yield uploads
    finally:
        for upload in uploads:
            await upload.finish()


@pytest.fixture
def upload() -> Callable[[httpx.AsyncClient, str], Awaitable[httpx.Response]]:
    async def send(http: httpx.AsyncClient, path: str) -> httpx.Response:
        return await http.post(f"{path}/attachments", files={"file": ("knee.png", picture(), "image/png")})

    return send


async def test_one_users_trickling_uploads_do_not_stop_another_users(gateway, practice, path, upload, check_problem):
    most = GatewaySettings.model_fields["uploads_per_user"].default
    patient = gateway.reconfigured(body_seconds=120.0)
    async with patient.colleague(practice.person) as http, patient.colleague(practice.person, user_id=uuid7()) as colleague:
        async with trickling(most, http, path) as uploads:
            refused = await upload(http, path)
            others = await upload(colleague, path)
            listed = await http.get(f"{path}/attachments")
        replies = [trickle.reply.result() for trickle in uploads]
        later = await upload(http, path)

    assert "retry-after" in refused.headers
    assert check_problem(refused, 429, "too_many_uploads")["counted_by"] == "user"
    assert others.status_code == 201, others.text
    assert listed.json()["total"] == 1
    assert [reply.status_code for reply in replies] == [201] * most
    assert later.status_code == 201, "its place is given back"


async def test_one_workspaces_uploads_do_not_stop_anothers(gateway, practice, elsewhere, path, upload, check_problem):
    client = await elsewhere.add_client()
    theirs = f"/api/v1/sessions/{(await elsewhere.write_note(client['id']))['id']}"
    narrow = gateway.reconfigured(uploads_per_workspace=2, uploads_at_once=3, body_seconds=120.0)
    async with AsyncExitStack() as stack:
        mine = await stack.enter_async_context(narrow.colleague(practice.person))
        colleague = await stack.enter_async_context(narrow.colleague(practice.person, user_id=uuid7()))
        other = await stack.enter_async_context(narrow.colleague(elsewhere.person))
        async with trickling(1, mine, path), trickling(1, colleague, path):
            assert check_problem(await upload(mine, path), 429, "too_many_uploads")["counted_by"] == "workspace"
            assert (await upload(other, theirs)).status_code == 201
            async with trickling(1, other, theirs):
                refused = await upload(other, theirs)
    check_problem(refused, 503, "overloaded")
    assert "retry-after" in refused.headers


async def test_an_upload_that_never_ends_is_cut_off_and_leaves_nothing(gateway, practice, path, upload, check_problem):
    impatient = gateway.reconfigured(upload_seconds=0.5)
    async with impatient.colleague(practice.person) as http:
        endless = Trickle(http, path)
        check_problem(await endless.reply, 408, "request_too_slow")
    assert (await practice.http.get(f"{path}/attachments")).json()["total"] == 0


@pytest.mark.parametrize(
    "body",
    [
        HEAD + picture(),
        HEAD + picture() + TAIL.replace(b"--b--", b"--b\r\n") + HEAD.removeprefix(b"--b\r\n") + picture() + TAIL,
        HEAD + picture() + b"\r\n--b\r\n" + b'Content-Disposition: form-data; name="x"\r\n\r\ncut off',
    ],
    ids=["without an end", "two files", "cut off behind the file"],
)
async def test_a_form_that_turns_out_wrong_behind_the_files_beginning_leaves_nothing(practice, path, body):
    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 50):
            yield body[start : start + 50]

    reply = await practice.http.post(f"{path}/attachments", content=pieces(), headers=FORM)

    assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (422, "/file"), reply.text
    assert (await practice.http.get(f"{path}/attachments")).json()["total"] == 0


async def test_the_files_name_and_other_fields_may_arrive_byte_by_byte(practice, path):
    body = b'--b\r\nContent-Disposition: form-data; name="remark"\r\n\r\nleft\r\n' + HEAD + picture() + TAIL

    async def bytes_of_it() -> AsyncIterator[bytes]:
        for byte in body:
            yield bytes([byte])

    reply = await practice.http.post(f"{path}/attachments", content=bytes_of_it(), headers=FORM)

    assert reply.status_code == 201, reply.text
    assert reply.json()["file_name"] == "knee.png"


async def test_an_upload_that_is_hung_up_on_leaves_nothing_and_gives_its_place_back(gateway, practice, path, caplog):
    app, number = gateway.reconfigured(uploads_per_user=1).app, free_port()
    server = uvicorn.Server(
        uvicorn.Config(app, port=number, http=http_protocol(gateway.settings), ws="none", log_config=None, access_log=False, lifespan="on")
    )
    serving = asyncio.create_task(server._serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        authorization = practice.http.headers["authorization"]
        head = f"POST {path}/attachments HTTP/1.1\r\nHost: x\r\nAuthorization: {authorization}\r\nContent-Length: 5000\r\n"
        _, writer = await asyncio.open_connection("127.0.0.1", number)
        writer.write(head.encode() + b"Content-Type: multipart/form-data; boundary=b\r\n\r\n" + HEAD + picture()[:30])
        async with asyncio.timeout(30):
            while not app.state.uploads._under_way:
                await asyncio.sleep(0.01)
            writer.close()
            while app.state.uploads._under_way:
                await asyncio.sleep(0.01)
    finally:
        server.should_exit = True
        await serving

    assert (await practice.http.get(f"{path}/attachments")).json()["total"] == 0
    assert not [line for line in caplog.records if line.levelname == "ERROR"]


def test_no_connection_is_cut_while_an_upload_may_still_take_its_time():
    fields = GatewaySettings.model_fields
    assert fields["upload_seconds"].default + fields["call_seconds"].default < SECONDS_TO_LEAVE_A_CONNECTION


@pytest.mark.parametrize(
    ("method", "where"),
    [
        ("PUT", "/api/v1/clients/attachments"),
        ("DELETE", "/api/v1/appointments/attachments"),
        ("PUT", "{path}/attachments"),
        ("POST", "{path}x/attachments/attachments"),
    ],
)
async def test_only_an_upload_may_be_as_large_as_a_file(practice, path, check_problem, method, where):
    """Everything else is read whole into memory, and counted by nobody."""
    where = where.format(path=path)
    content = HEAD + bytes(2 * 1024 * 1024) + TAIL
    check_problem(await practice.http.request(method, where, content=content, headers=FORM), 413, "body_too_large")
