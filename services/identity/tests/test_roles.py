"""Which scopes the roles have."""

from hypothesis import given
from hypothesis import strategies as st

from identity.roles import ADMINISTRATOR_ROLE, ALL_SCOPES, ROLES_BY_KIND, SCOPES_BY_ROLE, scopes_of

roles = st.sampled_from(sorted(SCOPES_BY_ROLE))


@given(roles)
def test_no_role_has_a_scope_that_administrators_lack(role):
    assert SCOPES_BY_ROLE[role] <= SCOPES_BY_ROLE["owner"] == SCOPES_BY_ROLE["admin"] == ALL_SCOPES


@given(roles)
def test_every_role_that_writes_a_resource_also_reads_it(role):
    for scope in SCOPES_BY_ROLE[role]:
        noun, _, verb = scope.partition(":")
        if verb != "read" and f"{noun}:read" in ALL_SCOPES:
            assert f"{noun}:read" in SCOPES_BY_ROLE[role]


@given(roles.filter(lambda role: role not in ADMINISTRATOR_ROLE.values()))
def test_only_administrators_erase_clients_or_change_users(role):
    assert not SCOPES_BY_ROLE[role] & {"clients:erase", "users:write", "workspace:write"}


def test_front_desk_roles_read_neither_session_notes_nor_medical_histories_and_nurses_do_not_book():
    for role in ("assistant", "operator"):
        assert not {scope for scope in SCOPES_BY_ROLE[role] if scope.startswith("sessions:") or scope == "clients:phi"}
    assert "appointments:write" not in SCOPES_BY_ROLE["nurse"]
    assert {role for role, scopes in SCOPES_BY_ROLE.items() if "clients:phi" in scopes} == SCOPES_BY_ROLE.keys() - {"assistant", "operator"}
    assert "audit:read" in SCOPES_BY_ROLE["head_doctor"]
    assert "audit:read" not in SCOPES_BY_ROLE["doctor"]


@given(roles)
def test_a_platform_admin_runs_the_installation_and_has_no_scope_of_any_role(role):
    assert scopes_of(role, is_platform_admin=True) == {"platform:admin"}
    assert not scopes_of(role, is_platform_admin=True) & ALL_SCOPES
    assert scopes_of(role, is_platform_admin=False) == SCOPES_BY_ROLE[role]


def test_every_role_belongs_to_one_kind_of_workspace():
    assert ROLES_BY_KIND["practice"] | ROLES_BY_KIND["hospital"] == set(SCOPES_BY_ROLE)
    assert not ROLES_BY_KIND["practice"] & ROLES_BY_KIND["hospital"]
    assert all(head in ROLES_BY_KIND[kind] for kind, head in ADMINISTRATOR_ROLE.items())
