"""Running on one's own machine with no configuration: embedded servers, this machine only.

DATABASE_URL and REDIS_URL point the same code at real servers. For more than this machine: production.py.
"""

from pathlib import Path

from config import services
from config.settings.base import *  # noqa: F403
from config.settings.base import BASE_DIR, env
from config.settings.secret import kept_secret
from config.settings.servers import cache, databases, storages

DATA_DIR = Path(env("SIGHTLINE_DATA_DIR", default=str(services.data_dir_for(BASE_DIR)))).absolute()
DATABASE_URL = env("DATABASE_URL", default="")
REDIS_URL = env("REDIS_URL", default="")
SIGHTLINE_EMBEDDED = services.Embedded(DATA_DIR, database=not DATABASE_URL, redis=not REDIS_URL)

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY", default="") or kept_secret(DATA_DIR)
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *env.list("ALLOWED_HOSTS", default=[])]

DATABASES = databases(DATABASE_URL or services.database_url(DATA_DIR))
CELERY_BROKER_URL = REDIS_URL or services.broker_url(DATA_DIR)
CACHES = cache(REDIS_URL or services.redis_url(DATA_DIR))
STORAGES = storages(DATA_DIR / "media", static="django.contrib.staticfiles.storage.StaticFilesStorage")
WHITENOISE_USE_FINDERS = True
