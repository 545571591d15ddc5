"""What the platform is made of."""

import os
from glob import glob
from pathlib import Path

import pyogrio
import shapely
from django.utils.translation import gettext_lazy as _

from webapp.settings.environment import BASE_DIR, database, flag, key, shares
from webapp.settings.environment import STATE as STATE

DEMO = flag("WANGGE_DEMO")
DEBUG = flag("WANGGE_DEBUG")
# From which share of an allowance an event is supervised by itself: yellow, red.
SUPERVISION_SHARES = shares("WANGGE_SUPERVISION_SHARES", (1.0, 1.5))
# For how many minutes no worker may be heard before that is worth a warning.
WORKER_SILENCE_MINUTES = float(os.environ.get("WANGGE_WORKER_SILENCE", "10"))
# In how many seconds a message of another system must be here as a whole.
WEBHOOK_SECONDS = float(os.environ.get("WANGGE_WEBHOOK_SECONDS", "15"))


def _wheel_library(package: object, pattern: str) -> str | None:
    """The shared library that a wheel brought; its name carries a hash. None: use the system's.

    The wheels' GDAL is newer than Debian's, and closes holes that GeoDjango's own fixes rely on.
    """
    root = Path(str(package.__file__)).parent.parent  # type: ignore[attr-defined]
    found = sorted(glob(str(root / pattern)))
    return found[-1] if found else None


GDAL_LIBRARY_PATH = os.environ.get("GDAL_LIBRARY_PATH") or _wheel_library(pyogrio, "pyogrio.libs/libgdal*.so*")
GEOS_LIBRARY_PATH = os.environ.get("GEOS_LIBRARY_PATH") or _wheel_library(shapely, "shapely.libs/libgeos_c*.so*")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "channels",
    "axes",
    "csp",
    "grid",
    "gis_layers",
    "events",
    "webapp",
]

MIDDLEWARE = [
    "webapp.middleware.RequestIdentity",
    "webapp.middleware.PlainAddress",
    "webapp.middleware.DatabaseAway",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "webapp.asking.WhoAsks",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "webapp.urls"
ASGI_APPLICATION = "webapp.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "webapp" / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "webapp.pages.context.page",
            ]
        },
    }
]

DATABASES = {"default": database(os.environ.get("DATABASE_URL", "postgis://wangge_app@/wangge"))}
APPLICATION_ROLE = os.environ.get("WANGGE_APPLICATION_ROLE", "wangge_app")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "grid.User"
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = STATE / "static"
STATICFILES_DIRS = [path for path in (STATE / "build", BASE_DIR / "webapp" / "assets") if path.is_dir()]
CLIENT_MANIFEST = STATE / "build" / "client" / "manifest.json"
MEDIA_ROOT = STATE / "media"
TILE_ROOT = STATE / "tiles"
RUN_ROOT = STATE / "run"
ANCHOR_FILE = STATE / "log" / "audit-anchors.log"

FIELD_KEY = key("field_key")
TICKET_KEY = key("ticket_key")
AUDIENCE_KEY = key("audience_key")

# Where outgoing connections may go: CIDR blocks, cameras and callback endpoints alike. Empty means nowhere.
OUTGOING_CIDRS = [block for block in os.environ.get("WANGGE_OUTGOING_CIDRS", "").split(",") if block]
CAMERA_ADDRESS = os.environ.get("WANGGE_CAMERAS", "")
HOTLINE_URL = os.environ.get("WANGGE_HOTLINE_URL", "")
CALLER_DAYS = int(os.environ.get("WANGGE_CALLER_DAYS", "90"))  # after an event's end; then who called is removed
HOTLINE_KEYS = key("hotline_secret").decode().split()  # any verifies; what we send carries a signature of each

FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_MEMORY_SIZE = 26_214_400
PHOTO_MAX_BYTES = 20 * 1024 * 1024
PHOTO_MAX_PIXELS = 40_000_000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "webapp.logs.LineFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "axes": {"level": "WARNING"},
        "procrastinate": {"level": "WARNING"},
    },
}
