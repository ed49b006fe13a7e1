from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("media_library", "0006_asking")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="asked_as",
            field=models.TextField(blank=True, help_text="Of an answer: the question as it was searched for."),
        ),
        migrations.AddField(
            model_name="message",
            name="helpful",
            field=models.BooleanField(null=True, blank=True, help_text="What its reader thinks of the answer."),
        ),
        migrations.AddField(
            model_name="message",
            name="reason",
            field=models.CharField(max_length=1000, blank=True, help_text="Why, in the reader's words."),
        ),
    ]
