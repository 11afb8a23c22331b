"""Addresses of single sign-on below `/console/`."""

from django.urls import path

from accounts.sso.views import console, people

urlpatterns = [
    path("sso/", console.overview, name="sso"),
    path("sso/prepare/", console.prepare, name="sso_prepare"),
    path("sso/provider/", console.provider, name="sso_provider"),
    path("sso/certificates/", console.certificate_add, name="sso_certificate_add"),
    path("sso/certificates/remove/", console.certificate_remove, name="sso_certificate_remove"),
    path("sso/joining/", console.joining, name="sso_joining"),
    path("sso/second-factor/", console.second_factor, name="sso_second_factor"),
    path("sso/test/", console.test, name="sso_test"),
    path("sso/test/<uuid:test>/", console.test_result, name="sso_test_result"),
    path("sso/require/", console.require, name="sso_require"),
    path("sso/allow-passwords/", console.allow_passwords, name="sso_allow_passwords"),
    path("sso/people/", people.link_list, name="sso_people"),
    path("sso/people/<uuid:identity>/unlink/", people.unlink, name="sso_unlink"),
]
