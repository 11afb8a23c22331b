"""Addresses of the second factor."""

from django.urls import path

from accounts.factors.views import challenge, confirm, own

urlpatterns = [
    path("login/factor/", challenge.factor, name="factor"),
    path("login/factor/totp/", challenge.factor_totp, name="factor_totp"),
    path("login/factor/recovery/", challenge.factor_recovery, name="factor_recovery"),
    path("confirm/", confirm.confirm, name="confirm"),
    path("confirm/totp/", confirm.confirm_totp, name="confirm_totp"),
    path("enrol/", own.enrol, name="enrol"),
    path("profile/factors/", own.factors, name="factors"),
    path("profile/factors/totp/", own.totp_enrol, name="totp_enrol"),
    path("profile/factors/totp/remove/", own.totp_remove, name="totp_remove"),
    path("profile/factors/recovery/", own.recovery_codes, name="recovery_codes"),
]
