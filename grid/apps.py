"""Ground and people."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class GridConfig(AppConfig):
    """Regions, grids, people, organisations, posts, audit."""

    name = "grid"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Set the application role's rights whenever the owner has migrated."""
        from grid.services import rights

        post_migrate.connect(rights.apply, sender=self, dispatch_uid="grid.rights")
