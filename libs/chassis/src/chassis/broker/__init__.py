"""How events travel from an outbox to reactions: RabbitMQ between processes, or directly within one."""

from chassis.broker.in_process import InProcessBroker
from chassis.broker.protocol import Broker, BrokerDown, DeadLetter, Malformed, Retries, Subscription, Unroutable
from chassis.broker.rabbit import RabbitBroker

__all__ = [
    "Broker",
    "BrokerDown",
    "DeadLetter",
    "InProcessBroker",
    "Malformed",
    "RabbitBroker",
    "Retries",
    "Subscription",
    "Unroutable",
]
