"""The processes of a deployment by name, without loading any of them."""

SERVICES = ("identity", "clients", "scheduling", "clinical", "notifications", "audit")
PROCESSES = ("gateway", *SERVICES)
# What they keep their data in, pass their news through and mail with, where the deployment brings these along.
SERVERS = ("postgres", "rabbitmq", "s3", "mail")
