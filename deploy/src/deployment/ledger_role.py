"""The role of the database that finds who was erased: it may call functions that give ids and legal holds, and reads no table.

The functions are of the administrator, to whom row security hides nothing. Their tables need not be there when they are made: `provision` runs
before the migrations.
"""

from typing import Any

from chassis.migrations.roles import make_role
from deployment.processes import LEDGER_ROLE
from standalone.backups.ledger import AS_ADMINISTRATOR, Sources

_COLUMNS = {
    "changed": "number bigint, newest bigint",
    "clients": "workspace_id uuid, id uuid, created_by uuid",
    "workspaces": "workspace_id uuid, deleted_at timestamptz, erased_at timestamptz",
    "holds": "workspace_id uuid, id uuid, document text",
}
THROUGH_FUNCTIONS = Sources(**{name: f"SELECT * FROM ledger.{name}()" for name in _COLUMNS})
# Of a role that row security binds, all functions would find nothing, and nobody would know.
SEES_ALL = (
    "SELECT bool_and(rolsuper OR rolbypassrls) FROM pg_proc JOIN pg_roles r ON r.oid = proowner WHERE pronamespace = 'ledger'::regnamespace"
)


async def provision_ledger(admin: Any, secret: str) -> None:
    """Makes the role and its functions, or changes them to this release's."""
    await make_role(admin, LEDGER_ROLE, secret)
    async with admin.transaction():
        # Two that provision at once wait for each other.
        await admin.execute("SELECT pg_advisory_xact_lock(hashtext('caseload provision ledger'))")
        await admin.execute(f"CREATE SCHEMA IF NOT EXISTS ledger; GRANT USAGE ON SCHEMA ledger TO {LEDGER_ROLE}")
        for name, columns in _COLUMNS.items():
            # What a function gives back cannot be changed in place.
            await admin.execute(f"DROP FUNCTION IF EXISTS ledger.{name}()")
            await admin.execute(
                f"CREATE FUNCTION ledger.{name}() RETURNS TABLE ({columns}) LANGUAGE plpgsql STABLE SECURITY DEFINER"
                f" SET search_path = pg_catalog, pg_temp AS $$ #variable_conflict use_column\nBEGIN RETURN QUERY {getattr(AS_ADMINISTRATOR, name)}; END $$"
            )
            await admin.execute(
                f"REVOKE ALL ON FUNCTION ledger.{name}() FROM PUBLIC; GRANT EXECUTE ON FUNCTION ledger.{name}() TO {LEDGER_ROLE}"
            )
