"""An installation starts closed: Django's own deployment checks are silent, and no file of ours holds a secret.

Promise 28. That nobody has an account before somebody is given one is tests/http/test_founding.py's.
"""

import base64
import binascii
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.mirror import LEFT_OUT

ROOT = Path(__file__).resolve().parents[2]
# Forms that secrets have, wherever they come from. A key that is assigned in the open is long and of one alphabet.
FORMS = {
    "private key": re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"),
    "webhook key": re.compile(r"whsec_([A-Za-z0-9+/=]{20,})"),
    "access key": re.compile(r"\b(?:AKIA[0-9A-Z]{16}|gh[opsu]_[A-Za-z0-9]{30,}|xox[abp]-[A-Za-z0-9-]{20,})"),
    "assigned key": re.compile(
        r"(?i)(?:secret|password|passwd|api_?key|token)\w*[\"']?\s*[:=]+\s*b?[\"']([A-Za-z0-9+/_=-]{24,})[\"']"
    ),
    "address with a password": re.compile(
        r"\b(?:postgis|postgres(?:ql)?|rtsp|https?)://[^\s:/@\"'{}<>]+:([^\s@\"'{}<>]{8,})@"
    ),
}
BINARY = {".png", ".jpg", ".mo", ".gpkg", ".h264", ".woff2", ".xlsx", ".zip"}


def _deploy_check(**environment: str) -> subprocess.CompletedProcess[str]:
    """`check --deploy` as an installation would run it, where a warning is a failure."""
    kept = {name: value for name, value in os.environ.items() if name not in {"WANGGE_DEMO", "WANGGE_DEBUG"}}
    return subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT, env={**kept, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_deployment_checks_have_nothing_to_say():
    done = _deploy_check(WANGGE_ORIGIN="https://wangge.example")
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout + done.stderr


def test_control_an_installation_without_tls_or_with_debugging_is_warned():
    done = _deploy_check(WANGGE_ORIGIN="http://wangge.example", WANGGE_DEBUG="1")
    assert done.returncode != 0
    assert {"security.W004", "security.W012", "security.W018"} <= set(re.findall(r"security\.W\d+", done.stderr))


def _is_random(value: str) -> bool:
    """Whether it was drawn, not written: a key for tests says in words what it is, with or without base64."""
    value = value.removeprefix("whsec_")
    try:
        plain = base64.b64decode(value + "=" * (-len(value) % 4), validate=True)
    except binascii.Error:
        plain = b""
    if plain.isascii() and plain.decode().isprintable() and plain:
        return False
    kinds = (any(map(str.isdigit, value)), any(map(str.isupper, value)), any(map(str.islower, value)))
    return sum(kinds) >= 2 and len(set(value)) >= 10


def secrets_in(text: str) -> list[str]:
    """What looks like a secret in a text, by kind."""
    found = []
    for kind, form in FORMS.items():
        for match in form.finditer(text):
            if not match.groups() or _is_random(match.group(1)):
                found.append(kind)
    return found


def _files():
    for folder, inside, names in os.walk(ROOT):
        inside[:] = [name for name in inside if name not in LEFT_OUT]
        yield from (Path(folder) / name for name in names)


def test_no_file_holds_a_secret():
    found = []
    for path in _files():
        if path.suffix in BINARY or path == Path(__file__) or not path.is_file() or path.name == "package-lock.json":
            continue
        found += [f"{path.relative_to(ROOT)}: {kind}" for kind in secrets_in(path.read_text(errors="replace"))]
    assert found == []


def test_nothing_that_is_a_key_lies_beside_the_program():
    names = {path.name for path in _files()}
    assert not {name for name in names if name.endswith((".pem", ".key", ".p12")) or name in {".env", "id_rsa"}}


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN RSA PRIVATE KEY-----",
        "HOTLINE=whsec_" + base64.b64encode(bytes(range(90, 122, 1))[::-1] + b"\xff").decode(),
        'SECRET_KEY = "' + "q7Zp0LkVb2Nw9XyT4RsUe6Hd" + '"',
        "'api_key': '" + "A1b2C3d4E5f6G7h8I9j0K1l2" + "'",
        "token=AKIA" + "ABCDEFGHIJKLMNOP",
        "postgis://wangge_app:" + "Xk29sLq0Zt@db/wangge",
    ],
)
def test_control_a_planted_secret_is_found(text):
    assert secrets_in(text)
