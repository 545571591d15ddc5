import time
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_layers.video.embedded import EmbeddedGateway, Revocation
from gis_layers.video.protocol import PlayRequest, StreamGateway
from gis_layers.video.tickets import Ticket, TicketRefused, browser_binding, issue, verify
from tests.video.harness import KEY

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."


def made(now: float = 1000, lifetime: float = 60) -> str:
    return issue(
        key=KEY, session_id=UUID(int=5), user_id="7", channel_code="4403", binding="b" * 64, now=now, lifetime=lifetime
    )


@given(st.uuids(), st.text(max_size=30), st.text(max_size=40), st.text(max_size=64), st.integers(0, 2**33))
def test_what_goes_in_comes_out_until_it_expires(
    session: UUID, user: str, channel: str, binding: str, now: int
) -> None:
    token = issue(key=KEY, session_id=session, user_id=user, channel_code=channel, binding=binding, now=now)
    if len(token) <= 1024:
        assert verify(token, key=KEY, now=now + 59) == Ticket(session, user, channel, binding, now + 60)
        with pytest.raises(TicketRefused, match="expired"):
            verify(token, key=KEY, now=now + 60)
    assert set(token) <= set(ALPHABET)


@given(st.integers(0, 10_000), st.sampled_from(ALPHABET))
def test_no_changed_letter_is_accepted(position: int, letter: str) -> None:
    token = made()
    position %= len(token)
    changed = token[:position] + letter + token[position + 1 :]
    if changed != token:
        with pytest.raises(TicketRefused, match=r"signature|malformed"):
            verify(changed, key=KEY, now=1000)


@given(st.text(max_size=2000))
def test_anything_else_is_refused_quietly(token: str) -> None:
    with pytest.raises(TicketRefused):
        verify(token, key=KEY, now=0)


def test_another_key_and_a_short_key() -> None:
    with pytest.raises(TicketRefused, match="signature"):
        verify(made(), key=KEY[::-1], now=1000)
    with pytest.raises(ValueError, match="at least 32"):
        issue(key=b"short", session_id=uuid4(), user_id="", channel_code="", binding="", now=0)


def test_the_embedded_gateway_is_a_stream_gateway() -> None:
    announced: list[Revocation] = []
    gateway: StreamGateway = EmbeddedGateway(key=KEY, announce=announced.append)
    session = uuid4()
    now = time.time()
    answer = gateway.open(PlayRequest(session, "7", "4403-01", browser_binding("cookie"), now))
    path, _, token = answer.path.partition("?ticket=")
    assert path == "/live/4403-01"
    assert verify(token, key=KEY, now=now).session_id == session
    assert answer.expires_at == int(now + 60)
    gateway.revoke(session_id=session)
    gateway.revoke_browser_session(binding="x")
    assert announced == [Revocation(session_id=session), Revocation(binding="x")]
    assert gateway.capabilities.revoke
    assert gateway.capabilities.hides_address
