"""Debian's nginx in front: one origin for pages, API, sockets, tiles and video, rendered from one template."""

from __future__ import annotations

import ipaddress
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from deploy import places
from deploy.places import State

TEMPLATES = Path(__file__).resolve().parent / "templates"
BINARY = Path("/usr/sbin/nginx")
# Tickets and search words stand in query strings; nginx's own error lines quote the whole request.
QUERY = re.compile(r"\?[^\s\"]*")
_UNSAFE = re.compile(r"[\s;{}$\"'\\]")


@dataclass(frozen=True)
class Front:
    """What the front listens on and serves. `user`: who the workers run as when started as root."""

    state: State
    host: str
    port: int
    scheme: str = "http"
    user: str = places.SERVICE_USER
    trusted_proxies: tuple[str, ...] = ()


def render(front: Front) -> str:
    """The configuration's text. Raises ValueError for a path that nginx would misread or a proxy that is no network."""
    state = front.state
    if _UNSAFE.search(str(state.root)):
        raise ValueError(f"{state.root}: nginx can't use a path with spaces, quotes, braces or $; set WANGGE_STATE")
    host = f"[{front.host}]" if ":" in front.host else front.host
    values = {
        "USER": f"user {front.user};" if places.is_root() else "",
        "FOLDER": state.nginx,
        "RUN": state.run,
        "LOG": state.log,
        "STATIC": state.static,
        "STATE": state.root,
        "LISTEN": f"{host}:{front.port}",
        "SCHEME": front.scheme,
        "TRUSTED": _trusted(front.trusted_proxies),
    }
    text = (TEMPLATES / "nginx.conf").read_text(encoding="utf-8")
    return re.sub(r"@([A-Z]+)@", lambda found: str(values[found.group(1)]), text)


def write(front: Front) -> Path:
    """Render into the state directory with the error pages; return the configuration's path."""
    folder = front.state.nginx
    (folder / "empty").mkdir(parents=True, exist_ok=True)
    shutil.copytree(TEMPLATES / "errors", folder / "errors", dirs_exist_ok=True)
    # Served by workers of another user, whatever umask we were started with.
    for path in (folder, folder / "empty", folder / "errors"):
        path.chmod(0o755)
    for path in (folder / "errors").iterdir():
        path.chmod(0o644)
    path = folder / "nginx.conf"
    path.write_text(render(front), encoding="utf-8")
    return path


def command(state: State) -> tuple[str, ...]:
    """Argument list of the foreground nginx on the written configuration."""
    found = BINARY if BINARY.exists() else Path(shutil.which("nginx") or BINARY)
    return (str(found), "-e", "stderr", "-p", str(state.nginx), "-c", str(state.nginx / "nginx.conf"))


def _trusted(networks: tuple[str, ...]) -> str:
    if not networks:
        return ""
    lines = [f"    set_real_ip_from {ipaddress.ip_network(network)};" for network in networks]
    return "\n".join([*lines, "    real_ip_header X-Forwarded-For;", "    real_ip_recursive on;"])
