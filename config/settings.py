"""All settings of Sekisho, read from the environment by django-environ; secrets also from `NAME_FILE`.

`SEKISHO_MODE` decides how much may be missing. In `production` nothing: a missing value stops the start. In `local`,
`demo` and `test` the database and the broker come from packages (`config.stack`) and secrets are made below `var/`.
"""

import os
import socket
from ipaddress import ip_network
from pathlib import Path

import environ
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from config import headers, installation, logs
from config.local_secrets import local_secret
from config.schedule import SCHEDULE, every_day

BASE_DIR = installation.BASE_DIR
env = environ.FileAwareEnv()

MODE, VAR_DIR, EMBEDDED = installation.mode(), installation.var_dir(), installation.is_embedded()
PRODUCTION = MODE == "production"

if PRODUCTION:
    SECRET_KEY = env.str("SECRET_KEY")
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
    PUBLIC_URL: str = env.str("PUBLIC_URL").rstrip("/")
else:
    SECRET_KEY = env.str("SECRET_KEY", default="") or local_secret(VAR_DIR, "django")
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "testserver"])
    PUBLIC_URL = env.str("PUBLIC_URL", default="http://localhost:8000").rstrip("/")

DEBUG = not PRODUCTION and env.bool("DEBUG", default=False)
DEMO = MODE == "demo"

PRODUCT_NAME = env.str("PRODUCT_NAME", default="Sekisho")

INSTALLED_APPS = [
    "django.contrib.messages",
    "django.forms",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "csp",
    "vault",
    "auditlog",
    "auditlog.viewing",
    "auditlog.sealing",
    "auditlog.exports",
    "auditlog.recording",
    "auditlog.retention",
    "auditlog.verification",
    "auditlog.requests",
    "auditlog.watching",
    "auditlog.forwarding",
    "accounts",
    "accounts.network",
    "accounts.policy",
    "accounts.factors",
    "accounts.people",
    "accounts.inventory",
    "accounts.sso",
    "accounts.staff",
    "accounts.passkeys",
    "tenants",
    "documents",
    "tenants.contract",
    "tenants.invoices",
    "tenants.usage",
    "incidents",
    "incidents.reports",
    "incidents.mailing",
    "incidents.notices",
    "incidents.maintenance",
    "incidents.alarms",
    "incidents.clock",
    "incidents.alerts",
    "incidents.inquiries",
    "incidents.monitoring",
    "incidents.availability",
    "incidents.status",
    "backups",
    "backups.destruction",
    "backups.runs",
    "backups.drills",
    "backups.recovery",
    "backups.sites",
    "backups.watch",
    "backups.requests",
    "retention",
    "retention.holds",
    "retention.disclosure",
    "retention.promise",
    "retention.cancellation",
    "retention.erasure",
    "retention.deletion",
    "retention.certificates",
    "retention.expiry",
    "retention.returning",
]

MIDDLEWARE = [
    "config.headers.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "incidents.status.middleware.StatusPageMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "incidents.monitoring.middleware.ReadinessMiddleware",
    "auditlog.middleware.RequestContextMiddleware",
    "auditlog.requests.middleware.RequestLogMiddleware",
    "accounts.staff.middleware.StaffPathMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "auditlog.recording.middleware.RecordingMiddleware",
    "accounts.middleware.TenantRequestMiddleware",
    "accounts.staff.middleware.StaffMiddleware",
    "accounts.middleware.PreferenceMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
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
                "django.template.context_processors.i18n",
                "django.template.context_processors.tz",
                "django.contrib.messages.context_processors.messages",
                "accounts.context_processors.person",
                "accounts.context_processors.navigation",
                "incidents.notices.context_processors.unread_notices",
            ],
            "libraries": {"elements": "config.elements"},
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "elements/table.html"

# --- Database: one address a role (DESIGN section 4) -------------------------------------------------------------
_DATABASE_OPTIONS = (
    "-c statement_timeout=30s -c lock_timeout=10s -c idle_in_transaction_session_timeout=60s -c timezone=UTC"
)


def _database(url: str, *, options: str = _DATABASE_OPTIONS) -> dict[str, object]:
    return {
        **environ.Env.db_url_config(url),
        "ENGINE": "tenants.isolation.database",
        "CONN_MAX_AGE": env.int("DATABASE_CONN_MAX_AGE", default=60),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": options},
    }


if EMBEDDED:
    from config.stack import describe

    _stack = describe(VAR_DIR)
    _urls = {name: _stack.url_for(f"sekisho_{name}") for name in ("app", "platform", "owner")}
    REDIS_URL = env.str("REDIS_URL", default="") or _stack.redis_url
    _scratch = _stack.scratch_url
else:
    _urls = {
        "app": env.str("DATABASE_URL"),
        "platform": env.str("DATABASE_PLATFORM_URL"),
        "owner": env.str("DATABASE_OWNER_URL", default=""),
    }
    REDIS_URL = env.str("REDIS_URL")
    _scratch = ""

OWNER_CONFIGURED = bool(_urls["owner"])  # the restorer refuses to start without (backups.requests.restorer)
DATABASES = {
    "default": _database(_urls["app"]),
    "platform": _database(_urls["platform"]),
    # Migrations and restores take the time that they need, and an owner whose rows were filtered must hear of it.
    # A deployment leaves the address out of web and worker, so that they cannot become the owner.
    "owner": _database(_urls["owner"] or _urls["app"], options="-c timezone=UTC -c row_security=off"),
}
# Where restore drills make databases of their own, best another server (B5). Empty: there are no drills.
DATABASE_SCRATCH_URL: str = env.str("DATABASE_SCRATCH_URL", default="") or _scratch
DRILL_MINUTES: int = env.int("DRILL_MINUTES", default=120)  # a day; those not begun by then wait for the next
DRILL_FILES: int = env.int("DRILL_FILES", default=20)  # so many files are opened, the largest and the newest included
DATABASE_ROUTERS = ["tenants.isolation.placement.PlacementRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Broker and cache --------------------------------------------------------------------------------------------
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        # A cache that does not answer must not hold up a log-in.
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
}
REQUEST_LOG: bool = env.bool("REQUEST_LOG", default=True)
# What alerts call the machine on which this process runs (docs/monitoring.md).
MACHINE_NAME: str = env.str("MACHINE_NAME", default="") or socket.gethostname()
RECORD_SCREENS = True  # no setting of an installation: what a company captures is its own or the provider's choice
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# A queue of its own, which only a worker with the owner's rights takes (backups.requests.restorer).
CELERY_TASK_ROUTES = {
    "backups.requests.tasks.restore_company": {"queue": "restores"},
    "retention.erasure.tasks.erase": {"queue": "restores"},
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "Asia/Tokyo"
# When the nightly backup of all companies begins, by the clock of CELERY_TIMEZONE.
BACKUP_AT = env.str("BACKUP_AT", default="02:30")
CELERY_BEAT_SCHEDULE = {
    **SCHEDULE,
    "back-up-every-tenant": {"task": "backups.tasks.back_up_every_tenant", "schedule": every_day(BACKUP_AT)},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")

# --- Vault (DESIGN section 5) ------------------------------------------------------------------------------------
_store_default = environ.Env.NOTSET if PRODUCTION else ""
VAULT_ROOT_KEY = env.str("VAULT_ROOT_KEY", default=_store_default) or f"file://{VAR_DIR / 'vault' / 'root.key'}"
# The root key that the one above succeeds, while `keys rotate --root` is under way.
VAULT_ROOT_KEY_PREVIOUS = env.str("VAULT_ROOT_KEY_PREVIOUS", default="")
VAULT_KEY_STORE = env.str("VAULT_KEY_STORE", default=_store_default) or f"file://{VAR_DIR / 'vault' / 'keys'}"
VAULT_DOCUMENT_STORE = env.str("VAULT_DOCUMENT_STORE", default=_store_default) or f"file://{VAR_DIR / 'documents'}"
VAULT_BACKUP_STORE = env.str("VAULT_BACKUP_STORE", default=_store_default) or f"file://{VAR_DIR / 'backups'}"
# A second site for archives: another region, account or machine. None means that there is one site only.
VAULT_BACKUP_COPY_STORE = env.str("VAULT_BACKUP_COPY_STORE", default="")
# So long nobody can delete what is written to the stores of backups, which need Object Lock then.
BACKUP_LOCK_DAYS: int = env.int("BACKUP_LOCK_DAYS", default=0)
BACKUP_LOCK_MODE = env.str("BACKUP_LOCK_MODE", default="COMPLIANCE")
# How far back the database can be recovered, by whatever copies it (docs/operating/point-in-time.md), and how long
# a copy of the key store may hold a destroyed key: both count in the promise of erasure (docs/leaving.md).
POINT_IN_TIME_DAYS: int = env.int("POINT_IN_TIME_DAYS", default=7)
KEY_COPY_DAYS: int = env.int("KEY_COPY_DAYS", default=7)
# What companies are promised (N7): to be told so many days before the service ends, or a change affects their use.
NOTICE_END_OF_SERVICE_DAYS: int = env.int("NOTICE_END_OF_SERVICE_DAYS", default=180)
NOTICE_HARMFUL_CHANGE_DAYS: int = env.int("NOTICE_HARMFUL_CHANGE_DAYS", default=30)
# Processes that work on the backup of all companies at once. The demonstration is saved before a second one is up.
BACKUP_WORKERS: int = env.int("BACKUP_WORKERS", default=1 if DEMO else os.cpu_count() or 1)
# One moment of the database is held open for all companies; vacuum waits for it, so after this time another one begins.
BACKUP_SNAPSHOT_MINUTES: int = env.int("BACKUP_SNAPSHOT_MINUTES", default=120)
# Where each of them is, in words for people ("東京"); of a bucket of Amazon the region says it by itself.
DATABASE_REGION = env.str("DATABASE_REGION", default="")
VAULT_KEY_STORE_REGION = env.str("VAULT_KEY_STORE_REGION", default="")
VAULT_DOCUMENT_STORE_REGION = env.str("VAULT_DOCUMENT_STORE_REGION", default="")
VAULT_BACKUP_STORE_REGION = env.str("VAULT_BACKUP_STORE_REGION", default="")
VAULT_BACKUP_COPY_STORE_REGION = env.str("VAULT_BACKUP_COPY_STORE_REGION", default="")
# Where the newest signed head of the audit log goes: away from the database, and best where nobody can delete.
AUDIT_ANCHOR_STORE = env.str("AUDIT_ANCHOR_STORE", default=_store_default) or f"file://{VAR_DIR / 'audit-anchors'}"
# Where the rendered status page lies: a folder or a bucket that a web server elsewhere serves (docs/status-page.md).
STATUS_STORE = env.str("STATUS_STORE", default="") or f"file://{VAR_DIR / 'status'}"
# Where the public finds it, with a slash at the end. The application serves it as well, below /status/.
STATUS_URL: str = (env.str("STATUS_URL", default="") or f"{PUBLIC_URL}/status").rstrip("/") + "/"
S3_ENDPOINT_URL = env.str("S3_ENDPOINT_URL", default="")
S3_REGION = env.str("S3_REGION", default="ap-northeast-1")
# Without these two boto3 looks where it always does: its own variables, the profile, the role of the machine.
S3_ACCESS_KEY_ID = env.str("S3_ACCESS_KEY_ID", default="")
S3_SECRET_ACCESS_KEY = env.str("S3_SECRET_ACCESS_KEY", default="")
# Of the second site, where it is another account.
S3_COPY_ACCESS_KEY_ID = env.str("S3_COPY_ACCESS_KEY_ID", default="")
S3_COPY_SECRET_ACCESS_KEY = env.str("S3_COPY_SECRET_ACCESS_KEY", default="")
KMS_ENDPOINT_URL = env.str("KMS_ENDPOINT_URL", default="")

# --- People ------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = ["accounts.hashers.ConfiguredArgon2Hasher"]
# RFC 9106, second recommendation, with one lane: lanes win nothing once logins are concurrent (research/identity.md).
ARGON2_TIME_COST: int = env.int("ARGON2_TIME_COST", default=3)
ARGON2_MEMORY_KIB: int = env.int("ARGON2_MEMORY_KIB", default=65536)
ARGON2_PARALLELISM: int = env.int("ARGON2_PARALLELISM", default=1)
AUTH_PASSWORD_VALIDATORS: list[dict[str, object]] = []  # the rules are each tenant's own: accounts.policy
# One hash takes a processor and ARGON2_MEMORY_KIB for its time. So many at once in one process (half of the machine in
# all, the other half is for pages), so many more may wait for their turn (fewer than the threads of config.gunicorn, or
# the other pages would wait as well), the next are sent away.
HASHING_SLOTS: int = env.int(
    "HASHING_SLOTS", default=max(1, (os.cpu_count() or 1) // 2 // env.int("WEB_CONCURRENCY", default=1))
)
HASHING_QUEUE: int = env.int("HASHING_QUEUE", default=8)
# Failures from one address (IPv6: from one /64 network), whomever they are about. docs/authentication.md explains it.
LOGIN_ADDRESS_FAILURES: int = env.int("LOGIN_ADDRESS_FAILURES", default=200)
LOGIN_ADDRESS_SECONDS = 10 * 60
# Of one company from everywhere: so many within the span, and its administrators are told.
LOGIN_COMPANY_FAILURES: int = env.int("LOGIN_COMPANY_FAILURES", default=100)
LOGIN_COMPANY_SECONDS = 10 * 60
# A file of leaked passwords, as the downloader of Have I Been Pwned writes it; none by default (accounts.policy).
BREACHED_PASSWORDS: str = env.str("BREACHED_PASSWORDS", default="")
# In a row for one user from everywhere: so many times what the policy allows from one address.
LOGIN_TOTAL_FACTOR = 5
LOGIN_COUNTERS_HOURS = 24  # after so long without an attempt, counting starts anew
DEVICE_COOKIE_NAME = "__Host-sekisho_device" if PRODUCTION else "sekisho_device"
DEVICE_DAYS = 365
RESET_MINUTES = 30
RESET_REQUESTS = 3  # for one user, before requests are delayed
INVITATION_HOURS = 72
# --- Single sign-on (accounts.sso) -------------------------------------------------------------------------------
SSO_MESSAGE_BYTES = 256 * 1024
SSO_REQUEST_MINUTES = 10
# How far the clocks of an identity provider and of this server may be apart.
SSO_CLOCK_SKEW_SECONDS: int = env.int("SSO_CLOCK_SKEW_SECONDS", default=60)
# Whoever proved themselves to the identity provider longer ago than this is asked to do so again.
SSO_AUTHENTICATION_HOURS: int = env.int("SSO_AUTHENTICATION_HOURS", default=24)
# The browser brings it along when the identity provider sends it back by POST from another site.
SSO_COOKIE_NAME = "__Host-sekisho-sso" if PRODUCTION else "sekisho_sso"
# The challenge that a passkey signs, for the minutes that this takes.
PASSKEY_COOKIE_NAME = "__Host-sekisho-passkey" if PRODUCTION else "sekisho_passkey"
# How many proxies in front of the server append to X-Forwarded-For. Zero: the header is ignored.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

# --- Forwarding of the audit log (auditlog.forwarding) -----------------------------------------------------------
FORWARDING_WEBHOOK_PORTS: list[int] = env.list("FORWARDING_WEBHOOK_PORTS", cast=int, default=[443])
FORWARDING_SYSLOG_PORTS: list[int] = env.list("FORWARDING_SYSLOG_PORTS", cast=int, default=[6514])
# Networks that are not public and may be sent to all the same: every company of this installation may name them.
FORWARDING_ALLOWED_NETWORKS = [ip_network(text) for text in env.list("FORWARDING_ALLOWED_NETWORKS", default=[])]
FORWARDING_SECONDS: int = env.int("FORWARDING_SECONDS", default=15)  # for one delivery, from the first packet on

# --- Alarms to operators (incidents.alarms) ----------------------------------------------------------------------
ALARM_WEBHOOK_PORTS: list[int] = env.list("ALARM_WEBHOOK_PORTS", cast=int, default=[443])
# Networks that are not public and may be posted to all the same, such as that of the provider's own chat server.
ALARM_ALLOWED_NETWORKS = [ip_network(text) for text in env.list("ALARM_ALLOWED_NETWORKS", default=[])]
ALARM_SECONDS = 10

# --- Monitoring (incidents.monitoring) ---------------------------------------------------------------------------
# Under which address the worker asks for the log-in page: past a proxy that it cannot reach by the public one.
MONITOR_URL: str = env.str("MONITOR_URL", default=PUBLIC_URL).rstrip("/")
# Where probes elsewhere (`manage.py probe --store`) leave what they saw, for the service to read it in.
PROBE_STORE: str = env.str("PROBE_STORE", default="") or STATUS_STORE
# A time server, asked every 15 minutes (`ntp.nict.jp`, `10.0.0.1:123`). None: that the clock is right, nobody knows.
NTP_SERVER: str = env.str("NTP_SERVER", default="")
# Who may read /metrics; for everybody else, and by default for everybody, there is no such page.
METRICS_NETWORKS = [ip_network(text) for text in env.list("METRICS_NETWORKS", default=[])]
# How availability is counted and shown: stops shorter than this are left out (none are), so many decimals are cut off.
AVAILABILITY_IGNORES_SECONDS: int = env.int("AVAILABILITY_IGNORES_SECONDS", default=0)
AVAILABILITY_DECIMALS: int = env.int("AVAILABILITY_DECIMALS", default=3)

# --- Documents ---------------------------------------------------------------------------------------------------
FILE_UPLOAD_TEMP_DIR = None
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 100

# --- Mail --------------------------------------------------------------------------------------------------------
_mail = env.email_url("EMAIL_URL") if PRODUCTION else env.email_url("EMAIL_URL", default="consolemail://")
globals().update({key: value for key, value in _mail.items() if key.startswith("EMAIL_")})
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Sekisho <no-reply@localhost>")
EMAIL_TIMEOUT: int = env.int("EMAIL_TIMEOUT", default=15)  # seconds that a mail server may take for one answer
# Where mail servers report mails to many that could not be delivered; it leads to `manage.py mail bounced`.
BOUNCE_ADDRESS = env.str("BOUNCE_ADDRESS", default="")
MAIL_CONNECTIONS: int = env.int("MAIL_CONNECTIONS", default=2)  # to the mail server, for one mail to many

# --- Languages and time (G8, T10) --------------------------------------------------------------------------------
LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", _("Japanese")), ("en", _("English"))]
# django.contrib.auth is not installed (no superuser, no permissions of its own), but the base of its user model
# speaks to people.
LOCALE_PATHS = [BASE_DIR / "locale", Path(password_validation.__file__).parent / "locale"]
USE_TZ = True
TIME_ZONE = "Asia/Tokyo"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"

# --- Files of the pages ------------------------------------------------------------------------------------------
STATIC_URL = "/static/"  # from the root: pages below /staff/… use the same files
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_ALLOW_ALL_ORIGINS = False  # our files are for our pages
_staticfiles = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # files go through the vault, never here
    "staticfiles": {"BACKEND": _staticfiles if PRODUCTION else "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# --- Browser security (P1) ---------------------------------------------------------------------------------------
SECURE_COOKIES = PRODUCTION
# A browser takes a cookie with this prefix only with Secure, for the whole host and for no other.
_HOST = "__Host-" if SECURE_COOKIES else ""
SESSION_COOKIE_NAME = f"{_HOST}sekisho"
SESSION_COOKIE_SECURE = SECURE_COOKIES
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE_COOKIES else "sekisho_csrf"
COMPANY_COOKIE_NAME = f"{_HOST}sekisho_company"
CSRF_COOKIE_SECURE = SECURE_COOKIES
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "accounts.views.entrance.csrf_failure"
LANGUAGE_COOKIE_NAME = f"{_HOST}sekisho_language"
LANGUAGE_COOKIE_SECURE = SECURE_COOKIES
MESSAGE_COOKIE_NAME = f"{_HOST}sekisho_messages"
MESSAGE_STORAGE = "config.message_storage.MessageStorage"
CONTENT_SECURITY_POLICY = headers.CONTENT_SECURITY_POLICY
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_HSTS_SECONDS = 2 * 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    if env.bool("BEHIND_TLS_PROXY", default=False):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
LOGGING = logs.configuration(env.str("LOG_LEVEL", default="INFO"))
DEFAULT_EXCEPTION_REPORTER_FILTER = "config.log_masking.ReporterFilter"

if MODE == "test":
    # The cheapest Argon2 there is: the suite logs in hundreds of times and tests the real parameters elsewhere.
    ARGON2_TIME_COST, ARGON2_MEMORY_KIB = 1, 64
    # All of it comes from one address, and some of it at once; tests of the limits set their own.
    LOGIN_ADDRESS_FAILURES, LOGIN_COMPANY_FAILURES, HASHING_QUEUE = 100_000, 100_000, 1_000
    REQUEST_LOG = False  # its own tests switch it on, with a buffer of their own
    RECORD_SCREENS = False  # as do those of the screens; the others look for one event, not for it among pages
    CELERY_TASK_ALWAYS_EAGER = True
    CELERY_TASK_EAGER_PROPAGATES = True
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
