"""Addresses of data return, below `/console/`."""

from django.urls import path

from retention.returning.views import console

urlpatterns = [
    path("data-return/", console.data_return, name="data_return"),
    path("data-return/<uuid:returned>/status/", console.data_return_status, name="data_return_status"),
    path("data-return/<uuid:returned>/cancel/", console.data_return_cancel, name="data_return_cancel"),
    path("data-return/<uuid:returned>/remove/", console.data_return_remove, name="data_return_remove"),
    path("data-return/<uuid:returned>/<int:number>.zip", console.data_return_part, name="data_return_part"),
]
