"""What every request passes on its way to the router; `gateway.app` lists it in order."""
