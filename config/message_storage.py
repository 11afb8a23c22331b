"""Messages to the next page, in a cookie under the name of the settings (ASVS 3.3.3)."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage


class MessageStorage(CookieStorage):
    """Django's, which knows one name only; a cookie named `__Host-…` cannot be set by a neighbouring host."""

    cookie_name = settings.MESSAGE_COOKIE_NAME
