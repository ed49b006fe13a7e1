"""Settings of the test suite: real Postgres and Redis, the deterministic fakes for encoders.

Tests that run in several processes side by side have servers, and a folder for files, each of its own.
"""

import os
from pathlib import Path
from tempfile import gettempdir

from config import services
from config.settings.base import *  # noqa: F403
from config.settings.base import BASE_DIR, REST_FRAMEWORK, env
from config.settings.servers import cache, databases, storages

PROCESS = os.environ.get("PYTEST_XDIST_WORKER", "")
DATA_DIR = Path(env("SIGHTLINE_TEST_DATA_DIR", default=str(services.data_dir_for(BASE_DIR) / "tests"))) / PROCESS
DATABASE_URL = env("TEST_DATABASE_URL", default="")
REDIS_URL = env("TEST_REDIS_URL", default="")
SIGHTLINE_EMBEDDED = services.Embedded(DATA_DIR, database=not DATABASE_URL, redis=not REDIS_URL)
SECRET_KEY = "only-for-tests"
ALLOWED_HOSTS = ["*"]
DATABASES = databases(DATABASE_URL or services.database_url(DATA_DIR))
CELERY_BROKER_URL = REDIS_URL or services.broker_url(DATA_DIR)
CACHES = cache(REDIS_URL or services.redis_url(DATA_DIR, db=1))
MEDIA_DIR = Path(env("SIGHTLINE_TEST_MEDIA", default=f"{gettempdir()}/sightline-tests")) / PROCESS
STORAGES = storages(MEDIA_DIR, static="django.contrib.staticfiles.storage.StaticFilesStorage")

SIGHTLINE_VISUAL_ENCODER = "fake:visual"
SIGHTLINE_TEXT_ENCODER = "fake:text"
SIGHTLINE_SOUND_ENCODER = "off"
SIGHTLINE_WARM_ENCODERS = False
SIGHTLINE_OCR = "fake"
SIGHTLINE_LMM = "reader"
GOOGLE_API_KEY = GOOGLE_API_BASE = ""
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
REST_FRAMEWORK = {
    **REST_FRAMEWORK,
    "DEFAULT_THROTTLE_RATES": dict.fromkeys(REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]),
}
WHITENOISE_USE_FINDERS = True
