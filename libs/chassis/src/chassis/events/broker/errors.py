"""Why an event could not be published or read."""


class Unroutable(Exception):
    """No queue is bound to this type of event, or there is no such queue. Nothing was lost: the outbox still has it."""


class BrokerDown(Exception):
    """The broker cannot be asked at the moment; this says nothing against the event."""


class Malformed(Exception):
    """A delivery that no number of attempts will make readable."""


class Untrusted(Malformed):
    """An event that cannot be shown to come from a service that may announce it."""


class Unsigned(Untrusted):
    """It has no signature."""


class SignatureInvalid(Untrusted):
    """Its signature is not of a service's key, or is another event's."""


class NotItsAnnouncer(Untrusted):
    """It is signed by a service that may not announce events of its type."""
