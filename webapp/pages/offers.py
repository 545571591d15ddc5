"""The secret of a second factor between being shown and being proved: sealed, in the session that was shown it.

Nobody else is shown the same one: not who signs in with the same password, nor the next sign-in of the same browser.
"""

from django.http import HttpRequest

from grid import fields, totp
from grid.models import User
from grid.services import factors

ISSUER = "Wangge"
_KEPT = "factor-offer"


def offered(request: HttpRequest) -> bytes:
    """The secret that this session was shown, or a new one."""
    if _KEPT not in request.session:
        request.session[_KEPT] = fields.seal(factors.new_secret().hex()).hex()
    return bytes.fromhex(fields.unseal(bytes.fromhex(request.session[_KEPT])))


def forget(request: HttpRequest) -> None:
    """What was shown is offered no more."""
    request.session.pop(_KEPT, None)


def key_words(request: HttpRequest, user: User) -> dict[str, str]:
    """What the page that sets a second factor up shows: the key to type in, and the address that an app opens."""
    secret = offered(request)
    return {"key": totp.readable(secret), "app": totp.address(secret, account=user.username, issuer=ISSUER)}
