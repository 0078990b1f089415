"""What a device that was without a network sends of its queue."""

from starlette.responses import Response

from gateway.api.responses import json_response
from gateway.api.sync import batch, schemas
from gateway.auth.dependencies import SignedInRequest
from gateway.routing.nouns import API, AUTOSAVE, noun_router

router = noun_router("/sessions", "sessions")
PATH = f"{API}/sessions/sync"


@router.post("/sync", response_model=schemas.SyncResult, openapi_extra=AUTOSAVE)
async def sync_sessions(body: schemas.SyncRequest, request: SignedInRequest) -> Response:
    """Takes 1 to 100 notes, each for itself and in its order; one that is sent again has no further effect.

    Text that goes on from the newest version is saved. Any other is kept in a conflict copy, as late autosaves are: of a note that was
    changed, signed or deleted meanwhile. An item without a result is to be sent again.
    """
    results = await batch.sync(body.sessions, request.stubs.sync, request.context)
    rejected = sum(result["status"] == "rejected" for result in results)
    return json_response(
        {
            "synced_count": len(results) - rejected,
            "failed_count": rejected,
            "remaining_count": len(body.sessions) - len(results),
            "results": results,
        }
    )
