"""Addresses of inquiries, below `/operator/`."""

from django.urls import path

from incidents.inquiries.views import operator, promotion, replies

_ONE = "inquiries/<uuid:company>/<uuid:inquiry_id>/"

urlpatterns = [
    path("inquiries/", operator.inquiries, name="inquiries"),
    path(_ONE, operator.inquiry, name="inquiry"),
    path(f"{_ONE}answer/", replies.answer, name="inquiry_answer"),
    path(f"{_ONE}note/", operator.note, name="inquiry_note"),
    path(f"{_ONE}take-over/", operator.take_over, name="inquiry_take_over"),
    path(f"{_ONE}assign/", operator.assign, name="inquiry_assign"),
    path(f"{_ONE}state/", operator.change_state, name="inquiry_state"),
    path(f"{_ONE}promote/", promotion.promote, name="inquiry_promote"),
    path(f"{_ONE}files/<uuid:file_id>/", replies.download, name="inquiry_file"),
]
