"""PostgreSQL and RabbitMQ as child processes of this one."""
