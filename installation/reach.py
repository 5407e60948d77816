"""Whether an address can be listened at, and from where it can be reached."""

import socket
from ipaddress import ip_address


def is_reachable(host: str) -> bool:
    """Whether others in the network reach a page that listens there, by this very address."""
    if host == "localhost":
        return False
    address = ip_address(host)
    return not (address.is_loopback or address.is_unspecified)


def is_of_this_pc(host: str) -> bool:
    """Whether it is an address of this PC just now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        try:
            probe.bind((host, 0))
        except OSError:
            return False
    return True
