"""Every role asks the gateway for every operation: what it may do is what the role matrix and docs/roles.md say, cell by cell."""

import os
from collections import defaultdict
from uuid import uuid4

import httpx
import pytest
import roles_page
from attack.installation import PASSWORD, AttackedInstallation, Person

from identity.demo import PASSWORD as DEMO_PASSWORD
from identity.roles import ROLES_BY_KIND
from standalone.selftest.operations import operations

# Refusals of what some members of a body hold, from those who may do the rest.
OF_SOME_FIELDS = {"client_phi_not_permitted"}
OF_EVERY_ROLE = 3
# End what the other questions are asked with.
LAST = ("DELETE /api/v1/auth/sessions", "POST /api/v1/auth/logout")


def batched(items, size):
    return [items[start : start + size] for start in range(0, len(items), size)]


class Nowhere(dict):
    """Ids of nothing, by any name: who may do a thing is told that there is nothing, and nothing changes."""

    def __missing__(self, name):
        return str(uuid4())

    def __contains__(self, name):
        return True

    def __or__(self, other):
        return Nowhere({**self, **other})


@pytest.fixture(scope="module")
def document(embedded):
    return httpx.get(f"{embedded.gateway_url}/api/v1/openapi.json").raise_for_status().json()


@pytest.fixture(scope="module")
async def people(embedded):
    """Some of every role, the platform's administrators among them: one alone may not change so much in a minute."""
    attacked = AttackedInstallation(embedded)
    others = [await attacked.open_workspace("practice", is_platform_admin=True) for _ in range(OF_EVERY_ROLE - 1)]
    found = {roles_page.PLATFORM: [Person("platform@example.com", "", "", DEMO_PASSWORD), *others]}
    for kind, roles in ROLES_BY_KIND.items():
        workspace = await attacked.open_workspace(kind)
        for role in sorted(roles):
            found[role] = [await attacked.add_user(workspace.workspace_id, role, password=PASSWORD) for _ in range(OF_EVERY_ROLE)]
    return found


@pytest.fixture(scope="module")
def answered():
    """The roles that may, by operation; each test adds those of its own role."""
    return defaultdict(set)


def may(reply):
    """Whether the caller's role allows it, whatever else came of it."""
    assert reply.status_code not in {401, 405, 429, 500, 503}, reply.text
    return reply.status_code != 403 or reply.json()["code"] in OF_SOME_FIELDS


@pytest.mark.parametrize("role", roles_page.ROLES)
def test_a_role_may_do_what_the_page_says_and_no_more(embedded, document, people, answered, role):
    asked = sorted(operations(document), key=lambda operation: str(operation) in LAST and 1 + LAST.index(str(operation)))
    refused = {}
    for person, operations_of_person in zip(people[role], batched(asked, -(-len(asked) // OF_EVERY_ROLE)), strict=True):
        with AttackedInstallation(embedded).api_as(person) as api:
            for operation in operations_of_person:
                reply = operation.send(api, Nowhere())
                if operation.is_public or may(reply):
                    answered[f"`{operation}`"].add(role)
                else:
                    answered[f"`{operation}`"] |= set()
                    refused[str(operation)] = reply.json()["code"]

    assert set(refused.values()) <= {"permission_denied"}, refused
    if not os.environ.get("CASELOAD_WRITE_ROLES"):
        told = roles_page.read(roles_page.PAGE.read_text())
        faults = [name for name, roles in answered.items() if (role in roles) != (role in told.get(name, ()))]
        assert not faults, f"docs/roles.md says otherwise of {role} (run `make roles`): {faults}"


def test_the_page_has_exactly_the_operations_there_are(document, answered):
    if os.environ.get("CASELOAD_WRITE_ROLES"):
        roles_page.PAGE.write_text(roles_page.render({f"`{operation}`": answered[f"`{operation}`"] for operation in operations(document)}))

    told = roles_page.read(roles_page.PAGE.read_text()).keys()
    assert told - roles_page.scopes_table().keys() == {f"`{operation}`" for operation in operations(document)}


def test_the_page_says_of_every_scope_who_has_it():
    told = roles_page.read(roles_page.PAGE.read_text())

    assert {name: told.get(name) for name in roles_page.scopes_table()} == roles_page.scopes_table()
