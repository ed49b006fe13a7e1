from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('search', '0001_initial'),
    ]

    operations = [
        # Vectors without a background are made again: the worker finds them missing.
        migrations.RunSQL('DELETE FROM search_embedding', migrations.RunSQL.noop),
        migrations.AddField('embedding', 'background_mean', models.FloatField(default=0), preserve_default=False),
        migrations.AddField('embedding', 'background_spread', models.FloatField(default=1), preserve_default=False),
    ]
