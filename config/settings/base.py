"""Settings common to every way of running. Only this package reads the environment; README.md has the table."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TypeVar

import environ
from django.core.exceptions import ImproperlyConfigured

from config.settings.admin import UNFOLD  # noqa: F401

BASE_DIR = Path(__file__).resolve().parents[2]

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

Number = TypeVar("Number", float, Decimal)


def number(name: str, of: Callable[[str], Number], default: str = "") -> Number | None:
    """A number of the environment that is not negative; None where it is empty or “none”."""
    text = env.str(name, default=default).strip() or default
    if text in ("", "none"):
        return None
    try:
        value = of(text)
    except (ValueError, InvalidOperation):
        value = of("-1")
    if not 0 <= value < 1_000_000:
        raise ImproperlyConfigured(f"{name} has to be a number from 0 on, like 0.5, not “{text}”.")
    return value


INSTALLED_APPS = [
    "config.apps.SightlineConfig",
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "rest_framework",
    "knox",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "media_library",
    "search",
    "recommender",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.body_size.BodySizeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.ContentSecurityPolicyMiddleware",
    "config.middleware.OwnChangesMiddleware",
    "config.middleware.AdminValuesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

LANGUAGE_CODE = "en"
TIME_ZONE = env("SIGHTLINE_TIME_ZONE", default="UTC")
USE_I18N = True
USE_TZ = True

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "search"
LOGOUT_REDIRECT_URL = "search"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "config.passwords.EndsDevices"},
]

STATIC_URL = "static/"

# --- Uploads and files -----------------------------------------------------------------------------------

FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 100
# Who sends the bytes of a file, once a view here has found that the visitor may have it: a web server in front, which
# must then be able to read them by its group, or the object store, by signed addresses. Else this process.
SIGHTLINE_ACCEL_PREFIX = env("SIGHTLINE_ACCEL_PREFIX", default="")
SIGHTLINE_S3_REDIRECT = bool(env("SIGHTLINE_S3_BUCKET", default="")) and env.bool("SIGHTLINE_S3_REDIRECT", default=True)
SIGHTLINE_S3_URL_SECONDS = env.int("SIGHTLINE_S3_URL_SECONDS", default=3600)
if SIGHTLINE_ACCEL_PREFIX and env("SIGHTLINE_S3_BUCKET", default=""):
    raise ImproperlyConfigured(
        "SIGHTLINE_ACCEL_PREFIX is for files on disk, and SIGHTLINE_S3_BUCKET keeps them elsewhere: set one of the two."
    )
if SIGHTLINE_ACCEL_PREFIX and not (SIGHTLINE_ACCEL_PREFIX.startswith("/") and SIGHTLINE_ACCEL_PREFIX.endswith("/")):
    raise ImproperlyConfigured("SIGHTLINE_ACCEL_PREFIX has to begin and end with a slash, like /protected/.")

FILE_UPLOAD_PERMISSIONS = 0o640 if SIGHTLINE_ACCEL_PREFIX else 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o750 if SIGHTLINE_ACCEL_PREFIX else 0o700

SIGHTLINE_LIMITS = {
    "max_bytes": env.int("SIGHTLINE_MAX_BYTES", default=4 * 1024**3),
    "max_pixels": env.int("SIGHTLINE_MAX_PIXELS", default=120_000_000),
    "max_duration_s": env.int("SIGHTLINE_MAX_DURATION_S", default=4 * 3600),
    "max_frames": env.int("SIGHTLINE_MAX_FRAMES", default=120),
    "max_pages": env.int("SIGHTLINE_MAX_PAGES", default=1000),
    "max_characters": env.int("SIGHTLINE_MAX_CHARACTERS", default=2_000_000),
}
# What reads text in pictures: "rapidocr", or "off".
SIGHTLINE_OCR = env("SIGHTLINE_OCR", default="rapidocr")
SIGHTLINE_OCR_THREADS = env.int("SIGHTLINE_OCR_THREADS", default=1)
SIGHTLINE_MAX_QUERY_BYTES = env.int("SIGHTLINE_MAX_QUERY_BYTES", default=50 * 1024**2)
# Networks that URLs given by users may reach although they are not public, e.g. "192.168.1.0/24".
SIGHTLINE_FETCH_ALLOWED_NETWORKS = env.list("SIGHTLINE_FETCH_ALLOWED_NETWORKS", default=[])
# For asking TMDB about films; their posters alone need none.
SIGHTLINE_TMDB_KEY = env("SIGHTLINE_TMDB_KEY", default="")
# How long a worker may be silent before its work is handed to another.
SIGHTLINE_LEASE_S = env.int("SIGHTLINE_LEASE_S", default=30)
SIGHTLINE_TRASH_DAYS = env.int("SIGHTLINE_TRASH_DAYS", default=30)

# --- Encoders --------------------------------------------------------------------------------------------

SIGHTLINE_VISUAL_ENCODER = env("SIGHTLINE_VISUAL_ENCODER", default="pocket")
SIGHTLINE_TEXT_ENCODER = env("SIGHTLINE_TEXT_ENCODER", default="sentence:minilm")
SIGHTLINE_SOUND_ENCODER = env("SIGHTLINE_SOUND_ENCODER", default="sound:pocket")
SIGHTLINE_ENCODER_THREADS = env.int("SIGHTLINE_ENCODER_THREADS", default=1)
SIGHTLINE_WARM_ENCODERS = env.bool("SIGHTLINE_WARM_ENCODERS", default=True)

# --- The LMM: the model that looks at pictures and answers ------------------------------------------------

GOOGLE_API_KEY = env("GOOGLE_API_KEY", default="")
GOOGLE_API_BASE = env("GOOGLE_API_BASE", default="")
# "gemini", or "reader", which asks nobody. Without a word: gemini where there is a key.
SIGHTLINE_LMM = env("SIGHTLINE_LMM", default="") or ("gemini" if GOOGLE_API_KEY else "reader")
SIGHTLINE_LMM_MODEL = env("SIGHTLINE_LMM_MODEL", default="gemini-3.5-flash-lite")
SIGHTLINE_LMM_TEMPERATURE = number("SIGHTLINE_LMM_TEMPERATURE", float)
SIGHTLINE_LMM_SAFETY = env("SIGHTLINE_LMM_SAFETY", default="")
SIGHTLINE_LMM_TIMEOUT_S = env.int("SIGHTLINE_LMM_TIMEOUT_S", default=60)
# US dollars that each person may spend in a day; "none" for no limit.
SIGHTLINE_LMM_BUDGET = number("SIGHTLINE_LMM_BUDGET", Decimal, "1.00")
# US dollars per million tokens, where they are not those that the product knows.
SIGHTLINE_LMM_PRICE_IN = number("SIGHTLINE_LMM_PRICE_IN", Decimal)
SIGHTLINE_LMM_PRICE_OUT = number("SIGHTLINE_LMM_PRICE_OUT", Decimal)
SIGHTLINE_LMM_CACHE_DAYS = env.int("SIGHTLINE_LMM_CACHE_DAYS", default=7)
# Sources, and pictures among them, that a question to the library carries.
SIGHTLINE_RAG_SOURCES = env.int("SIGHTLINE_RAG_SOURCES", default=8)
SIGHTLINE_RAG_PICTURES = env.int("SIGHTLINE_RAG_PICTURES", default=4)

# --- Celery ----------------------------------------------------------------------------------------------

CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "media"
CELERY_TASK_ROUTES = {
    "search.tasks.train": {"queue": "train"},
    # It takes up to minutes, so nothing that is to be found waits behind it.
    "search.tasks.draw_map": {"queue": "text"},
    "search.tasks.*": {"queue": "embed"},
    "recommender.tasks.train_factors": {"queue": "train"},
    "media_library.tasks.read_text_pending": {"queue": "text"},
    "media_library.tasks.hear_pending": {"queue": "text"},
    "media_library.tasks.recognise_pending": {"queue": "text"},
    "media_library.tasks.caption_pending": {"queue": "lmm"},
    "media_library.tasks.extract_by_model_pending": {"queue": "lmm"},
    "media_library.tasks.extract_pending": {"queue": "text"},
}
CELERY_TASK_TIME_LIMIT = 1200
CELERY_TASK_SOFT_TIME_LIMIT = 1080
# A killed worker's message is handed out again by the sweep, not by Redis; this only has to outlast a task.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a queue that is away for an hour is waited for
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 2_000_000  # KiB
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# Looking for text and reading documents take a minute each, and either may be before them in their queue.
BEHIND_OTHERS_S = 150.0
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "media_library.tasks.sweep", "schedule": 15.0},
    "embed-pending": {"task": "search.tasks.embed_pending", "schedule": 15.0},
    "train": {"task": "search.tasks.train", "schedule": 60.0, "options": {"expires": 60.0}},
    "draw-map": {"task": "search.tasks.draw_map", "schedule": 30.0, "options": {"expires": BEHIND_OTHERS_S}},
    "embed-missing": {"task": "search.tasks.embed_missing", "schedule": 60.0},
    "hear-pending": {
        "task": "media_library.tasks.hear_pending",
        "schedule": 60.0,
        "options": {"expires": BEHIND_OTHERS_S},
    },
    "recognise-pending": {
        "task": "media_library.tasks.recognise_pending",
        "schedule": 60.0,
        "options": {"expires": BEHIND_OTHERS_S},
    },
    "caption-pending": {"task": "media_library.tasks.caption_pending", "schedule": 30.0, "options": {"expires": 30.0}},
    "import-films": {"task": "recommender.tasks.import_pending", "schedule": 30.0, "options": {"expires": 30.0}},
    "train-factors": {"task": "recommender.tasks.train_factors", "schedule": 3600.0, "options": {"expires": 3600.0}},
    "purge-trash": {"task": "media_library.tasks.purge_trash", "schedule": 3600.0},
    "remove-strays": {"task": "media_library.tasks.remove_strays", "schedule": 24 * 3600.0},
}

# --- Cache -----------------------------------------------------------------------------------------------

DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True  # it is done without, but not in silence

# --- API -------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "config.api.authentication.DeviceTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticatedOrReadOnly"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["media_library.api.parsers.GuardedJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
        "rest_framework.throttling.ScopedRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {
        "anon": env("SIGHTLINE_RATE_ANON", default="120/min"),
        "user": env("SIGHTLINE_RATE_USER", default="1200/min"),
        "sign-in": env("SIGHTLINE_RATE_SIGN_IN", default="10/min"),
        "search-by-file": env("SIGHTLINE_RATE_FILE_SEARCH", default="60/min"),
        "url": env("SIGHTLINE_RATE_URL", default="30/min"),
        "lmm": env("SIGHTLINE_RATE_LMM", default="30/min"),
    },
    # How many proxies in front add to X-Forwarded-For; without this any client could name its own address.
    "NUM_PROXIES": env.int("SIGHTLINE_PROXIES", default=0),
    "EXCEPTION_HANDLER": "config.api.errors.exception_handler",
}

KNOX_TOKEN_MODEL = "config.DeviceToken"

REST_KNOX = {
    "TOKEN_TTL": None,
    "AUTO_REFRESH": False,
    "AUTH_TOKEN_CHARACTER_LENGTH": 64,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Sightline API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "DESCRIPTION": (
        "Pictures and videos, searched by words, a picture, a clip or a URL.\n\n"
        "Public items can be read and searched by everybody; sign in for your own and to change anything. "
        'Every error has one shape: `{"error": {"code", "message", "fields"?, "retry_after"?}}`, with a '
        "code for programs and a sentence for people."
    ),
    "ENUM_NAME_OVERRIDES": {
        "ItemKind": "media_library.models.Kind",
        "AnswerState": "media_library.models.Outcome",
        "CaptionRunState": "media_library.models.RunState",
        "DocumentKind": "media_library.models.DocumentKind",
        "ExtractionKind": "media_library.models.ExtractionKind",
        "ExtractionState": "media_library.models.ExtractionState",
        "InvoiceState": "media_library.models.InvoiceState",
        "ItemStatus": "media_library.models.Status",
        "Visibility": "media_library.models.Visibility",
        "SegmentKind": "media_library.models.SegmentKind",
        "ReasonCode": "search.api.serializers.REASON_CHOICES",
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env("SIGHTLINE_LOG_LEVEL", default="INFO")},
    "filters": {"cache-away": {"()": "config.logs.CacheAway"}},
    # Each says at every start what it loads from where.
    "loggers": {
        **{
            name: {"level": "WARNING"}
            for name in ("sentence_transformers", "httpx", "psycopg.pool", "matplotlib", "numba")
        },
        "django_redis.cache": {"filters": ["cache-away"]},
    },
}
