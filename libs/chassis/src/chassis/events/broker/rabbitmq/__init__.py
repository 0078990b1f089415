"""RabbitMQ: one topic exchange, one quorum queue per reaction, delay queues that lead back to it, and a dead-letter queue."""
