"""Database addresses as one line: postgis://role[:password]@[host[:port]]/name[?host=/socket/dir&port=5432]."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

SCHEMES = frozenset({"postgis", "postgres", "postgresql"})
DEFAULT_PORT = 5432


class InvalidDatabaseURLError(ValueError):
    """The address can't be used; the message says what to write instead and never repeats a password."""


@dataclass(frozen=True)
class DatabaseURL:
    """One database and the role to use it as. `host` is a host name or, starting with "/", a socket directory."""

    role: str
    name: str
    host: str
    port: int = DEFAULT_PORT
    password: str = ""
    options: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """The address again, in the form `parse` reads (with the password)."""
        user = quote(self.role, safe="")
        if self.password:
            user += ":" + quote(self.password, safe="")
        if self.host.startswith("/"):
            query = urlencode([("host", self.host), ("port", str(self.port)), *self.options], safe="/")
            return f"postgis://{user}@/{quote(self.name)}?{query}"
        query = "?" + urlencode(self.options) if self.options else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"postgis://{user}@{host}:{self.port}/{quote(self.name)}{query}"

    def with_name(self, name: str) -> DatabaseURL:
        """The same server and role, another database."""
        return replace(self, name=name)

    def libpq_environment(self) -> dict[str, str]:
        """PG* variables for psql, pg_dump and other programs of libpq; the password stays out of argv."""
        found = {"PGHOST": self.host, "PGPORT": str(self.port), "PGUSER": self.role, "PGDATABASE": self.name}
        if self.password:
            found["PGPASSWORD"] = self.password
        if mode := dict(self.options).get("sslmode"):
            found["PGSSLMODE"] = mode
        return found


def parse(url: str) -> DatabaseURL:
    """Read an address. Raises InvalidDatabaseURLError with what to write instead."""
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES:
        raise InvalidDatabaseURLError("a database address starts with postgis://, for example postgis://role@host/name")
    try:
        port = parts.port
        query = {key: values[-1] for key, values in parse_qs(parts.query, strict_parsing=bool(parts.query)).items()}
        port = int(query.pop("port", port or DEFAULT_PORT))
    except ValueError as error:
        raise InvalidDatabaseURLError("port or options of the database address can't be read") from error
    name = unquote(parts.path.lstrip("/"))
    if not (parts.username and name):
        raise InvalidDatabaseURLError("a database address needs a role and a name: postgis://role@host/name")
    return DatabaseURL(
        role=unquote(parts.username),
        name=name,
        host=query.pop("host", unquote(parts.hostname or "localhost")),
        port=port,
        password=unquote(parts.password or ""),
        options=tuple(sorted(query.items())),
    )
