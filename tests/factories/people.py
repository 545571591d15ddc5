"""People with posts, and how they stand at a door."""

from datetime import datetime, timedelta
from itertools import count

from django.utils import timezone

from grid.models import Grid, Organisation, Post, Region, User
from grid.policy import Access, access_of

# Of the small city: its codes, and a grid whose village has no centre of its own (reports go to the township).
CITY, ZIYANG, HESHAN, DAMATOU = "430900000000", "430902000000", "430903000000", "430902005000"
SANYI_GRID = "430902005002001"

_numbers = count(1)
LONG_AGO = timedelta(days=800)


def organisation(code: str) -> Organisation:
    """By code: `centre-430902000000`, `dept-430902000000-chengguan_zhujian`."""
    return Organisation.objects.get(code=code)


def user_with(
    role: str,
    of: str | Organisation,
    *,
    region: str | None = None,
    grid: str | None = None,
    name: str = "",
    password: str | None = None,
    user: User | None = None,
) -> User:
    """Somebody with this post (a further one for `user`); without a password they can't sign in."""
    if user is None:
        number = next(_numbers)
        user = User(username=f"{role}.{number}", name=name or f"测试{number}")
        user.set_unusable_password() if password is None else user.set_password(password)
        user.save()
    Post.objects.create(
        user=user,
        role=role,
        organisation=of if isinstance(of, Organisation) else organisation(of),
        region=Region.objects.get(code=region) if region else None,
        grid=Grid.objects.get(code=grid) if grid else None,
        since=timezone.now() - LONG_AGO,
    )
    return user


def access_for(user: User, *, now: datetime | None = None) -> Access:
    """How this person stands at a door."""
    return access_of(user, now=now or timezone.now())
