"""Carries events from an outbox to queues: RabbitMQ between processes, or direct calls within one."""
