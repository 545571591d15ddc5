"""The sequences that number events and journal entries, before the tables that use them."""

from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    dependencies = [("gis_layers", "0001_initial"), ("grid", "0001_initial")]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE event_number_seq", "DROP SEQUENCE event_number_seq"),
        migrations.RunSQL("CREATE SEQUENCE events_journalentry_id_seq", "DROP SEQUENCE events_journalentry_id_seq"),
    ]
