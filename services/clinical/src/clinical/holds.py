"""What must not be destroyed."""

from chassis.rpc.client.legal_holds import LegalHolds
from chassis.service.runtime import Runtime


def legal_holds(runtime: Runtime) -> LegalHolds:
    return runtime.legal_holds(lambda: runtime.peers["audit"])
