"""The secrets of one installation: random, made at the first start, one file each, readable by the services alone."""

from __future__ import annotations

import base64
import secrets

from deploy import places
from deploy.files import write_whole
from deploy.places import State

KEY_BYTES = 32


def make_keys(state: State) -> tuple[str, ...]:
    """Create the missing key files, mode 0600, owned by the service user; return the names of those made.

    A present key is never touched: losing `field_key` loses what it encrypted. `hotline_secret` has the form of
    Standard Webhooks (whsec_ and base64), `field_key` is 32 bytes in URL-safe base64, the others are hexadecimal.
    """
    texts = {
        "secret_key": secrets.token_hex(KEY_BYTES),
        "field_key": base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode(),
        "ticket_key": secrets.token_hex(KEY_BYTES),
        "audience_key": secrets.token_hex(KEY_BYTES),
        "hotline_secret": _webhook_secret(),
    }
    return tuple(name for name, text in texts.items() if _make(state, name, text))


def make_demo_keys(state: State) -> tuple[str, ...]:
    """Likewise, for the demo's platforms of alarm buttons and video doors, in the form of Standard Webhooks."""
    return tuple(name for name in ("buttons_secret", "doors_secret") if _make(state, name, _webhook_secret()))


def _webhook_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _make(state: State, name: str, text: str) -> bool:
    path = state.keys / name
    if path.exists():
        return False
    write_whole(path, text + "\n", mode=0o600, owner=places.service_user())
    return True
