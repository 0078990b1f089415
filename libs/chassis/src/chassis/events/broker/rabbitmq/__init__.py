"""RabbitMQ: one topic exchange, one quorum queue per handler, delay queues that lead back to it, and a dead-letter queue."""
