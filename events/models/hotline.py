"""What the hotline handed in, and what must leave the house: tickets, messages, outbox, attempts."""

import uuid

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Now, Upper
from django.utils.translation import gettext_lazy as _

from events.models.event import Event


class Ticket(models.Model):
    """One hotline order. An event may answer several."""

    order_no = models.CharField(max_length=64, unique=True)
    event = models.ForeignKey(Event, null=True, on_delete=models.PROTECT, related_name="tickets")
    came_with = models.ForeignKey(Event, null=True, on_delete=models.PROTECT, related_name="+")  # merged into `event`
    order_type = models.CharField(max_length=16, blank=True)
    channel = models.CharField(max_length=16, blank=True)
    accepted_at = models.DateTimeField(null=True)  # by the hotline
    reply_deadline = models.DateTimeField(null=True)
    want_callback = models.BooleanField(default=True)
    secret = models.BooleanField(default=False)
    attachments = models.JSONField(default=list)  # addresses, kept and never fetched
    satisfaction = models.PositiveSmallIntegerField(null=True)  # 0 to 3, as last asked
    purged_at = models.DateTimeField(null=True)  # when what is personal was removed
    callback_number = models.PositiveIntegerField(default=0)  # rises with every callback

    class Meta:
        indexes = [GinIndex(OpClass(Upper("order_no"), name="gin_trgm_ops"), name="ticket_no_parts")]

    def __str__(self) -> str:
        return self.order_no


class HotlineMessage(models.Model):
    """One message as it came in: the same id is answered with the same answer, for ever."""

    message_id = models.CharField(max_length=128, primary_key=True)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=12)
    body_sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField(db_default=Now())
    applied_at = models.DateTimeField(null=True)  # null: waits for the ticket's `new`
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField()
    payload = models.JSONField(default=dict)  # without caller and phone

    def __str__(self) -> str:
        return self.message_id


class OutboxMessage(models.Model):
    """What must leave the house. The body is rendered once, at the first attempt; every attempt sends those bytes."""

    class State(models.TextChoices):
        """Whether it has arrived."""

        PENDING = "pending", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        DEAD = "dead", _("Dead")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)  # the webhook-id
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="outbox")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="outbox")
    number = models.PositiveIntegerField()
    step = models.CharField(max_length=20)
    version = models.PositiveIntegerField()
    body = models.BinaryField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts_made = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    next_at = models.DateTimeField(null=True, db_default=Now())  # null: nothing more will be tried by itself
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "number"], name="outbox_number_once")]
        indexes = [models.Index(fields=["next_at"], name="outbox_due", condition=models.Q(state="pending"))]

    def __str__(self) -> str:
        return str(self.id)


class DeliveryAttempt(models.Model):
    """One try to deliver one message: when, what came back, how long it took. Insert only."""

    message = models.ForeignKey(OutboxMessage, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField(db_default=Now())
    code = models.PositiveSmallIntegerField(null=True)  # HTTP status; null: no answer
    milliseconds = models.PositiveIntegerField()
    answer = models.TextField(blank=True)  # first 1,000 characters
    error = models.TextField(blank=True)
    by_hand = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.message_id} #{self.number}"
