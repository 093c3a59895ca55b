"""Turn the settings into the configuration of the relay client."""

from __future__ import annotations

import socket

from config.settings import Settings
from daemon.outbound.smtp_relay import RelayConnection, RelaySecurity


def relay_connection(settings: Settings) -> RelayConnection:
    """Return the configuration of the relay client."""
    relay = settings.relay
    return RelayConnection(
        host=relay.host,
        port=relay.real_port,
        security=RelaySecurity(relay.tls),
        user=relay.user,
        password=relay.password.get_secret_value(),
        authorities=str(relay.authorities or ""),
        hello=settings.smtp.hostname or socket.gethostname(),
        timeout=float(relay.timeout),
        plain_sender=settings.addresses[0].address,
    )
