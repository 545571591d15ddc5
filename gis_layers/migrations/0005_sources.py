import django.contrib.gis.db.models.fields
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('gis_layers', '0004_hotline'),
    ]

    operations = [
        migrations.AddField(
            model_name='device',
            name='shape',
            field=django.contrib.gis.db.models.fields.PointField(null=True, srid=3857),
        ),
        migrations.RunSQL(
            'UPDATE gis_layers_device SET shape = ST_Transform(point, 3857) WHERE point IS NOT NULL',
            migrations.RunSQL.noop,
        ),
    ]
