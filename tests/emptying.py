"""What a test that commits leaves in the database, taken out in less than half of the time that Django's own way takes.

Django truncates every table, and then says that it has migrated, whereupon content types and permissions are made anew.
Here only tables that hold something are emptied, and those two, which no test changes, stay.
"""

from __future__ import annotations

from functools import cache

from django.db import connection

KEPT = {"django_migrations", "django_content_type", "auth_permission"}


@cache
def _tables() -> tuple[str, ...]:
    return tuple(sorted(set(connection.introspection.django_table_names(only_existing=True)) - KEPT))


def empty() -> None:
    """Empty the database, as `manage.py flush` does, but for what Django itself put there."""
    name = connection.ops.quote_name
    with connection.cursor() as cursor:
        asked = " UNION ALL ".join(
            f"(SELECT {number} FROM {name(table)} LIMIT 1)" for number, table in enumerate(_tables())
        )
        cursor.execute(asked)
        full = [_tables()[number] for (number,) in cursor.fetchall()]
        if full:
            cursor.execute(f"TRUNCATE {', '.join(map(name, full))} CASCADE")
