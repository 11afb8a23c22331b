"""Addresses of passkeys."""

from django.urls import path

from accounts.passkeys.views import entrance, own

urlpatterns = [
    path("login/passkey/", entrance.passkey_login, name="passkey_login"),
    path("login/passkey/options/", entrance.passkey_login_options, name="passkey_login_options"),
    path("login/factor/passkey/", entrance.passkey_factor, name="passkey_factor"),
    path("login/factor/passkey/options/", entrance.passkey_factor_options, name="passkey_factor_options"),
    path("confirm/passkey/", own.passkey_confirm, name="passkey_confirm"),
    path("confirm/passkey/options/", own.passkey_confirm_options, name="passkey_confirm_options"),
    path("profile/passkeys/", own.passkeys, name="passkeys"),
    path("profile/passkeys/options/", own.passkey_add_options, name="passkey_add_options"),
    path("profile/passkeys/add/", own.passkey_add, name="passkey_add"),
    path("profile/passkeys/<uuid:passkey>/", own.passkey, name="passkey"),
    path("profile/passkeys/<uuid:passkey>/remove/", own.passkey_remove, name="passkey_remove"),
]
