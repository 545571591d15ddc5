"""Keys change in the middle of a stream, and nothing is lost or said twice. Promise 15."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from events import tasks
from events.models import Event, HotlineMessage, OutboxMessage, SenderKey
from events.services import senders
from grid.models import AuditEntry
from grid.policy import NOBODY
from tests.factories.hotline import OTHER_SECRET, SECRET, hand_in, message
from tests.factories.receivers import receiver

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _key(settings):
    settings.HOTLINE_KEYS = [SECRET]


def _rotated(*arguments):
    out, err = StringIO(), StringIO()
    call_command("rotate_key", *arguments, stdout=out, stderr=err)
    return out.getvalue().strip()


def _good(secret):
    return hand_in(message(), secret=secret).status_code == 201


def test_a_rotation_in_the_middle_of_a_stream_loses_and_doubles_nothing(settings):
    """Ten orders with each key on either side of the change; the other side changes when it likes."""
    sent = [message() for _ in range(40)]
    statuses = [hand_in(of, secret=SECRET).status_code for of in sent[:10]]
    new = _rotated("hotline", "--overlap", "48")
    statuses += [hand_in(of, secret=SECRET if number % 2 else new).status_code for number, of in enumerate(sent[10:30])]
    SenderKey.objects.filter(until__isnull=False).update(until=timezone.now())  # 48 hours later
    statuses += [hand_in(of, secret=new).status_code for of in sent[30:]]
    assert set(statuses) == {201}
    assert (Event.objects.count(), HotlineMessage.objects.count()) == (40, 40)
    assert not _good(SECRET)
    for of in sent:  # what was sent with the old key is answered under the new one as it was
        assert hand_in(of, secret=new).status_code == 201
    assert Event.objects.count() == 40


def test_until_the_first_rotation_the_file_counts_and_after_it_the_table_alone(settings):
    assert _good(SECRET)
    _rotated("hotline", "--overlap", "0", "--key", OTHER_SECRET)
    assert _good(OTHER_SECRET)
    assert not _good(SECRET)
    settings.HOTLINE_KEYS = []
    assert _good(OTHER_SECRET)


def test_three_keys_overlap_and_each_ends_at_its_time():
    first, second = _rotated("hotline", "--overlap", "5"), _rotated("hotline", "--overlap", "2")
    assert all(_good(secret) for secret in (SECRET, first, second))
    now = timezone.now()
    ends = [key.until for key in SenderKey.objects.all()]
    assert sum(one is None for one in ends) == 1
    assert all(one is None or one <= now + timedelta(hours=2) for one in ends)
    later = now + timedelta(hours=3)
    assert senders.hotline(now=later).keys == (second,)
    assert set(senders.hotline(now=now - timedelta(days=1)).keys) == set()


def test_what_leaves_carries_a_signature_of_every_good_key(settings):
    settings.OUTGOING_CIDRS = ["127.0.0.0/8"]
    new = _rotated("hotline")
    order = message()
    hand_in(order, secret=new)
    hand_in(message("urge", order_no=order["order_no"]), secret=new)
    told = OutboxMessage.objects.get()
    with receiver() as end:
        settings.HOTLINE_URL = end.url
        tasks.deliver(message=str(told.pk))
        (got,) = end.got
        for secret in (SECRET, new):
            assert Webhook(secret).verify(got.body, got.headers) == json.loads(got.body)
        with pytest.raises(WebhookVerificationError):
            Webhook(OTHER_SECRET).verify(got.body, got.headers)
    told.refresh_from_db()
    assert told.state == "delivered"


def test_keys_are_sealed_audited_without_themselves_and_shown_once():
    new = _rotated("hotline")
    entry = AuditEntry.objects.get(action="sender.rotate")
    assert set(entry.detail) == {"key", "old_until"}
    assert new not in str(entry.detail)
    for key in SenderKey.objects.all():
        assert new.encode() not in bytes(key.secret)
        assert SECRET.encode() not in bytes(key.secret)


@pytest.mark.parametrize("arguments", [("nobody",), ("hotline", "--key", "secret"), ("hotline", "--key", "whsec_YQ=="),
                                       ("hotline", "--overlap", "-1")])  # fmt: skip
def test_what_can_not_be_rotated_says_why_and_changes_nothing(arguments):
    with pytest.raises(CommandError, match="nothing was changed"):
        _rotated(*arguments)
    assert not SenderKey.objects.exists()
    assert NOBODY.user is None
