"""Time-based one-time passwords: RFC 6238 over RFC 4226, six digits of HMAC-SHA-1, a step of 30 seconds.

Pure: the time is an argument, in seconds since 1970. These are the values that every authenticator app takes.
"""

import base64
import hmac
import struct
from urllib.parse import quote, urlencode

DIGITS = 6
STEP_SECONDS = 30
SECRET_BYTES = 20  # RFC 4226, 4: 160 bits
DRIFT_STEPS = 1  # a phone's clock may be half a minute off, either way


def code_at(secret: bytes, step: int) -> str:
    """The six digits of one step. Raises ValueError for a step before 1970."""
    if step < 0:
        raise ValueError("there are no steps before 1970")
    digest = hmac.new(secret, struct.pack(">Q", step), "sha1").digest()
    offset = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def matching_step(secret: bytes, code: str, *, now: float, after: int) -> int | None:
    """The step that `code` is of, among the present one and its neighbours; None when there is none.

    Steps up to `after` are spent: whoever has looked over a shoulder can't use a code again.
    """
    present = int(now // STEP_SECONDS)
    given = code.replace(" ", "").encode()
    found = None
    for step in range(max(0, present - DRIFT_STEPS), present + DRIFT_STEPS + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), given) and step > after:
            found = step
    return found


def readable(secret: bytes) -> str:
    """The secret for typing in: base32 (RFC 4648) in groups of four."""
    text = base64.b32encode(secret).decode()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def address(secret: bytes, *, account: str, issuer: str) -> str:
    """The otpauth address that an app on the same phone opens."""
    query = urlencode({"secret": base64.b32encode(secret).decode(), "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(issuer)}:{quote(account)}?{query}"
