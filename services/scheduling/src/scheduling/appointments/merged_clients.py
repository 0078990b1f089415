"""What is booked for a client while they are merged into another one is refused as it is later on: by the name of who is left."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from chassis.db.statement import query
from chassis.errors import Conflict, Gone
from chassis.work.unit_of_work import UnitOfWork
from scheduling.tables import client_figures

_survivor = query(select(client_figures.c.merged_into).where(client_figures.c.client_id == bindparam("client_id", type_=Uuid)))


@asynccontextmanager
async def survivor_named(work: UnitOfWork, client_id: UUID | str) -> AsyncIterator[None]:
    """Around statements that add something for a client: raises Gone with the id of the client who is left, where the database refuses one who was merged.

    The database's own refusal names nobody, and says Conflict. The transaction is over by then, so who is left is read beside it. Where the merge
    is undone meanwhile nobody is left instead of the client, and Conflict says that it is under way.
    """
    try:
        yield
    except Conflict as refused:
        if refused.code != "client_merged":
            raise
        async with work.beside(work.workspace_id) as tx:
            into, survivor = UUID(str(client_id)), None
            # Who is left of several merges.
            while (row := await tx.maybe(_survivor, client_id=into)) is not None and row["merged_into"] is not None:
                into = survivor = row["merged_into"]
        if survivor is None:
            raise Conflict("merge_under_way") from None
        raise Gone("client_merged", "This client was merged into another one.", facts={"merged_into": str(survivor)}) from None
