"""Where pages tell that they were left."""

from django.urls import path

from auditlog.recording.views import browser

urlpatterns = [path("screens/closed/", browser.screen_closed, name="screen_closed")]
