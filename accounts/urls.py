"""Addresses of the entrance and of everybody's own pages."""

from django.urls import path

from accounts.views import entrance, links, passwords, workspace

urlpatterns = [
    path("", workspace.home, name="home"),
    path("login/", entrance.log_in, name="login"),
    path("logout/", entrance.log_out, name="logout"),
    path("invitation/<str:secret>/", links.invitation, name="invitation"),
    path("password/forgotten/", passwords.password_forgotten, name="password_forgotten"),
    path("password/reset/<str:secret>/", links.password_reset, name="password_reset"),
    path("password/renew/", passwords.password_renew, name="password_renew"),
    path("language/", entrance.set_language, name="set_language"),
    path("healthz", entrance.healthz, name="healthz"),
    path("profile/", workspace.profile, name="profile"),
    path("profile/password/", workspace.password, name="password"),
    path("activity/", workspace.activity, name="activity"),
    path("sessions/", workspace.session_list, name="sessions"),
    path("sessions/end-others/", workspace.sessions_end_others, name="sessions_end_others"),
    path("sessions/<uuid:session>/end/", workspace.session_end, name="session_end"),
]
