"""`caseload selftest isolation` against a running installation, and against one whose answers are swapped on the way."""

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from identity.demo import PASSWORD
from standalone.installation import trust
from standalone.selftest.report import check

# Of the generated suite, which test_isolation.py runs whole, those on one client: they are enough to see what the command does with it.
PART = ("--only", "/clients/{client_id}", "--rate", "50")
NOT_PASSED_ON = {"host", "connection", "content-length", "transfer-encoding", "content-encoding", "accept-encoding", "date", "server"}


def started(url, *arguments):
    environment = os.environ | {"CASELOAD_SELFTEST_EMAIL": "platform@example.com", "CASELOAD_SELFTEST_PASSWORD": PASSWORD}
    command = [sys.executable, "-m", "standalone", "selftest", "isolation", url, *PART, *arguments]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def opened(embedded, sign_in):
    """The workspaces that self-tests have opened, as the platform's administrator sees them."""
    administrator = sign_in(embedded, "platform@example.com")

    def listed():
        found = administrator.get("/platform-admin/workspaces", params={"search": "Self-test", "page_size": 100})
        return found.raise_for_status().json()["workspaces"]

    return listed


@pytest.mark.drill
def test_a_self_test_finds_no_fault_and_leaves_no_workspace(embedded, opened, tmp_path):
    run = started(embedded.gateway_url, "--key", tmp_path / "self-test.key")
    output, said = run.communicate(timeout=120)

    assert run.returncode == 0, said + output
    report = check(json.loads(output))
    assert report["counts"]["faults"] == 0
    assert report["counts"]["operations"] >= 10
    assert report["changed"] == []
    assert report["installation"] == embedded.gateway_url
    assert {each["operation"] for each in report["operations"]} >= {"GET /api/v1/clients/{client_id}", "PUT /api/v1/clients/{client_id}"}
    deleted = {each["id"] for each in opened() if each["deleted_at"] is not None}
    assert set(report["workspaces"]) <= deleted
    assert len(report["workspaces"]) == 2
    assert PASSWORD not in output + said


def test_an_answer_with_anothers_client_is_found(embedded, opened):
    with leaky(embedded.gateway_url) as (url, leaked):
        run = started(url)
        output, said = run.communicate(timeout=120)

    assert leaked, "no answer was swapped"
    assert run.returncode == 1, said + output
    report = check(json.loads(output))
    faulty = {each["operation"] for each in report["operations"] if each["faults"]}
    assert faulty == {"GET /api/v1/clients/{client_id}"}
    assert report["counts"]["operations"] >= 10
    assert PASSWORD not in output + said
    assert "FAULT GET /api/v1/clients/{client_id} client_id" in said
    assert "Lated" not in output
    assert all(each["deleted_at"] is not None for each in opened())


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "terminated"])
def test_an_interrupted_self_test_deletes_what_it_made(embedded, opened, eventually, end):
    before = len(opened())
    run = started(embedded.gateway_url)
    eventually(lambda: len(opened()) > before)

    run.send_signal(end)
    output, said = run.communicate(timeout=60)

    assert run.returncode == 1, said
    assert output == ""
    assert "interrupted" in said
    assert all(each["deleted_at"] is not None for each in opened())


@contextmanager
def leaky(target):
    """A proxy before the installation that answers with any client that was made through it, whoever asks. Its address, and what it gave away."""
    made, leaked = {}, []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name: value for name, value in self.headers.items() if name.lower() not in NOT_PASSED_ON}
            # No client of its own would keep the cookies of everybody.
            with httpx.Client(timeout=60, verify=trust()) as client:
                reply = client.request(self.command, f"{target}{self.path}", content=body, headers=headers)
            status, content = reply.status_code, reply.content
            if self.command == "POST" and self.path == "/api/v1/clients" and status == 201:
                made[reply.json()["id"]] = content
            asked = self.path.removeprefix("/api/v1/clients/")
            if self.command == "GET" and asked in made and status == 404:
                leaked.append(asked)
                status, content = 200, made[asked]
            self.send_response(status)
            for name, value in reply.headers.multi_items():
                if name.lower() not in NOT_PASSED_ON:
                    self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815 - the names that the server calls

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", leaked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
