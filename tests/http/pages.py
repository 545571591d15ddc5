"""What the page tests share: a small client build, people, a browser that keeps to the rules."""

import json
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.test import Client
from django.utils import timezone

from grid.models import Organisation, Post, Role, User

PASSWORD = "a-long-enough-passphrase"
ENTRIES = (
    "map", "work", "case", "patrol", "deliveries", "login", "audit", "evaluation", "rules", "coverage", "sharing",
    "admin", "templates", "shifts", "status",
)  # fmt: skip


def build(folder: Path) -> Path:
    """A manifest as Vite writes it."""
    chunks: dict[str, Any] = {"_shared.js": {"file": "assets/shared-1.js", "name": "shared", "css": ["assets/s-1.css"]}}
    for name in ENTRIES:
        chunks[f"src/{name}/main.ts"] = {
            "file": f"assets/{name}-1.js", "name": name, "isEntry": True, "imports": ["_shared.js"],
            "css": [f"assets/{name}-1.css"],
        }  # fmt: skip
    path = folder / "manifest.json"
    path.write_text(json.dumps(chunks))
    (folder / "sw.js").write_text("self.addEventListener('fetch', () => undefined);")
    return path


def somebody(*roles: str, active: bool = True) -> User:
    """An account with these posts at a city centre, and the password above."""
    user = User.objects.create_user(username=f"u-{uuid.uuid4().hex[:10]}", name="王小明", password=PASSWORD)
    User.objects.filter(pk=user.pk).update(is_active=active)
    user.is_active = active
    for role in roles:
        home = Organisation.objects.filter(kind="centre", level="city").first()
        assert home is not None
        Post.objects.create(user=user, role=Role(role), organisation=home, since=timezone.now() - timedelta(days=1))
    return user


def browser(**options: Any) -> Client:
    """A browser that the CSRF rules apply to."""
    return Client(enforce_csrf_checks=True, **options)


def sign_in(client: Client, name: str, password: str = PASSWORD, **more: str) -> Any:
    """Open the sign-in page and send its form."""
    client.get("/login")
    token = client.cookies["wangge_csrf"].value
    return client.post("/login", {"username": name, "password": password, "csrfmiddlewaretoken": token, **more})
