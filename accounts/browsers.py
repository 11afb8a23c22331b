"""Browser and system in words, from what a browser says of itself (A11).

A few rules of our own: the names are for a person who asks "was that me?", and decide nothing.
"""

from django.utils.translation import gettext

# In this order, because most browsers claim to be several others as well.
_BROWSERS = (
    *(("Edg/", "Edge"), ("EdgA/", "Edge"), ("EdgiOS/", "Edge"), ("OPR/", "Opera"), ("Vivaldi/", "Vivaldi")),
    *(("SamsungBrowser/", "Samsung Internet"), ("YaBrowser/", "Yandex"), ("Sleipnir/", "Sleipnir")),
    *(("Line/", "LINE"), ("FxiOS/", "Firefox"), ("Firefox/", "Firefox"), ("CriOS/", "Chrome")),
    *(("Chromium/", "Chromium"), ("HeadlessChrome/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari")),
    *(("Trident/", "Internet Explorer"), ("curl/", "curl"), ("python-", "Python")),
)
_SYSTEMS = (
    *(("Windows", "Windows"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android")),
    *(("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux")),
)
_LONGEST = 60


def describe(user_agent: str) -> str:
    """Browser and system, as far as they say what they are; else the beginning of what was said."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    if browser and system:
        return gettext("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or user_agent[:_LONGEST] or gettext("Unknown device")
