"""RTSP authentication: Basic (RFC 7617) and Digest with MD5 or SHA-256 (RFC 7616, with the RFC 2069 form)."""

import base64
import hashlib
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

_PARAMETER: Final = re.compile(r'([A-Za-z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))')
_HASHES: Final[dict[str, str]] = {"md5": "md5", "sha-256": "sha256"}
_STRENGTH: Final = ("basic", "md5", "sha-256")


@dataclass(frozen=True, slots=True)
class Challenge:
    """One WWW-Authenticate header that we can answer: `scheme` is basic, md5 or sha-256."""

    scheme: str
    realm: str = ""
    nonce: str = ""
    opaque: str | None = None
    algorithm: str | None = None
    quality: bool = False


def strongest_challenge(headers: Sequence[str]) -> Challenge | None:
    """The strongest challenge among WWW-Authenticate headers that we can answer, or None."""
    found = [challenge for challenge in map(_parse, headers) if challenge is not None]
    return max(found, key=lambda challenge: _STRENGTH.index(challenge.scheme), default=None)


def _parse(header: str) -> Challenge | None:
    scheme, _, rest = header.strip().partition(" ")
    parameters = {name.lower(): quoted or bare for name, quoted, bare in _PARAMETER.findall(rest)}
    realm = parameters.get("realm", "")
    if scheme.lower() == "basic":
        return Challenge(scheme="basic", realm=realm)
    algorithm = parameters.get("algorithm")
    name = (algorithm or "md5").lower()
    qualities = [item.strip().lower() for item in parameters.get("qop", "").split(",") if item.strip()]
    if scheme.lower() != "digest" or name not in _HASHES or (qualities and "auth" not in qualities):
        return None
    return Challenge(
        scheme=name,
        realm=realm,
        nonce=parameters.get("nonce", ""),
        opaque=parameters.get("opaque"),
        algorithm=algorithm,
        quality=bool(qualities),
    )


@dataclass(slots=True)
class Authenticator:
    """Answers one challenge for many requests, counting nonce uses."""

    challenge: Challenge
    username: str = field(repr=False)
    password: str = field(repr=False)
    _count: int = 0

    def header(self, *, method: str, url: str, client_nonce: Callable[[], str] = lambda: secrets.token_hex(8)) -> str:
        """The Authorization header for a request; `client_nonce` can be set for a repeatable answer."""
        if self.challenge.scheme == "basic":
            return "Basic " + base64.b64encode(f"{self.username}:{self.password}".encode()).decode()
        self._count += 1
        return self._digest(method, url, client_nonce())

    def _digest(self, method: str, url: str, client_nonce: str) -> str:
        challenge = self.challenge
        first = self._hash(f"{self.username}:{challenge.realm}:{self.password}")
        second = self._hash(f"{method}:{url}")
        fields = [
            f'username="{_quoted(self.username)}"',
            f'realm="{challenge.realm}"',
            f'nonce="{challenge.nonce}"',
            f'uri="{url}"',
        ]
        if challenge.quality:
            count = f"{self._count:08x}"
            answer = self._hash(f"{first}:{challenge.nonce}:{count}:{client_nonce}:auth:{second}")
            fields += ["qop=auth", f"nc={count}", f'cnonce="{client_nonce}"']
        else:
            answer = self._hash(f"{first}:{challenge.nonce}:{second}")
        fields.append(f'response="{answer}"')
        if challenge.algorithm is not None:
            fields.append(f"algorithm={challenge.algorithm}")
        if challenge.opaque is not None:
            fields.append(f'opaque="{challenge.opaque}"')
        return "Digest " + ", ".join(fields)

    def _hash(self, text: str) -> str:
        return hashlib.new(_HASHES[self.challenge.scheme], text.encode(), usedforsecurity=False).hexdigest()


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
