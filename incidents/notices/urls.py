"""Addresses of notices for people of companies, and of the public ones."""

from django.urls import path

from incidents.notices.views import public, workspace

urlpatterns = [
    path("notices/", workspace.notices, name="notices"),
    path("notices/read/", workspace.notices_read, name="notices_read"),
    path("notices/<uuid:notice_id>/", workspace.notice, name="notice"),
    path("notices/<uuid:notice_id>/read/", workspace.notice_read, name="notice_read"),
    path("notices.atom", public.notices_atom, name="notices_atom"),
    path("notices.json", public.notices_json, name="notices_json"),
    path("news/", public.news, name="news"),
    path("news/<uuid:notice_id>/", public.news_item, name="news_item"),
]
