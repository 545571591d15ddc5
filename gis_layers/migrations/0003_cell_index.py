"""Tiles ask for the counts of a zoom within a box: one GiST index over both (btree_gist)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("gis_layers", "0002_shape_index")]
    operations = [
        migrations.RunSQL(
            "CREATE INDEX site_cell_box ON gis_layers_sitecell USING gist (zoom, shape)",
            "DROP INDEX site_cell_box",
        )
    ]
