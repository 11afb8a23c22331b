"""The WSGI application: `gunicorn config.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

# Only now: the settings have to be there.
from retention.promise.starting import require_kept_promise  # noqa: E402

require_kept_promise()
