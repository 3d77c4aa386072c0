"""Settings for every stage; each stage differs only in its environment variables.

`manage.py` says STAGE=home where nothing else is said: debug pages, SQLite, mail on the console
and a secret key made on this machine. Any other stage must be given its secrets.

Reference: https://docs.djangoproject.com/en/5.2/ref/settings/
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

from project.buckets import Bucket
from project.env import env_bool, env_database, env_int, env_list, env_str, local_secret
from project.ops.log_settings import logging_settings

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

# Stage

STAGE = env_str("STAGE", "production")
IS_HOME = STAGE == "home"
ON_LAMBDA = bool(env_str("AWS_LAMBDA_FUNCTION_NAME", ""))
DEBUG = env_bool("DEBUG", default=IS_HOME)
SECRET_KEY = env_str("SECRET_KEY", local_secret(VAR_DIR / "secret_key") if IS_HOME else None)
SECRET_KEY_FALLBACKS = env_list("SECRET_KEY_FALLBACKS", "")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]" if IS_HOME else None)
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS", "")

# Apps

INSTALLED_APPS = [
    "whitenoise.runserver_nostatic",  # Static files are served alike at home and elsewhere.
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "template_partials",  # Part of Django from 6.0 on.
    "project",
    "apps.accounts",
    "apps.facts",
    "apps.designs",
    "apps.forecasts",
]

DATABASE_REPLICA_HOST = env_str("DATABASE_REPLICA_HOST", "")
MIDDLEWARE = [
    "project.ops.middleware.RequestLogMiddleware",
    "project.ops.middleware.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    # The package for Lambda has no static file: they have an origin of their own.
    *([] if ON_LAMBDA else ["whitenoise.middleware.WhiteNoiseMiddleware"]),
    "csp.middleware.CSPMiddleware",
    "project.ops.outages.OutageMiddleware",
    "project.ops.maintenance.MaintenanceMiddleware",
    *(["project.database.replica.ReplicaMiddleware"] if DATABASE_REPLICA_HOST else []),
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "apps.accounts.middleware.HtmxLoginRequiredMiddleware",
    "apps.accounts.middleware.ApiTokenMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "project.ops.admin_gate.AdminGateMiddleware",
    "project.ops.limits.LimitMiddleware",
    "project.ops.large_answers.LargeAnswerMiddleware",
]

ROOT_URLCONF = "project.urls"
WSGI_APPLICATION = "project.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

FORM_RENDERER = "project.forms.Renderer"
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

# Language and time

LANGUAGE_CODE = "en-us"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

# Data

HOME_DATABASE = f"sqlite:///{quote(str(VAR_DIR / 'headroom.sqlite3'))}"
DATABASES = {"default": env_database("DATABASE_URL", HOME_DATABASE if IS_HOME else None)}
# `host` or `host:port` of the database itself, where DATABASE_URL names a proxy: what holds a
# session, such as a migration, goes there.
DATABASE_DIRECT_HOST = env_str("DATABASE_DIRECT_HOST", "")
if DATABASE_REPLICA_HOST:
    DATABASES["replica"] = {
        **DATABASES["default"],
        "HOST": DATABASE_REPLICA_HOST,
        "TEST": {"MIRROR": "default"},
    }
    DATABASE_ROUTERS = ["project.database.replica.ReplicaRouter"]

# Limits are counted in the cache and maintenance is announced there, so processes must share it.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache"
        if IS_HOME
        else "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": str(VAR_DIR / "cache") if IS_HOME else "cache",
        # To count one more gives a count this life: no window of a limit may be longer. [s]
        "TIMEOUT": 3600,
        # Django keeps 300, and would forget counts at random beyond.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
}

# A template may have 5 MB; the rest is for the other fields of its form.
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
# More than a form takes, so that the form can say how many it takes.
DATA_UPLOAD_MAX_NUMBER_FILES = 1000
# Lambda takes and gives 6 MB of event, and a file grows by a third in it. What is larger goes
# through the bucket, where there is one.
LARGEST_BODY_BYTES = 4 * 1024 * 1024

MEDIA_ROOT = VAR_DIR / "media"
MEDIA_BUCKET = env_str("MEDIA_BUCKET", "" if IS_HOME else None)
_MEDIA = Bucket.from_environment(MEDIA_BUCKET, os.environ)
# Browsers send large files there; empty while nobody says in which Region the bucket is.
MEDIA_ORIGIN = _MEDIA.origin
BACKUP_BUCKET = env_str("BACKUP_BUCKET", "")
STORAGES = {
    "default": {
        "BACKEND": "project.bucket_storage.BucketStorage",
        "OPTIONS": {**_MEDIA.options(), "querystring_auth": True},
    }
    if MEDIA_BUCKET
    else {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "backups": {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": Bucket.from_environment(BACKUP_BUCKET, os.environ).options(),
    }
    if BACKUP_BUCKET
    else {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "backups", "file_permissions_mode": 0o600},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
    },
}

# Static files: from this origin when they have a host of their own.

STATIC_ORIGIN = env_str("STATIC_ORIGIN", "")
STATIC_URL = f"{STATIC_ORIGIN}/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = DEBUG

# Work in the background

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

# People

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"

ACCOUNT_ADAPTER = "apps.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# At home the mail only reaches the console, and nobody should have to look for it there.
ACCOUNT_EMAIL_VERIFICATION = "optional" if IS_HOME else "mandatory"
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/300s/key",
    "signup": "20/m/ip",
    "reset_password": "20/m/ip,5/m/key",
    "reauthenticate": "10/m/user",
}
# A header that the front sets itself, such as CloudFront-Viewer-Address; what a client sends in
# X-Forwarded-For is never taken.
ALLAUTH_TRUSTED_CLIENT_IP_HEADER = env_str("CLIENT_ADDRESS_HEADER", "") or None
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Headroom"
MFA_TOTP_TOLERANCE = 1  # A telephone's clock may be half a minute off.

# Mail

EMAIL_BACKEND = (
    "django.core.mail.backends.console.EmailBackend"
    if IS_HOME
    else "django.core.mail.backends.smtp.EmailBackend"
)
EMAIL_HOST = env_str("EMAIL_HOST", "" if IS_HOME else None)
EMAIL_PORT = env_int("EMAIL_PORT", 587)
EMAIL_HOST_USER = env_str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env_str("EMAIL_HOST_PASSWORD", "" if IS_HOME else None)
EMAIL_USE_TLS = env_bool("EMAIL_USE_TLS", default=True)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env_str(
    "DEFAULT_FROM_EMAIL", "Headroom <headroom@localhost>" if IS_HOME else None
)

# Protection

STATIC_SOURCES = ["'self'", STATIC_ORIGIN] if STATIC_ORIGIN else ["'self'"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": STATIC_SOURCES,
        "style-src": STATIC_SOURCES,
        "img-src": STATIC_SOURCES,
        "font-src": STATIC_SOURCES,
        "connect-src": ["'self'", MEDIA_ORIGIN] if MEDIA_ORIGIN else ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    },
}

CSRF_COOKIE_HTTPONLY = True  # Pages carry the token themselves.
CSRF_COOKIE_SECURE = not IS_HOME
SESSION_COOKIE_SECURE = not IS_HOME
SECURE_SSL_REDIRECT = not IS_HOME
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]  # Probes speak plain HTTP.
SECURE_PROXY_SSL_HEADER = None if IS_HOME else ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 0 if IS_HOME else 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = not IS_HOME
# Nobody reaches the admin but from these networks.
ADMIN_ADDRESSES = env_list("ADMIN_ADDRESSES", "127.0.0.0/8,::1/128" if IS_HOME else "")
ADMIN_NEEDS_SECOND_STEP = not IS_HOME
MAINTENANCE = env_bool("MAINTENANCE", default=False)
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # Preload lists are for the domain's owner to join.

# Watching: logs, metrics, letters about faults, backups

METRICS_NAMESPACE = env_str("METRICS_NAMESPACE", "Headroom")
BACKUP_KEY = env_str("BACKUP_KEY", "")  # Only the commands that need it ask for it.
SERVER_EMAIL = DEFAULT_FROM_EMAIL
ADMINS = [("Operator", address) for address in env_list("FAULT_MAIL", "")]
EMAIL_SUBJECT_PREFIX = f"[Headroom {STAGE}] "

LOGGING = logging_settings(
    level=env_str("LOG_LEVEL", "INFO"),
    form=env_str("LOG_FORMAT", "line" if IS_HOME else "json"),
    requests=not IS_HOME,
    mail=bool(ADMINS),
)
