from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('media_library', '0009_documents'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='mediaitem',
            index=models.Index(condition=models.Q(('deleted_at__isnull', True), ('document_kind', ''), ('kind__in', ('image', 'document'))), fields=['created_at'], name='item_to_recognise'),
        ),
    ]
