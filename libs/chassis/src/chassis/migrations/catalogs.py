"""A schema as PostgreSQL's system catalogs describe it, in a form that two schemas can be compared by.

Autogenerate compares tables, columns and most indexes; this covers everything that a migration may create in a schema.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, text

from chassis.migrations.roles import VERSION_TABLE


class Entry(NamedTuple):
    """What is described: `constraint reminders.reminder_planned_once`, `grant outbox.clients_app`."""

    kind: str
    # Empty for what belongs to the schema itself.
    table: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.table}.{self.name}" if self.table else f"{self.kind} {self.name}"


Catalog = Mapping[Entry, str]

# The schema's tables, without Alembic's own and without partitions, which are made and dropped by date. `PARTITIONS`
# compares the partitions of a table with each other.
_TABLES = f"FROM pg_class t WHERE t.relnamespace = :schema AND t.relkind IN ('r', 'p', 'f') AND NOT t.relispartition AND t.relname <> '{VERSION_TABLE}'"
_OF_TABLES = f"(SELECT t.oid, t.relname, t.relowner, t.relacl {_TABLES}) t"

_TABLE = f"""
SELECT 'table', '', t.relname::text, concat_ws(', ',
    CASE t.relkind WHEN 'p' THEN 'partitioned by ' || pg_get_partkeydef(t.oid) WHEN 'f' THEN 'foreign' END,
    CASE t.relpersistence WHEN 'p' THEN 'permanent' ELSE 'not permanent' END,
    'owned by ' || pg_get_userbyid(t.relowner), array_to_string(t.reloptions, ' ')) {_TABLES}
"""
# Definitions of row security, policies, grants and constraints are valid DDL: `runner.write_revision` writes statements with them.
_ROW_SECURITY = f"""
SELECT 'row security', t.relname::text, '',
    CASE WHEN t.relrowsecurity THEN 'ENABLE' ELSE 'DISABLE' END || ' ROW LEVEL SECURITY, '
    || CASE WHEN t.relforcerowsecurity THEN 'FORCE' ELSE 'NO FORCE' END || ' ROW LEVEL SECURITY' {_TABLES}
"""
_POLICY = f"""
SELECT 'policy', t.relname::text, p.polname::text,
    CASE WHEN p.polpermissive THEN 'AS PERMISSIVE' ELSE 'AS RESTRICTIVE' END
    || CASE p.polcmd WHEN '*' THEN ' FOR ALL' WHEN 'r' THEN ' FOR SELECT' WHEN 'a' THEN ' FOR INSERT' WHEN 'w' THEN ' FOR UPDATE' ELSE ' FOR DELETE' END
    || ' TO ' || (SELECT string_agg(CASE role WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(role) END, ', ' ORDER BY role) FROM unnest(p.polroles) role)
    || coalesce(' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', '')
    || coalesce(' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '')
FROM pg_policy p JOIN {_OF_TABLES} ON t.oid = p.polrelid
"""
# Privileges on a table and on its columns in one entry, because revoking the former takes the latter along.
_GRANT = f"""
SELECT 'grant', relname, grantee, string_agg(privilege, ', ' ORDER BY privilege) FROM (
    SELECT t.relname::text, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END AS grantee,
        a.privilege_type || CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS privilege
    FROM {_OF_TABLES} CROSS JOIN aclexplode(t.relacl) a WHERE a.grantee <> t.relowner
    UNION ALL
    SELECT t.relname::text, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END,
        a.privilege_type || ' (' || string_agg(quote_ident(c.attname), ', ' ORDER BY c.attname) || ')'
        || CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
    FROM pg_attribute c JOIN {_OF_TABLES} ON t.oid = c.attrelid CROSS JOIN aclexplode(c.attacl) a WHERE a.grantee <> t.relowner
    GROUP BY t.relname, a.grantee, a.privilege_type, a.is_grantable
) granted GROUP BY 2, 3
"""
# Named not-null constraints (type n) are new in PostgreSQL 18; the column says the same. Type t is a trigger's.
_CONSTRAINT = f"""
SELECT 'constraint', t.relname::text, c.conname::text, pg_get_constraintdef(c.oid)
FROM pg_constraint c JOIN {_OF_TABLES} ON t.oid = c.conrelid WHERE c.contype NOT IN ('n', 't')
"""
_COLUMN = f"""
SELECT 'column', t.relname::text, a.attname::text, concat_ws(' ', format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attnotnull THEN 'NOT NULL' END,
    CASE a.attgenerated WHEN '' THEN 'DEFAULT' ELSE 'GENERATED' END || ' ' || pg_get_expr(d.adbin, d.adrelid),
    CASE a.attidentity WHEN 'a' THEN 'ALWAYS AS IDENTITY' WHEN 'd' THEN 'BY DEFAULT AS IDENTITY' END,
    CASE WHEN a.attcollation <> y.typcollation THEN 'COLLATE ' || a.attcollation::regcollation END)
FROM pg_attribute a JOIN {_OF_TABLES} ON t.oid = a.attrelid JOIN pg_type y ON y.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attnum > 0 AND NOT a.attisdropped
"""
_INDEX = f"""
SELECT 'index', t.relname::text, i.relname::text, pg_get_indexdef(i.oid) || CASE WHEN x.indisvalid THEN '' ELSE ' (invalid)' END
FROM pg_index x JOIN {_OF_TABLES} ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
"""
_TRIGGER = f"""
SELECT 'trigger', t.relname::text, g.tgname::text, pg_get_triggerdef(g.oid, true) || CASE g.tgenabled WHEN 'O' THEN '' ELSE ' (' || g.tgenabled::text || ')' END
FROM pg_trigger g JOIN {_OF_TABLES} ON t.oid = g.tgrelid WHERE NOT g.tgisinternal
"""
# The default partition and the others, each kind described once if all of the kind are alike.
_PARTITIONS = """
SELECT 'partitions', p.relname::text, left(pg_get_expr(c.relpartbound, c.oid), 3), string_agg(DISTINCT concat_ws('; ',
    pg_get_userbyid(c.relowner), 'row security ' || c.relrowsecurity::text || ', forced ' || c.relforcerowsecurity::text, c.relacl::text,
    (SELECT string_agg(polname || ' ' || pg_get_expr(polqual, polrelid) || ' ' || pg_get_expr(polwithcheck, polrelid), ', ' ORDER BY polname)
        FROM pg_policy WHERE polrelid = c.oid),
    (SELECT string_agg(replace(pg_get_triggerdef(oid, true), c.relname, '*'), ', ' ORDER BY tgname) FROM pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal)
), ' | ')
FROM pg_inherits h JOIN pg_class c ON c.oid = h.inhrelid JOIN pg_class p ON p.oid = h.inhparent
WHERE p.relnamespace = :schema AND p.relkind = 'p' AND c.relkind = 'r' GROUP BY 2, 3
"""
_FUNCTION = """
SELECT 'function', '', p.oid::regprocedure::text, pg_get_functiondef(p.oid) || ' owned by ' || pg_get_userbyid(p.proowner) || coalesce('; '
    || (SELECT string_agg(CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END || ' may ' || a.privilege_type, ', ' ORDER BY a.grantee)
        FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a), '')
FROM pg_proc p WHERE p.pronamespace = :schema AND p.prokind IN ('f', 'p')
"""
_VIEW = """
SELECT 'view', '', v.relname::text, concat_ws('; ', array_to_string(v.reloptions, ' '), v.relacl::text, pg_get_viewdef(v.oid))
FROM pg_class v WHERE v.relnamespace = :schema AND v.relkind IN ('v', 'm')
"""
_SEQUENCE = """
SELECT 'sequence', '', c.relname::text, concat_ws(' ', format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle, c.relacl::text)
FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid WHERE c.relnamespace = :schema
"""
_TYPE = """
SELECT 'type', '', y.typname::text, concat_ws(' ', y.typtype, format_type(nullif(y.typbasetype, 0), y.typtypmod),
    (SELECT string_agg(enumlabel, ', ' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = y.oid),
    (SELECT string_agg(pg_get_constraintdef(oid), ', ' ORDER BY conname) FROM pg_constraint WHERE contypid = y.oid))
FROM pg_type y WHERE y.typnamespace = :schema AND y.typtype IN ('d', 'e', 'r')
"""
_SCHEMA = """
SELECT 'schema', '', n.nspname::text, 'owned by ' || pg_get_userbyid(n.nspowner) || coalesce('; '
    || (SELECT string_agg(pg_get_userbyid(a.grantee) || ' may ' || a.privilege_type, ', ' ORDER BY pg_get_userbyid(a.grantee), a.privilege_type)
        FROM aclexplode(n.nspacl) a), '')
FROM pg_namespace n WHERE n.oid = :schema
UNION ALL
SELECT 'default privileges', '', pg_get_userbyid(d.defaclrole) || ' ' || d.defaclobjtype::text, d.defaclacl::text
FROM pg_default_acl d WHERE d.defaclnamespace = :schema
UNION ALL
SELECT 'default privileges', '', pg_get_userbyid(d.defaclrole) || ' ' || d.defaclobjtype::text || ' everywhere', d.defaclacl::text
FROM pg_default_acl d JOIN pg_namespace n ON n.nspowner = d.defaclrole WHERE d.defaclnamespace = 0 AND n.oid = :schema
"""
_ALL = (
    _SCHEMA, _TABLE, _COLUMN, _CONSTRAINT, _INDEX, _ROW_SECURITY, _POLICY, _GRANT, _TRIGGER, _PARTITIONS, _FUNCTION, _VIEW, _SEQUENCE, _TYPE,
)  # fmt: skip


def describe(connection: Connection, schema: str) -> Catalog:
    """Everything in the schema, each with its definition. Column order, comments and statistics are left out."""
    oid = connection.execute(text("SELECT oid FROM pg_namespace WHERE nspname = :schema"), {"schema": schema}).scalar_one()
    # Names are written with their schema where the search path does not lead to it.
    connection.execute(text("SELECT set_config('search_path', 'pg_catalog', true)"))
    statement = text(" UNION ALL ".join(_ALL)).bindparams(schema=oid)
    return {Entry(kind, table, name): definition for kind, table, name, definition in connection.execute(statement)}


def differences(expected: Catalog, found: Catalog) -> list[str]:
    """A line for each entry that is missing, unexpected or defined otherwise; empty when the schemas are alike."""
    return [
        f"{entry}: expected {expected.get(entry) or 'none'}, found {found.get(entry) or 'none'}" for entry in different(expected, found)
    ]


def different(expected: Catalog, found: Catalog) -> Iterable[Entry]:
    return sorted(entry for entry in expected.keys() | found.keys() if expected.get(entry) != found.get(entry))
