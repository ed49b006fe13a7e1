"""Running for others: everything that matters is said in the environment, and what is missing is an error."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from config.settings.base import *  # noqa: F403
from config.settings.base import REST_FRAMEWORK, env
from config.settings.servers import cache, databases, storages


def required(name: str, meaning: str) -> str:
    value = env(name, default="")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. Set it to {meaning}, in the environment or in .env.")
    return value


DEBUG = False
SECRET_KEY = required("SECRET_KEY", "50 or more random characters")
ALLOWED_HOSTS = [host.strip() for host in required("ALLOWED_HOSTS", "the host names served").split(",")]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[f"https://{host}" for host in ALLOWED_HOSTS])

REDIS_URL = required("REDIS_URL", "the address of a Redis server, redis://…")
DATABASES = databases(required("DATABASE_URL", "the address of a PostgreSQL server with pgvector, postgres://…"))
CELERY_BROKER_URL = env("CELERY_BROKER_URL", default=REDIS_URL)
CACHES = cache(REDIS_URL)

DATA_DIR = Path(env("SIGHTLINE_DATA_DIR", default="/var/lib/sightline"))
STORAGES = storages(DATA_DIR / "media", static="whitenoise.storage.CompressedManifestStaticFilesStorage")
STATIC_ROOT = DATA_DIR / "static"

# TLS ends at the proxy in front, which must set this header itself.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# The same proxy says for whom it asks, so that throttles count visitors.
REST_FRAMEWORK = {**REST_FRAMEWORK, "NUM_PROXIES": env.int("SIGHTLINE_PROXIES", default=1)}
SECURE_SSL_REDIRECT = env.bool("SIGHTLINE_SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = env.int("SIGHTLINE_HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
