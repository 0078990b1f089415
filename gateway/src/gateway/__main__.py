"""`python -m gateway`: the gateway as a process of its own."""

import uvloop

from chassis.observability.logs import configure_logs
from gateway.serve import serve
from gateway.settings import GatewaySettings


def main() -> None:
    settings = GatewaySettings()
    configure_logs("gateway", settings.log_level)
    uvloop.run(serve(settings))


if __name__ == "__main__":
    main()
