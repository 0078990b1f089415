"""What importing the gateway loads."""

import subprocess
import sys

# Only services have a database and a broker.
FOREIGN = ("sqlalchemy", "alembic", "asyncpg", "aio_pika", "aiormq")


def test_importing_the_gateway_loads_neither_a_database_driver_nor_a_broker_client(servers):
    code = "import sys, gateway.__main__, gateway.app; print(*sys.modules)"

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    assert "gateway.app" in loaded
    assert [name for name in FOREIGN if name in loaded] == []
