"""Tiles ask for a band and a box at once: one GiST index over both (btree_gist)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("gis_layers", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "CREATE INDEX ground_shape_band ON gis_layers_groundshape USING gist (band, shape)",
            "DROP INDEX ground_shape_band",
        ),
        migrations.RunSQL(
            "CREATE INDEX ground_shape_label ON gis_layers_groundshape USING gist (band, label)",
            "DROP INDEX ground_shape_label",
        ),
    ]
