"""Who may do what, read from pg_catalog and held against the written list."""

import tomllib
from pathlib import Path

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from chassis.migrations.roles import provision
from chassis.migrations.runner import migrate
from chassis.testing.environment import _dsn
from standalone.services import NAMES, SERVICES

WRITTEN = Path(__file__).parent / "grants.toml"
PASSWORD = "for-tests-only"
ROLES = {f"{name}_{role}": (name, role) for name in NAMES for role in ("owner", "app", "relay", "eraser", "keys")}

# Everything with an access list: object, its owner, and what others may. An absent list means PostgreSQL's defaults.
GRANTED = """
WITH object(schema, name, owner, acl, columns) AS (
    SELECT n.nspname::text, 'schema', n.nspowner, coalesce(n.nspacl, acldefault('n', n.nspowner)), NULL
    FROM pg_namespace n WHERE n.nspname = ANY($1)
    UNION ALL
    SELECT n.nspname::text, c.relname::text, c.relowner, coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's'::"char" ELSE 'r' END, c.relowner)), NULL
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY($1) AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    UNION ALL
    SELECT n.nspname::text, c.relname::text, c.relowner, a.attacl, a.attname::text
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ANY($1) AND a.attacl IS NOT NULL
    UNION ALL
    SELECT n.nspname::text, p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', p.proowner, coalesce(p.proacl, acldefault('f', p.proowner)), NULL
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = ANY($1)
    UNION ALL
    SELECT split_part(pg_get_userbyid(d.defaclrole), '_', 1),
        'default of ' || CASE d.defaclobjtype WHEN 'f' THEN 'functions' ELSE d.defaclobjtype::text END || coalesce(' in ' || d.defaclnamespace::regnamespace, ''),
        d.defaclrole, d.defaclacl, NULL
    FROM pg_default_acl d
    UNION ALL
    SELECT 'database', 'database', datdba, coalesce(datacl, acldefault('d', datdba)), NULL FROM pg_database WHERE datname = current_database()
)
SELECT schema, name, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee) END AS grantee,
    privilege || coalesce(' (' || columns || ')', '') AS privilege
FROM (
    SELECT o.schema, o.name, a.grantee, a.privilege_type || CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS privilege,
        string_agg(o.columns, ', ' ORDER BY o.columns) AS columns
    FROM object o CROSS JOIN aclexplode(o.acl) a WHERE a.grantee <> o.owner GROUP BY 1, 2, 3, 4
) granted
UNION ALL
-- A default that leaves out what PostgreSQL gives to everybody is worth writing down, and has nobody in it but its owner.
SELECT split_part(pg_get_userbyid(defaclrole), '_', 1), 'default of functions', 'PUBLIC', ''
FROM pg_default_acl WHERE defaclnamespace = 0 AND defaclobjtype = 'f'
    AND NOT EXISTS (SELECT FROM aclexplode(defaclacl) a WHERE a.grantee = 0)
UNION ALL
SELECT split_part(pg_get_userbyid(member), '_', 1), 'member of', pg_get_userbyid(member), pg_get_userbyid(roleid)
FROM pg_auth_members WHERE pg_get_userbyid(member) = ANY($2)
"""


@pytest.fixture(scope="module")
async def database(postgres):
    """The administrator's DSN of a newly installed database."""
    name = f"grants_{uuid7().hex}"
    admin = await asyncpg.connect(postgres)
    await admin.execute(f"CREATE DATABASE {name}")
    dsn = _dsn(postgres, database=name)
    for service in SERVICES:
        await provision(dsn, service.name, PASSWORD, PASSWORD, PASSWORD if service.erases else None)
        await migrate(dsn, service.name)
    yield dsn
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


async def found_in(dsn):
    """What each role may, as {service: {object: {role: privileges}}}. Another service's role and PUBLIC bear their full names."""
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch(GRANTED, list(NAMES), list(ROLES))
    finally:
        await connection.close()
    found = {}
    for row in rows:
        service, role = ROLES.get(row["grantee"], (None, None))
        who = role if service == row["schema"] else row["grantee"]
        held = ROLES.get(row["privilege"], (None, None))
        privilege = held[1] if held[0] == row["schema"] else row["privilege"]
        found.setdefault(row["schema"], {}).setdefault(row["name"], {}).setdefault(who, []).append(privilege)
    return {
        schema: {name: {who: ordered(privileges) for who, privileges in sorted(by.items())} for name, by in sorted(objects.items())}
        for schema, objects in found.items()
    }


def ordered(privileges):
    usual = {"SELECT": 0, "INSERT": 1, "UPDATE": 2, "DELETE": 3}
    return ", ".join(sorted(privileges, key=lambda privilege: (usual.get(privilege.partition(" ")[0], 4), privilege)))


async def test_roles_may_do_what_is_written_down_and_nothing_else(database):
    written = tomllib.loads(WRITTEN.read_text())
    every_service = written.pop("every_service")
    expected = {"database": {"database": written.pop("database")}}
    expected |= {name: every_service | written.pop(name, {}) for name in NAMES}
    assert written == {}, "services that there are not"

    found = await found_in(database)

    assert found.keys() == expected.keys()
    for service in expected:
        assert found[service] == expected[service], service
