"""What somebody who holds the service's own database role can take back, destroy or change of what was signed: nothing."""

import asyncpg
import pytest


@pytest.fixture
async def as_role(practice):
    """A function: a connection as a role of the service, pinned to the practice's workspace."""
    opened = []

    async def connected(role):
        dsn = getattr(practice.environment.runtime("clinical").settings, {"app": "database_url", "eraser": "eraser_database_url"}[role])
        connection = await asyncpg.connect(dsn.get_secret_value())
        opened.append(connection)
        await connection.execute("SELECT set_config('app.workspace_id', $1, false)", str(practice.workspace_id))
        return connection

    yield connected
    for connection in opened:
        await connection.close()


@pytest.fixture
async def signed(practice):
    note = await practice.write(plan="rest")
    return await practice.finalize(note)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM clinical.outbox",
        "UPDATE clinical.outbox SET published_at = now()",
        "INSERT INTO clinical.outbox (id, type, payload, occurred_at, published_at) VALUES (gen_random_uuid(), 'any', '', now(), now())",
        "DELETE FROM clinical.data_keys",
        "UPDATE clinical.data_keys SET state = 'retired'",
        "UPDATE clinical.data_keys SET wrapped = ''",
        "DELETE FROM clinical.sessions",
        "DELETE FROM clinical.session_versions",
        "UPDATE clinical.session_versions SET sealed = ''",
        "DELETE FROM clinical.cosignatures",
        "UPDATE clinical.cosignatures SET sealed = ''",
        "UPDATE clinical.sessions SET created_by_user_id = gen_random_uuid()",
        "UPDATE clinical.inbox SET queue = 'another'",
        "DELETE FROM clinical.inbox",
        "DELETE FROM clinical.dead_letters",
        "TRUNCATE clinical.sessions, clinical.session_versions, clinical.history, clinical.attachments",
        "ALTER TABLE clinical.sessions DISABLE TRIGGER keep_signed",
        "SET ROLE clinical_owner",
        "SET ROLE clinical_eraser",
        "SET ROLE clinical_keys",
        "SELECT clinical.keep_signed()",
    ],
)
async def test_the_services_own_role_is_refused(practice, signed, as_role, statement):
    app = await as_role("app")
    assert await app.fetchval("SELECT count(*) FROM clinical.session_versions") == 1

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app.execute(statement)

    assert [version.plan for version in await practice.versions(signed)] == ["rest"]


@pytest.mark.parametrize(
    "change",
    [
        "sealed = sealed || '\\x00'",
        "session_date = session_date - interval '1 day'",
        "duration_minutes = 480",
        "finalized_by_user_id = gen_random_uuid()",
        "finalized_at = finalized_at - interval '1 day'",
        "status = 'draft', finalized_at = NULL",
        "amendment_count = amendment_count + 1, sealed = sealed || '\\x00'",
        "amended_at = now()",
        "appointment_id = gen_random_uuid(), version = version + 1, duration_minutes = 480",
        "deleted_at = now(), sealed = sealed || '\\x00'",
    ],
)
async def test_a_signed_note_does_not_change_without_a_version_that_tells_of_it(practice, signed, as_role, change):
    app = await as_role("app")

    with pytest.raises(asyncpg.RestrictViolationError) as refused:
        await app.execute(f"UPDATE clinical.sessions SET {change}")

    assert refused.value.constraint_name == "signed_note_unchanged"
    assert (await practice.get(signed.id)) == signed


@pytest.mark.parametrize("change", ["client_id = gen_random_uuid()", "client_id = gen_random_uuid(), version = version + 1, sealed = ''"])
async def test_a_note_stays_its_clients_unless_a_merge_has_listed_it(practice, signed, as_role, change):
    app = await as_role("app")

    with pytest.raises(asyncpg.RestrictViolationError) as refused:
        await app.execute(f"UPDATE clinical.sessions SET {change}")

    assert refused.value.constraint_name == "client_kept"
    assert (await practice.get(signed.id)) == signed


async def test_a_signed_note_is_amended_as_ever_and_every_text_of_it_stays(practice, signed):
    amended = (await practice.save(signed, reason="wrong tense", subjective="slept badly")).session
    again = (await practice.save(amended, reason="more", plan="walk")).session

    assert (again.amendment_count, again.subjective, again.plan) == (2, "slept badly", "walk")
    assert [(version.version_number, version.plan) for version in await practice.versions(signed)] == [
        (3, "walk"),
        (2, "rest"),
        (1, "rest"),
    ]


async def test_not_even_the_eraser_deletes_a_signed_note_of_a_client_who_is_there(practice, signed, as_role):
    eraser = await as_role("eraser")

    async with eraser.transaction():
        assert await eraser.execute("DELETE FROM clinical.session_versions") == "DELETE 1"
        with pytest.raises(asyncpg.RestrictViolationError) as refused:
            async with eraser.transaction():
                await eraser.execute("DELETE FROM clinical.sessions")
        assert refused.value.constraint_name == "signed_note_kept"
        await eraser.execute("UPDATE clinical.sessions SET permanent_delete_after = now()")
        assert await eraser.execute("DELETE FROM clinical.sessions") == "DELETE 1"


async def test_a_note_cannot_be_deleted_before_its_versions(practice, signed, as_role):
    eraser = await as_role("eraser")
    await eraser.execute("UPDATE clinical.sessions SET permanent_delete_after = now()")

    with pytest.raises(asyncpg.ForeignKeyViolationError) as refused:
        await eraser.execute("DELETE FROM clinical.sessions")

    assert refused.value.constraint_name == "fk_session_versions_session"


async def test_the_eraser_is_bound_by_row_security(practice, signed, as_role):
    eraser = await as_role("eraser")
    await eraser.execute("SELECT set_config('app.workspace_id', gen_random_uuid()::text, false)")

    assert await eraser.execute("DELETE FROM clinical.session_versions") == "DELETE 0"
    assert len(await practice.versions(signed)) == 1


async def test_an_erased_client_takes_signed_notes_along(practice, signed):
    await practice.erase(signed.client_id)
    await practice.environment.settle()

    async with practice.environment.superuser() as db:
        for table in ("sessions", "session_versions", "history"):
            assert await db.fetchval(f"SELECT count(*) FROM clinical.{table} WHERE workspace_id = $1", practice.workspace_id) == 0
