"""What PostgreSQL refuses, as Refusals."""

import asyncpg

from chassis.errors import Conflict, Forbidden, Invalid, NotFound, Refusal, Unavailable

# Everything that asyncpg raises. Where ending or closing something fails with one of them, the connection is given up.
LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, TimeoutError)


def nothing_here() -> NotFound:
    return NotFound("not_found", "There is nothing here under this id.")


def client_restricted() -> Forbidden:
    return Forbidden("client_restricted", "Only this client's care team opens the record.")


class refusals:  # noqa: N801 - reads as a statement: `with refusals():`
    """Turns what PostgreSQL refuses into a Refusal whose code is the violated constraint's name."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        if error is not None and (refusal := refusal_of(error)) is not None:
            raise refusal from error


def refusal_of(error: BaseException) -> Refusal | None:
    """The Refusal a database error stands for, or None where it is a fault of ours."""
    match error:
        case asyncpg.UniqueViolationError() | asyncpg.ExclusionViolationError():
            return Conflict(str(error.constraint_name))
        case asyncpg.ForeignKeyViolationError():
            return NotFound(str(error.constraint_name))
        case asyncpg.CheckViolationError():
            return Invalid(str(error.constraint_name))
        case asyncpg.NotNullViolationError():
            return Invalid(f"{error.column_name}_required")
        # A row of a client whose record the reader may not open, by a policy of this name (see care_teams).
        case asyncpg.InsufficientPrivilegeError() if 'policy "care_team' in str(error):
            return client_restricted()
        case asyncpg.CharacterNotInRepertoireError() | asyncpg.UntranslatableCharacterError():
            return Invalid("text_not_storable", "The text holds a character that cannot be stored.")
        case (
            asyncpg.LockNotAvailableError()
            | asyncpg.DeadlockDetectedError()
            | asyncpg.SerializationError()
            | asyncpg.QueryCanceledError()
            | asyncpg.PostgresConnectionError()
            # What a database says that takes no connections for now.
            | asyncpg.ObjectNotInPrerequisiteStateError()
            | asyncpg.OperatorInterventionError()
            # It does not know our role, or no longer by this password: not yet prepared, or just being changed.
            | asyncpg.InvalidAuthorizationSpecificationError()
            | asyncpg.InsufficientResourcesError()
            # It has not been migrated to what this code was written for, or is just being.
            | asyncpg.UndefinedTableError()
            | asyncpg.UndefinedColumnError()
            | asyncpg.InternalClientError()
            | OSError()
            | TimeoutError()
        ):
            return Unavailable("database_unavailable", "The database does not answer at the moment.", retry_after=1.0)
        case asyncpg.InterfaceError() if not isinstance(error, asyncpg.DataError):
            return Unavailable("database_unavailable", "The database does not answer at the moment.", retry_after=1.0)
        case _:
            return None
