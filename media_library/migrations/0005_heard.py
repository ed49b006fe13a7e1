from django.db import migrations, models


def mark_unheard(apps, schema_editor):
    """What was stored before sounds were heard is heard by a worker, item by item."""
    apps.get_model("media_library", "Segment").objects.filter(kind="sound").update(unheard=True)


class Migration(migrations.Migration):

    dependencies = [
        ('media_library', '0004_fewer_indexes'),
    ]

    operations = [
        migrations.AddField(
            model_name='segment',
            name='heard',
            field=models.FileField(blank=True, default='', help_text='The spectrogram of a stretch that is not silent.', max_length=300, upload_to=''),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='segment',
            name='unheard',
            field=models.BooleanField(default=False, help_text='From before sounds were heard: its spectrogram is lacking.'),
        ),
        migrations.AddIndex(
            model_name='segment',
            index=models.Index(condition=models.Q(('unheard', True)), fields=['item'], name='segment_unheard'),
        ),
        migrations.RunPython(mark_unheard, migrations.RunPython.noop),
    ]
