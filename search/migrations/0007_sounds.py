from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('media_library', '0005_heard'),
        ('search', '0006_map'),
    ]

    operations = [
        migrations.AlterField(
            model_name='encoder',
            name='space',
            field=models.CharField(choices=[('visual', 'Pictures'), ('text', 'Words'), ('sound', 'Sounds')], max_length=16),
        ),
    ]
