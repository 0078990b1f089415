"""Serves a candidate's application as the gateway is served: on uvloop and httptools, in one process."""

import uvicorn
from fastapi import FastAPI


def serve(app: FastAPI, port: int) -> None:
    """Serves until SIGTERM."""
    uvicorn.run(
        app, host="127.0.0.1", port=port, loop="uvloop", http="httptools", ws="none", lifespan="on", access_log=False, log_level="warning"
    )
