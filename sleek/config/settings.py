"""Settings come from the environment; `.env.example` lists and explains every one.

SLEEK_MODE says what this installation is: `demo` (make up), `test`, or `production`, which refuses
to start with anything unsafe (see `sleek doctor`). Only this file reads the environment on behalf
of the web and worker processes.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from sleek.config import database, mail

BASE_DIR = Path(__file__).resolve().parent.parent
ROOT_DIR = BASE_DIR.parent
NODE_MODULES = Path(os.environ.get("SLEEK_NODE_MODULES", ROOT_DIR / "node_modules"))

MODE = os.environ.get("SLEEK_MODE", "production")
HOME = Path(os.environ.get("SLEEK_HOME", "var")).resolve()
DEBUG = False

# Production has no default: `sleek doctor` and start-up refuse an empty secret.
SECRET_KEY = os.environ.get(
    "SLEEK_SECRET_KEY", "" if MODE == "production" else "demo-only-secret-key"
)
ENCRYPTION_KEYS = os.environ.get(
    "SLEEK_ENCRYPTION_KEYS",
    "" if MODE == "production" else "demo:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
)

# Where payers and providers reach this installation: the base of links, return addresses and
# notices.
PUBLIC_URL = os.environ.get("SLEEK_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
_public = urlsplit(PUBLIC_URL)
_secure = _public.scheme == "https"
ALLOWED_HOSTS = [_public.hostname or "127.0.0.1", "127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "sleek.core",
    "sleek.audit",
    "sleek.events",
    "sleek.merchants",
    "sleek.ledger",
    "sleek.fx",
    "sleek.stock",
    "sleek.customers",
    "sleek.papers",
    "sleek.channels",
    "sleek.links",
    "sleek.invoices",
    "sleek.risk",
    "sleek.payments",
    "sleek.receipts",
    "sleek.splits",
    "sleek.refunds",
    "sleek.reconciliation",
    "sleek.notifications",
    "sleek.reports",
    "sleek.web.ui",
    "sleek.web.dashboard",
    "sleek.web.checkout",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Its padding of random length hides from an attacker how well a secret in a page was guessed.
    "django.middleware.gzip.GZipMiddleware",
    "sleek.web.ui.middleware.Headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "sleek.web.ui.middleware.Reader",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "sleek.config.urls"
WSGI_APPLICATION = "sleek.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "sleek.web.ui.context.look",
            ],
        },
    },
]

DATABASES = {
    "default": database.from_url(os.environ.get("DATABASE_URL", ""), pooled=MODE != "test")
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The simulated providers, which run beside the demo and nowhere else.
SANDBOX_URL = (
    f"http://127.0.0.1:{os.environ.get('SLEEK_SANDBOX_PORT', '8001')}" if MODE == "demo" else ""
)

AUTH_USER_MODEL = "merchants.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "sleek.web.dashboard.forms.passwords.Strength"},
    {
        "NAME": "sleek.web.dashboard.forms.passwords.Unlike",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {"NAME": "sleek.web.dashboard.forms.passwords.Uncommon"},
    {"NAME": "sleek.web.dashboard.forms.passwords.Separate"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "overview"
ACCOUNT_ADAPTER = "sleek.web.dashboard.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_FORMS = {"user_token": "sleek.web.dashboard.forms.account.ResetTokenForm"}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
# Whose word about people counts: a provider is offered once its app's credentials are here. The
# addresses are for those who reach it elsewhere; the demo's are simulated.
SOCIALACCOUNT_ADAPTER = "sleek.web.dashboard.identities.adapter.Adapter"
SOCIALACCOUNT_PROVIDERS: dict[str, dict[str, Any]] = {
    "google": {
        "APP": {
            "client_id": os.environ.get("SLEEK_GOOGLE_CLIENT_ID", ""),
            "secret": os.environ.get("SLEEK_GOOGLE_CLIENT_SECRET", ""),
        },
        "ISSUER": os.environ.get("SLEEK_GOOGLE_ISSUER", "https://accounts.google.com"),
    },
    "weixin": {
        "APP": {
            "client_id": os.environ.get("SLEEK_WEIXIN_APP_ID", ""),
            "secret": os.environ.get("SLEEK_WEIXIN_SECRET", ""),
        },
        "PAGE_URL": os.environ.get("SLEEK_WEIXIN_PAGE_URL", "https://open.weixin.qq.com"),
        "API_URL": os.environ.get("SLEEK_WEIXIN_API_URL", "https://api.weixin.qq.com"),
    },
}
for _name, _provider in list(SOCIALACCOUNT_PROVIDERS.items()):
    if not _provider["APP"]["client_id"]:
        del SOCIALACCOUNT_PROVIDERS[_name]
# Requests per time, per address of the client or per e-mail address (key); the others are allauth's
# own.
ACCOUNT_RATE_LIMITS = {
    "confirm_email": "1/60s/key,10/d/key,20/m/ip",
    "proof": "5/5m/key,20/m/ip",
    "proof_mail": "1/60s/key,10/d/key",
    "passkey": "30/m/ip",
    "search": "60/m/key",
    "tell_payer": "30/h/key",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
# Behind a proxy the client's address stands in X-Forwarded-For, as far as proxies of ours wrote it.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("SLEEK_TRUSTED_PROXIES", "0"))
# How long a provider waits for its notice to be on disk, before it is told to come again. They hang
# up after a few seconds and repeat either way.
NOTICE_PATIENCE_S = float(os.environ.get("SLEEK_NOTICE_PATIENCE_S", "0.25"))
# The limits count in the database, since every web process must count the same tries.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "rate_limits",
    }
}
CSRF_FAILURE_VIEW = "sleek.web.ui.views.csrf_failed"
MESSAGE_TAGS = {20: "wait", 25: "good", 30: "wait", 40: "bad"}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
# Payers read their pages in these; the back office speaks LANGUAGES. Each has its catalogue.
PAYER_LANGUAGES = (
    *("zh-hans", "zh-hant", "en", "es", "pt", "fr"),
    *("de", "ru", "ar", "ja", "hi", "id"),
)
LANGUAGE_COOKIE_NAME = "sleek_language"
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS: list[tuple[str, Path]] = [
    (name, NODE_MODULES / path)
    for name, path in [
        ("tabler", "@tabler/core/dist"),
        ("htmx", "htmx.org/dist"),
        ("echarts", "echarts/dist"),
    ]
    if (NODE_MODULES / path).is_dir()
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = MODE != "production"
# Reading all files beforehand takes longer than most tests, and each test's browser would do it.
WHITENOISE_AUTOREFRESH = MODE == "test"
MEDIA_ROOT = HOME / "media"

# The demo's mails are files, which the sandbox shows. Production refuses to start without a sender.
MAIL_URL = os.environ.get("SLEEK_MAIL_URL", "")
MAIL_FOLDER = HOME / "mail"
EMAIL_BACKEND = "sleek.config.mail.FolderBackend"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("SLEEK_MAIL_FROM", "Sleek <sleek@localhost>")
if MAIL_URL:
    globals().update(mail.from_url(MAIL_URL))

# Where a day's exchange rates come from: the European Central Bank's sheet, or another in its form.
FX_SOURCE_URL = os.environ.get(
    "SLEEK_FX_SOURCE_URL", "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml"
)

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _secure
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_HSTS_SECONDS = 31_536_000 if _secure else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _secure
SECURE_SSL_REDIRECT = False  # TLS ends at the proxy in front, which also redirects
SILENCED_SYSTEM_CHECKS = ["security.W008"]  # asks for that redirect
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _secure else None
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000  # a bill of 500 lines has nine fields a line

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"facts": {"()": "sleek.config.logs.FactsFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "facts"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("SLEEK_LOG_LEVEL", "INFO")},
    "loggers": {
        "fido2": {"level": "WARNING"},  # the ids of people's passkeys
        "stripe": {"level": "WARNING"},  # each request and reply, at length
        "httpx": {"level": "WARNING"},  # it writes whole addresses, and some carry signatures
        "procrastinate": {"level": "WARNING"},  # each job in full; its own table knows them anyway
        "procrastinate.blueprints": {"level": "ERROR"},  # minds that the worker is started by -m
    },
}
