"""What the embedded servers can complain about."""


class ServiceError(Exception):
    """A server cannot be started. The message is for a person: what happened, and what to do."""
