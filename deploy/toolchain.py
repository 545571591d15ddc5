"""uv, the hash-locked virtual environment, node where it is missing, the client's build and the translations."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.files import digest_of_contents
from deploy.places import State
from deploy.stamps import Stamp

LEAST_NODE = (20, 19)
# The packages of the program, and the one script.
OUR_CODE = ("grid", "gis_layers", "events", "webapp", "data", "deploy", "manage.py")
Say = Callable[[str], None]


@dataclass(frozen=True)
class Workshop:
    """Where the program lies, where its tools go, and how to tell the progress."""

    checkout: Path
    state: State
    environment_folder: Path
    say: Say

    @property
    def tools(self) -> Path:
        """Virtual environment of the tools: uv, and node where the system has none."""
        return self.state.root / "tools"

    @property
    def python(self) -> Path:
        """The interpreter that runs the program."""
        return self.environment_folder / "bin" / "python"

    def stamp(self, name: str) -> Stamp:
        """The mark of one step."""
        return Stamp(self.state.stamps, name)


def installer_environment(base: Mapping[str, str]) -> dict[str, str]:
    """`base`, with what is set for pip (index, certificates of a proxy) said to uv and node too."""
    found = dict(base)
    for theirs, ours in (("SSL_CERT_FILE", "PIP_CERT"), ("UV_DEFAULT_INDEX", "PIP_INDEX_URL")):
        if ours in base:
            found.setdefault(theirs, base[ours])
    if "SSL_CERT_FILE" in found:
        found.setdefault("NODE_EXTRA_CA_CERTS", found["SSL_CERT_FILE"])
        found.setdefault("PIP_CERT", found["SSL_CERT_FILE"])
    return found | {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def install_tools(shop: Workshop) -> None:
    """uv in a virtual environment of its own, by pip and by hash. Raises CalledProcessError."""
    lock = shop.checkout / "requirements" / "uv.txt"
    digest = digest_of_contents([lock])
    if shop.stamp("tools").is_current(digest) and (shop.tools / "bin" / "uv").exists():
        return
    shop.say("installer (uv)")
    _run([sys.executable, "-m", "venv", "--clear", str(shop.tools)], shop)
    _run([str(shop.tools / "bin/python"), "-m", "pip", "install", "-q", "--require-hashes", "-r", str(lock)], shop)
    shop.stamp("node").clear()
    shop.stamp("tools").set(digest)


def install_python_packages(shop: Workshop, lock_name: str) -> None:
    """Make the virtual environment hold exactly what requirements/`lock_name` says. Raises CalledProcessError."""
    lock = shop.checkout / "requirements" / lock_name
    digest = f"{digest_of_contents([lock])} {sys.version_info[:3]}"
    stamp = shop.stamp(f"packages-{lock.stem}")
    if stamp.is_current(digest) and shop.python.exists():
        return
    shop.say(f"Python packages ({lock_name})")
    uv = str(shop.tools / "bin" / "uv")
    if not shop.python.exists():
        _run([uv, "venv", "-q", "--clear", "--python", sys.executable, str(shop.environment_folder)], shop)
    sync = [uv, "pip", "sync", "-q", "--require-hashes", "--compile-bytecode", "--python", str(shop.python), str(lock)]
    _run(sync, shop)
    stamp.set(digest)


def find_node(shop: Workshop) -> Path:
    """Folder with node (20.19 or newer) and npm: the system's, else one installed from PyPI into the tools.

    Raises CalledProcessError.
    """
    system = shutil.which("node")
    if system and shutil.which("npm") and is_new_enough(_output([system, "--version"])):
        return Path(system).parent
    lock = shop.checkout / "requirements" / "node.txt"
    digest = digest_of_contents([lock])
    if not (shop.stamp("node").is_current(digest) and (shop.tools / "bin" / "npm").exists()):
        shop.say("node")
        uv = str(shop.tools / "bin" / "uv")
        python = str(shop.tools / "bin" / "python")
        _run([uv, "pip", "install", "-q", "--require-hashes", "--python", python, "-r", str(lock)], shop)
        shop.stamp("node").set(digest)
    return shop.tools / "bin"


def is_new_enough(version: str) -> bool:
    """Whether node's own words (v22.1.0) name 20.19 or newer."""
    found = re.match(r"v(\d+)\.(\d+)\.", version.strip())
    return bool(found) and (int(found[1]), int(found[2])) >= LEAST_NODE if found else False


def build_client(shop: Workshop) -> None:
    """`npm ci` and `npm run build` of the client, when its sources have changed. Raises CalledProcessError."""
    client = shop.checkout / "webapp" / "client"
    if not (client / "package.json").exists():
        shop.say("client: webapp/client/package.json is missing, nothing to build")
        return
    sources = digest_of_contents([client, shop.checkout / "locale"])
    if shop.stamp("client").is_current(sources) and any(shop.state.build.iterdir()):
        return
    environment = node_environment(shop)
    install_client_packages(shop, environment)
    shop.say("client: build")
    _run(["npm", "run", "--silent", "build"], shop, folder=client, environment=environment)
    shop.stamp("client").set(sources)


def install_client_packages(shop: Workshop, environment: Mapping[str, str]) -> None:
    """`npm ci`, when the lock file has changed. Raises CalledProcessError."""
    client = shop.checkout / "webapp" / "client"
    lock = digest_of_contents([client / "package.json", client / "package-lock.json"])
    if shop.stamp("npm").is_current(lock) and (client / "node_modules").is_dir():
        return
    shop.say("client: npm ci")
    _run(["npm", "ci", "--no-audit", "--no-fund"], shop, folder=client, environment=environment)
    shop.stamp("npm").set(lock)


def node_environment(shop: Workshop) -> dict[str, str]:
    """The environment for npm: node first on PATH, and where the build goes."""
    path = f"{find_node(shop)}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return installer_environment(os.environ) | {"PATH": path, "WANGGE_STATE": str(shop.state.root)}


def client_scripts(shop: Workshop) -> frozenset[str]:
    """Names of the scripts in the client's package.json; none without it."""
    path = shop.checkout / "webapp" / "client" / "package.json"
    return frozenset(json.loads(path.read_text(encoding="utf-8")).get("scripts", {})) if path.exists() else frozenset()


def compile_messages(shop: Workshop) -> None:
    """Compile every translation that is newer than its compiled form. Raises CalledProcessError."""
    for source in sorted((shop.checkout / "locale").glob("*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime_ns < source.stat().st_mtime_ns:
            shop.say(f"translations: {source.parent.parent.name}/{source.name}")
            _run(["msgfmt", "--check-format", "-o", str(compiled), str(source)], shop)


def compile_program(shop: Workshop) -> None:
    """Compile our own modules that changed. Raises CalledProcessError.

    The services' user can't write beside them: each process would compile them all again, at each start.
    """
    _run([str(shop.python), "-m", "compileall", "-q", "-j", "0", "-x", "node_modules", *OUR_CODE], shop)


def _run(
    command: list[str], shop: Workshop, *, folder: Path | None = None, environment: Mapping[str, str] | None = None
) -> None:
    found = environment or installer_environment(os.environ)
    subprocess.run(command, check=True, cwd=folder or shop.checkout, env=found, stdin=subprocess.DEVNULL)


def _output(command: list[str]) -> str:
    return subprocess.run(command, check=False, capture_output=True, text=True).stdout
