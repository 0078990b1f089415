"""Whatever is sealed in any column is sealed again under a new key, and is then there as before. In a running suite, by the operator's commands."""

from contextlib import ExitStack
from uuid import UUID

from attack.encrypted_values import NEVER_RETURNED, EncryptedValues, encrypted_columns
from attack.installation import AttackedInstallation

from chassis.encryption.sealed_values import sealed_columns
from standalone.operations import keys_all, opened
from standalone.records.key_versions import references
from standalone.services import SERVICES
from standalone.settings import StandaloneSettings

COLUMNS = sorted(encrypted_columns() - NEVER_RETURNED.keys() - {f"{service.name}.data_keys.wrapped" for service in SERVICES})


async def test_every_sealed_column_gets_the_new_key(suite):
    attacked = AttackedInstallation(suite)
    person = await attacked.open_practice()
    with ExitStack() as stack:
        made = EncryptedValues(attacked, person, stack.enter_context(attacked.api_as(person)))
        values = [await made.create(column) for column in COLUMNS]
    workspace_id = UUID(person.workspace_id)

    async with opened(StandaloneSettings(home=suite.home)) as (connection, runtimes):
        before = {each.column: await each.get(connection) for each in values}
        await keys_all(connection, runtimes, workspace_id, "add")
        for name in runtimes:
            earlier = f"UPDATE {name}.data_keys SET changed_at = changed_at - interval '1 hour' WHERE workspace_id = $1"
            await connection.execute(earlier, workspace_id)
        await keys_all(connection, runtimes, workspace_id, "promote")
        await keys_all(connection, runtimes, workspace_id, "reencrypt")

        after = {each.column: await each.get(connection) for each in values}
        assert {value[:5] for value in before.values()} == {b"\2\0\0\0\1"}
        assert {value[:5] for value in after.values()} == {b"\2\0\0\0\2"}
        for runtime in runtimes.values():
            assert not (await references(connection, runtime, workspace_id))[1]
        # Its processes know the new keys in some minutes, and platform administrators read these of all workspaces.
        await connection.execute("DELETE FROM identity.blacklisted_addresses WHERE workspace_id = $1", workspace_id)
        await connection.execute("DELETE FROM identity.blacklist WHERE workspace_id = $1", workspace_id)
    assert before.keys() == after.keys() == set(COLUMNS)
    assert {column.full_name for service in SERVICES for column in sealed_columns(service.metadata)} >= set(COLUMNS)
