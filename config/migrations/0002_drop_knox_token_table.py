from django.db import migrations


class Migration(migrations.Migration):
    """Knox makes its token table even where DeviceToken stands in for it. No model knows that table, yet its
    foreign key would keep Django from flushing the users' table."""

    dependencies = [("config", "0001_initial"), ("knox", "0009_extend_authtoken_field")]

    operations = [migrations.RunSQL("DROP TABLE knox_authtoken", migrations.RunSQL.noop)]
