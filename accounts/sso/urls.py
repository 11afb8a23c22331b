"""Addresses of single sign-on that the world sees. `name` is `<tenant>.<opaque>`."""

from django.urls import path

from accounts.sso.views import entrance, linking

urlpatterns = [
    path("sso/", entrance.find, name="sso"),
    path("sso/<str:name>/", entrance.start, name="sso_start"),
    path("sso/<str:name>/acs/", entrance.acs, name="sso_acs"),
    path("sso/<str:name>/metadata/", entrance.metadata, name="sso_metadata"),
    path("sso/<str:name>/slo/", entrance.slo, name="sso_slo"),
    path("sso/<str:name>/farewell/", entrance.farewell, name="sso_farewell"),
    path("profile/sso/", linking.link, name="sso_link"),
    path("confirm/sso/", linking.confirm, name="sso_confirm"),
    path("confirm/sso/<uuid:proof>/", linking.confirmed, name="sso_confirmed"),
]
