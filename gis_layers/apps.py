"""What stands on the ground, and how a layer reaches a screen."""

from django.apps import AppConfig


class GisLayersConfig(AppConfig):
    """Sites, channels, grants, playback, tiles, the live feed."""

    name = "gis_layers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register this app's own tile sources in the catalogue."""
        from gis_layers import sources

        sources.register()
