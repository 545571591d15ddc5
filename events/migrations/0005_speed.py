"""What has just ended is found without looking at all that ever did."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0004_every_step")]
    operations = [
        migrations.AddIndex("event", models.Index(fields=["ended_at"], name="event_ended")),
    ]
