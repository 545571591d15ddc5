"""Who stands behind a session: the session, its account and its posts, for every request, in one statement."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from grid.models import User
from grid.policy import NOBODY, WITHOUT_BUSINESS_DATA, Access, Lent, duty_of, lent_of
from grid.selectors.prepared import prepared_cursor

_STATEMENT = """
    SELECT session.session_data, session.expire_date, session.started_at, {account},
           post.region_id, post.role, post.organisation_id, body.short_name, body.kind, body.level, body.public,
           post.grid_id, walked.path, ground.path, home.path, (
               SELECT json_agg(json_build_array(
                   lent.id, lent.owner_id, lent.grantee_id, owner.kind, lent.path, lent.classes, lent.join, lent.until
               ) ORDER BY lent.id)
               FROM grid_eventgrant AS lent JOIN grid_organisation AS owner ON owner.id = lent.owner_id
               WHERE lent.grantee_id = post.organisation_id AND post.role <> ALL(%(without)s)
                   AND lent.state = 'granted' AND lent.since <= %(now)s AND lent.until > %(now)s
           )
    FROM grid_usersession AS session
    LEFT JOIN grid_user AS account ON account.id = session.user_id
    LEFT JOIN (
        grid_post AS post
        JOIN grid_organisation AS body ON body.id = post.organisation_id
        JOIN grid_region AS home ON home.id = body.region_id
        LEFT JOIN grid_region AS ground ON ground.id = post.region_id
        LEFT JOIN grid_grid AS walked ON walked.id = post.grid_id
    ) ON post.user_id = account.id AND post.since <= %(now)s AND (post.until IS NULL OR post.until > %(now)s)
    WHERE session.session_key = %(key)s AND session.expire_date > %(now)s
    ORDER BY post.id
"""
"""One row for each post; one without a post where there is none. The session's words are opaque here."""

_WITHOUT = [role.value for role in WITHOUT_BUSINESS_DATA]
_SESSION = 3  # so many columns come before the account's


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session as it stood when it was read, with the account that its row names and what that account's posts give.

    The row's account is a copy kept for lists: whether it is the session's own, and still holds, is for the caller to
    check against the session's signed words. `signs` are the password, then each post as (role, organisation, region,
    grid, the grants lent to its organisation): while they are the same, so is what the account sees.
    """

    words: str  # Django's own, signed
    expires_at: datetime
    started_at: datetime
    account: User | None
    access: Access
    signs: tuple[Any, ...]


def signed_in(*, session_key: str, now: datetime) -> SignedIn | None:
    """What stands behind this session key at `now`; None when there is no such session, or none any more. One query."""
    with prepared_cursor() as cursor:
        cursor.execute(_statement(), {"key": session_key, "now": now, "without": _WITHOUT})
        rows = cursor.fetchall()
    if not rows:
        return None
    end = _SESSION + len(_columns())
    words, expires_at, started_at, *values = rows[0][:end]
    account = None if values[0] is None else User.from_db("default", _columns(), values)
    posts = [row[end:] for row in rows if row[end + 1] is not None]
    return SignedIn(
        words=words, expires_at=expires_at, started_at=started_at, account=account, access=_access(account, posts),
        signs=_signs(account, posts),
    )  # fmt: skip


def _access(account: User | None, posts: list[tuple[Any, ...]]) -> Access:
    if account is None or not account.is_active:
        return NOBODY
    duties = tuple(duty_of(*duty) for _region, *duty, _lent in posts)
    return Access(user=account.pk, name=account.name, duties=duties, lent=_lent(posts))


def _lent(posts: list[tuple[Any, ...]]) -> tuple[Lent, ...]:
    """What is lent to the posts' organisations, each once, in the order of grants."""
    rows = {row[0]: row for post in posts for row in post[-1] or ()}
    found = [rows[key] for key in sorted(rows)]
    return tuple(lent_of(*[*row[:-1], datetime.fromisoformat(row[-1])]) for row in found)


def _signs(account: User | None, posts: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    if account is None:
        return ()
    return (account.password, *(_sign(*post) for post in posts))


def _sign(region: int | None, role: str, body: int, *rest: Any) -> tuple[Any, ...]:
    return (role, body, region, rest[4], tuple(row[0] for row in rest[-1] or ()))


@cache
def _columns() -> tuple[str, ...]:
    return tuple(field.attname for field in User._meta.concrete_fields)


@cache
def _statement() -> str:
    account = ", ".join(f'account."{field.column}"' for field in User._meta.concrete_fields)
    return _STATEMENT.format(account=account)
