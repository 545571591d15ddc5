"""What is stored so that the database alone can't read it, and what is shown so that a glance doesn't tell.

AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce; the key follows from settings.FIELD_KEY by HKDF (RFC 5869).
A sealed text is one version byte, the nonce, then ciphertext with its 16-byte tag.
"""

import functools
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_VERSION = b"\x01"
_NONCE_BYTES = 12
_LABEL = b"wangge sealed field 1"


class Unsealable(ValueError):
    """These bytes were not sealed with this installation's key, or were changed since."""


def seal(text: str) -> bytes:
    """The text, encrypted and authenticated; different bytes every time."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _VERSION + nonce + _cipher(settings.FIELD_KEY).encrypt(nonce, text.encode(), _LABEL)


def unseal(sealed: bytes) -> str:
    """The text that was sealed. Raises Unsealable; never gives half or changed text."""
    raw = bytes(sealed)
    if raw[:1] != _VERSION:
        raise Unsealable("not a sealed field")
    nonce, rest = raw[1 : 1 + _NONCE_BYTES], raw[1 + _NONCE_BYTES :]
    try:
        return _cipher(settings.FIELD_KEY).decrypt(nonce, rest, _LABEL).decode()
    except (InvalidTag, ValueError):
        raise Unsealable("sealed with another key, or changed since") from None


def mask_name(name: str) -> str:
    """The first character and a star for each other one, three at most: 张三丰 -> 张**."""
    clean = name.strip()
    return clean[:1] + "*" * min(3, max(1, len(clean) - 1)) if clean else ""


def mask_phone(phone: str) -> str:
    """The first three and last four digits of a number of eleven or more, the last two of a shorter one."""
    clean = "".join(character for character in phone if character.isdigit())
    if len(clean) >= 11:
        return f"{clean[:3]}{'*' * (len(clean) - 7)}{clean[-4:]}"
    return "*" * max(0, len(clean) - 2) + clean[-2:] if len(clean) > 4 else "*" * len(clean)


@functools.lru_cache(maxsize=2)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=_LABEL).derive(key))
