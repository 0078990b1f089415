"""Which installations a self-test asks, what it counts as a fault, and what its signed report shows."""

import asyncio
import json
from argparse import Namespace

import httpx2
import pytest

from standalone.selftest.command import selftest_command
from standalone.selftest.isolation import attempts
from standalone.selftest.report import NotSignedError, check, signed, signing_key, summary
from standalone.selftest.rules import check_rate, check_url

DOCUMENT = {
    "info": {"version": "1"},
    "paths": {
        "/api/v1/clients/{client_id}": {
            "get": {"parameters": [{"in": "path", "name": "client_id", "required": True, "schema": {"type": "string", "format": "uuid"}}]}
        }
    },
}
MINE, THEIRS = "0198a5f0-0000-7000-8000-000000000001", "0198a5f0-0000-7000-8000-000000000002"


class OneWorld:
    """A workspace in which one thing is there, at an installation that answers as it is told to."""

    def __init__(self, answers):
        self._answers = answers

    async def for_operation(self, _, *, requests):
        assert requests == 3
        return httpx2.Client(base_url="http://127.0.0.1/api/v1", transport=httpx2.MockTransport(self._answer)), {"client_id": MINE}

    def answered(self, operation, answer):
        pass

    def _answer(self, request):
        asked = request.url.path.rpartition("/")[2]
        return self._answers(asked)


def tried(answers):
    async def collect():
        return [each async for each in attempts(DOCUMENT, OneWorld(answers), {"client_id": THEIRS})]

    return asyncio.run(collect())


def nowhere(asked):
    return httpx2.Response(404, json={"detail": f"{asked} is nowhere", "request_id": asked[:8]})


def isolated(asked):
    return httpx2.Response(200, json={"id": asked}) if asked == MINE else nowhere(asked)


def test_an_installation_that_keeps_workspaces_apart_has_no_faults():
    assert [(each.named, each.statuses, each.faults) for each in tried(isolated)] == [(("client_id",), (404, 404), ()), ((), (200,), ())]


@pytest.mark.parametrize(
    "leak",
    [
        lambda asked: httpx2.Response(200, json={"id": asked}) if asked in {MINE, THEIRS} else nowhere(asked),
        lambda asked: isolated(asked) if asked != THEIRS else httpx2.Response(404, json={"detail": "this is not yours"}),
        lambda asked: isolated(asked) if asked != THEIRS else httpx2.Response(403, json={}),
        lambda asked: httpx2.Response(403, json={}),
        # Where nothing is found at all, nothing is shown.
        nowhere,
    ],
)
def test_an_answer_that_tells_more_than_nobodys_is_a_fault(leak):
    assert any(each.faults for each in tried(leak))


def test_a_kind_of_id_that_is_not_known_is_a_fault_and_not_passed_over():
    async def collect():
        return [each async for each in attempts(DOCUMENT, OneWorld(isolated), {})]

    (attempt,) = asyncio.run(collect())
    assert attempt.faults


def test_a_report_has_statuses_and_nothing_of_the_answers():
    found = tried(lambda asked: httpx2.Response(200, json={"name": "Vera Closed", "id": asked}))

    report = summary(found, installation="https://caseload.example", changed=["/clients/{}"])

    assert "Vera" not in json.dumps(report)
    assert report["counts"] == {"operations": 1, "attempts": 2, "faults": 2}


@pytest.mark.parametrize(
    "url", ["https://caseload.example", "https://caseload.example:8443/", "http://127.0.0.1:8000", "http://localhost", "http://[::1]:8000"]
)
def test_an_installation_is_asked_over_tls_or_on_this_machine(url):
    assert check_url(url) == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "http://caseload.example",
        "http://10.0.0.1",
        "http://127.0.0.1.example.com",
        "http://localhost@caseload.example",
        "ftp://localhost",
        "caseload.example",
        "https://caseload.example/api/v1",
    ],
)
def test_plain_http_to_another_machine_is_refused(url):
    with pytest.raises(ValueError, match="write"):
        check_url(url)


@pytest.mark.parametrize("rate", ["0", "-1", "51", "nan", "inf", "fast"])
def test_the_rate_has_bounds(rate):
    with pytest.raises(ValueError, match=r"must be|convert"):
        check_rate(rate)


def test_a_report_is_checked_with_the_key_that_its_reader_knows(tmp_path):
    key = signing_key(tmp_path / "self-test.key")
    document = signed({"counts": {"faults": 0}, "where": "Zürich"}, key)

    assert check(document, document["public_key"]) == document["report"]
    assert signed({}, signing_key(tmp_path / "self-test.key"))["public_key"] == document["public_key"]
    assert (tmp_path / "self-test.key").stat().st_mode & 0o077 == 0
    with pytest.raises(NotSignedError, match="another key"):
        check(document, signed({}, signing_key(None))["public_key"])


@pytest.mark.parametrize(
    "change", [lambda it: it["report"]["counts"].update(faults=1), lambda it: it.update(signature="AAAA"), lambda it: it.pop("public_key")]
)
def test_a_changed_report_is_told(change, tmp_path):
    document = signed({"counts": {"operations": 1, "attempts": 1, "faults": 0}}, signing_key(None))
    change(document)
    file = tmp_path / "report.json"
    file.write_text(json.dumps(document))

    with pytest.raises(SystemExit, match="signed"):
        asyncio.run(selftest_command(None, Namespace(selftest="verify", report=file, public_key=None)))
