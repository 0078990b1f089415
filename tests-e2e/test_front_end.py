"""What front-end developers are told and given: the page's examples, its numbers, and the types, which are the document's own."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from walkthrough import paste, shell_blocks

from chassis.auth.tokens import ACCESS_SECONDS
from chassis.rpc.server.idempotency import KEPT
from gateway.api.attachments.schemas import DownloadQuery
from gateway.api.fields import PageQuery
from gateway.settings import MEGABYTE, GatewaySettings
from identity.settings import IdentitySettings
from notifications.settings import NotificationsSettings
from notifications.webhooks import rules as webhooks
from standalone.installation import Installation

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "front-end.md"
EXAMPLE = ROOT / "docs" / "front-end"
TYPES = ROOT / "scripts" / "typescript.py"
# A section's heading, and what its examples print, in this order.
SAID = {
    "Signing in": [
        '"message":"If this address is known',
        "300\nlink_invalid\n",
        '"token_type": "bearer"',
        "set-cookie: access_token; Path=/; Max-Age=300; SameSite=Lax; HttpOnly",
        "set-cookie: refresh_token; Path=/; ",
        "; SameSite=Strict; HttpOnly",
        "set-cookie: csrf_token; Path=/; ",
        "; SameSite=Lax\n",
        "set-cookie: device_token; Path=/; ",
        "; SameSite=Strict; HttpOnly",
        "invalid_credentials",
        "too_many_attempts",
        "retry-after: ",
        "csrf_failed",
        "x-ignored-members: /nickname",
        "owner@example.com\n1\n",
        "Riverside Practice\ntoken_invalid\n",
    ],
    "A front end of another origin": [
        "access-control-allow-origin: https://app.example.com",
        "access-control-allow-credentials: true",
        "access-control-allow-methods: ",
        "PATCH",
        "access-control-allow-headers: ",
        "Idempotency-Key, If-Match, Prefer, X-CSRF-Token",
        "access-control-expose-headers: ETag",
        "Restricted-Waiting, Retry-After, Search-Incomplete, X-CSRF-Token, X-Ignored-Members, X-Request-ID",
        "\n0\n",
    ],
    "Lists and pages": ['"full_name": "Ada Jones"', '"total": 1', '"page": 1', '"page_size": 20', '"total_pages": 1'],
    "Errors": ['"status": 422', '"request_id": ', '"code": "validation_failed"', '"pointer": "/first_name"', '"pointer": "/email"'],
    "Sending a write again": ["one client\nidempotency_key_reused\n"],
    "Notes that two people write": [
        "HTTP/1.1 200 OK\n",
        'etag: "2"',
        'etag: "2"',
        "stale_version\n2\n",
        "stale_version\n2\n",
        "one draft\nSlept well.\nwell.\n",
        "stale_version\nfinalized\n{'subjective': 'Slept well.', ",
        "}\n1\n",
        "finalized\n0\ncosign_not_pending\n",
    ],
    "Work without a network": ["created", "unchanged"],
    "Rate limits": ["ratelimit-limit: 1000", "ratelimit-remaining: ", "ratelimit-reset: "],
    "Files": ["HTTP/1.1 200 OK", "content-disposition: inline", "content-type: image/png"],
    "API keys": ["3\npermission_denied\n"],
    "Webhooks": ["whsec_\nsecret_rotated_lately\n1\n50\n204\n"],
    "Platform administration": ["suspended\nactive\npermission_denied\n"],
    "Clients from a file": ["1\n[{'row': 2, 'pointer': '/first_name', 'detail': 'must not be empty'}]\n1\n"],
    "Times and time zones": ["2026-03-01T08:00:00Z\n0\n0\n", '"pointer": "/start_date"'],
}


def sections():
    """The page's second-level headings, each with what stands below it."""
    return dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE.read_text(), re.MULTILINE | re.DOTALL))


@pytest.fixture
def as_told(homes, tmp_path):
    """An installation started with the setting that the page begins with."""
    name, value = re.search(r"^\$ (\w+)='(.+)' make run$", PAGE.read_text(), re.MULTILINE).groups()
    installation = Installation("run", homes.copy(tmp_path / "home"), {name: value})
    installation.start()
    yield installation
    assert installation.stop() == 0


def test_the_page_works_as_it_is_written(as_told, tmp_path):
    (tmp_path / "terminal").mkdir()
    page = PAGE.read_text()
    said = paste(shell_blocks(page), as_told.gateway_url, tmp_path / "terminal")
    numbers = iter(range(len(shell_blocks(page))))
    next(numbers)
    printed = {heading: "".join(said[next(numbers)] for _ in shell_blocks(below)) for heading, below in sections().items()}

    assert {heading for heading, text in printed.items() if text} == SAID.keys()
    for heading, words in SAID.items():
        # A header's line ends in CRLF.
        rest = printed[heading].replace("\r", "")
        for expected in words:
            before, found, rest = rest.partition(expected)
            assert found, f"{heading}: {expected!r} was not said, but\n{before}"


def test_the_pages_numbers_are_those_of_the_settings():
    page = " ".join(PAGE.read_text().split())
    gateway, identity = GatewaySettings.model_fields, IdentitySettings.model_fields

    for sentence, number in {
        "of up to 1 MB": gateway["json_limit_bytes"].default / MEGABYTE,
        "PDF of up to 10 MB": gateway["upload_limit_bytes"].default / MEGABYTE,
        "6 of one user,": gateway["uploads_per_user"].default,
        "30 of a workspace": gateway["uploads_per_workspace"].default,
        "it has at most 30 seconds,": gateway["json_seconds"].default,
        "an upload 5 minutes": gateway["upload_seconds"].default / 60,
        "reads (1000 a minute)": gateway["reads_per_minute"].default,
        "in a body of up to 8 MB": gateway["sync_limit_bytes"].default / MEGABYTE,
        "only 2 of one user": gateway["large_syncs_per_user"].default,
        "autosaves (600 a minute": gateway["autosaves_per_minute"].default,
        "other writes (100 a minute)": gateway["writes_per_minute"].default,
        "requests and renewals (1000 a minute each)": gateway["anonymous_per_minute"].default,
        "API keys that were not used in the last minutes (300 a minute each)": gateway["sign_ins_per_minute"].default,
        "has not been renewed for 30 minutes": identity["session_idle_seconds"].default / 60,
        "after 12 hours in any case": identity["session_absolute_seconds"].default / 3600,
        "Within 72 hours": KEPT.total_seconds() / 3600,
        "1 to 100 (default 50)": PageQuery().page_size,
        "15 unless asked otherwise": DownloadQuery().expires_in_minutes,
        "any 2xx within 10 seconds": NotificationsSettings.model_fields["webhook_seconds"].default,
        "for 72 hours; a `Retry-After`": webhooks.PATIENCE.total_seconds() / 3600,
        "For 24 hours after a rotation": webhooks.OVERLAP.total_seconds() / 3600,
    }.items():
        assert sentence in page
        assert float(number) in {float(found) for found in re.findall(r"\d+", sentence)}, sentence
    assert "once, for fifteen minutes" in page
    assert identity["magic_link_seconds"].default == 900
    assert "lives for five minutes" in page
    assert ACCESS_SECONDS == 300


def test_the_pages_typescript_is_the_compiled_clients():
    compiled = "".join((EXAMPLE / name).read_text() for name in ("client.ts", "journey.ts", "passkeys.ts"))
    excerpts = re.findall(r"^```ts\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)

    assert excerpts
    for excerpt in excerpts:
        assert excerpt in compiled
    # The page's command makes what ours makes.
    assert re.search(r"^OPTIONS = \((.+)\)$", TYPES.read_text(), re.MULTILINE)[1].replace('"', "").replace(",", "") in PAGE.read_text()


def check(*arguments):
    return subprocess.run([sys.executable, TYPES, "--check", *arguments], capture_output=True, text=True, timeout=120, check=False)


def test_the_types_were_made_from_the_document_and_the_client_was_compiled_with_them(servers):
    checked = check()

    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("name", ["client.ts", "schema.d.ts", "package-lock.json"])
def test_what_has_changed_since_it_was_compiled_is_named(servers, tmp_path, name):
    shutil.copytree(EXAMPLE, tmp_path, dirs_exist_ok=True)
    with (tmp_path / name).open("a") as file:
        file.write("\n")
    checked = check("--home", tmp_path)

    assert checked.returncode == 1, checked.stderr
    assert checked.stdout == f"changed since the types were checked: {name} (run `make types`)\n"


def test_a_changed_document_asks_for_new_types(servers, tmp_path):
    shutil.copytree(EXAMPLE, tmp_path, dirs_exist_ok=True)
    kept = (tmp_path / "checked.json").read_text()
    of_the_document = re.search(r'"openapi.json": "(\w+)"', kept)[1]
    (tmp_path / "checked.json").write_text(kept.replace(of_the_document, of_the_document[::-1]))
    checked = check("--home", tmp_path)

    assert checked.stdout == "changed since the types were checked: openapi.json (run `make types`)\n"


def test_the_lock_file_names_no_registry():
    lock = (EXAMPLE / "package-lock.json").read_text()

    assert '"integrity"' in lock
    assert '"resolved"' not in lock


@pytest.mark.parametrize("name", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "docs/front-end.md"])
def test_a_documents_links_lead_somewhere(name):
    document = ROOT / name
    links = re.findall(r"\]\((?!https?://)([^)]+)\)", re.sub(r"^```.*?^```$", "", document.read_text(), flags=re.MULTILINE | re.DOTALL))

    assert links
    for link in links:
        path, _, anchor = link.partition("#")
        target = document.parent / path if path else document
        assert target.exists(), link
        if anchor:
            headings = re.findall(r"^#+ (.+)$", target.read_text(), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}, link
