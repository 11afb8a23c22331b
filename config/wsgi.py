"""The WSGI application: `gunicorn config.wsgi`."""

import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
# What loads slowly, and late elsewhere, is there before the first request (accounts.sso.signatures, vault.aws).
for _library in ("saml2.client", "boto3"):
    import_module(_library)

# Only now: the settings have to be there.
from retention.erasure.starting import require_erased_stay_erased  # noqa: E402
from retention.promise.starting import require_kept_promise  # noqa: E402

require_kept_promise()
require_erased_stay_erased()
