"""What happened, and who answers for it."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Events, journal, tasks, clocks, hotline, outbox."""

    name = "events"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Plug the events' layer into the live feed."""
        from events import layer

        layer.register()
