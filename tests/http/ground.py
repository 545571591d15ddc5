"""People of the small city, as the tile and ground tests need them."""

from django.test import Client

from grid.models import Grid, Organisation, Post, Region, Role, User

CITY, SOUTH, NORTH = "430900000000", "430902000000", "430903000000"


def signed_in(
    role: Role | None = Role.DISPATCHER, *, region: str = CITY, grid: str | None = None, name: str | None = None
) -> Client:
    """A browser signed in as somebody with one post; without a role with none."""
    user = User.objects.create_user(username=name or f"u{User.objects.count()}", name="测试员")
    if role:
        organisation = Organisation.objects.filter(kind="centre", region__code=region).first()
        Post.objects.create(
            user=user, role=role, organisation=organisation or Organisation.objects.get(code=f"centre-{CITY}"),
            region=Region.objects.get(code=region), grid=Grid.objects.get(code=grid) if grid else None,
        )  # fmt: skip
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
