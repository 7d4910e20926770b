"""What a try is counted by: names for the scopes that a visitor falls into."""

from __future__ import annotations

import ipaddress

from sleek.risk.rules.limits import Action, Scope

# Addresses of a proxy of our own, or of everybody behind it: they tell nobody apart.
_OURS = tuple(
    ipaddress.ip_network(network)
    for network in (
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    )
)


def places(action: Action, subject: str, address: str, device: str) -> dict[Scope, str]:
    """Without an address or a device, what would be counted by it is not."""
    found = {Scope.SUBJECT: subject}
    near = _prefixes(address)
    if near:
        whole, network = near
        found |= {
            Scope.VISIT: f"{subject} {whole}",
            Scope.ADDRESS: whole,
            Scope.NETWORK: network,
        }
    if device:
        found[Scope.DEVICE] = device
    return {scope: f"{action} {scope} {name}" for scope, name in found.items()}


def _prefixes(address: str) -> tuple[str, str] | None:
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return None
    if isinstance(known, ipaddress.IPv6Address) and known.ipv4_mapped:
        known = known.ipv4_mapped
    if any(known in network for network in _OURS):
        return None
    wide = ipaddress.IPv4Network if known.version == 4 else ipaddress.IPv6Network
    lengths = (32, 24) if known.version == 4 else (64, 48)
    whole, network = (str(wide((int(known), length), strict=False)) for length in lengths)
    return whole, network
