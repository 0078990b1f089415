"""The gateway as a process of its own: starts, serves, drains."""

import asyncio
import json
import os
import signal
import sys

import httpx

from chassis.local.processes import free_port


async def test_it_serves_over_a_socket_until_sigterm(gateway):
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "CASELOAD_ENVIRONMENT": "development",
        "CASELOAD_HTTP_LISTEN": f"127.0.0.1:{port}",
        "CASELOAD_PEERS": json.dumps({name: runtime.settings.listen for name, runtime in gateway.environment.runtimes.items()}),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway", env=environment, stderr=asyncio.subprocess.PIPE, stdin=asyncio.subprocess.DEVNULL
    )
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client, asyncio.timeout(30):
            while True:
                try:
                    if (ready := await client.get("/health/ready?from=a-test")).status_code == 200:
                        break
                except httpx.ConnectError:
                    pass
                await asyncio.sleep(0.1)
            refused = await client.get("/api/v1/auth/me?token=a-secret-one")
        process.send_signal(signal.SIGTERM)
        _, logged = await asyncio.wait_for(process.communicate(), 15)
    finally:
        if process.returncode is None:
            process.kill()

    assert ready.status_code == 200, ready.text
    assert (refused.status_code, refused.json()["code"]) == (401, "sign_in_required")
    assert process.returncode == 0
    lines = [json.loads(line) for line in logged.decode().splitlines()]
    (line,) = [line for line in lines if line["logger"] == "gateway.access"]
    assert (line["route"], line["status"], line["code"]) == ("/api/v1/auth/me", 401, "sign_in_required")
    assert "a-secret-one" not in logged.decode()
