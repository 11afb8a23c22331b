"""Addresses of users and roles, below `/console/`."""

from django.urls import path

from accounts.views import console, policy, roles, sessions

urlpatterns = [
    path("users/", console.user_list, name="users"),
    path("users/new/", console.user_new, name="user_new"),
    path("users/<uuid:user>/", console.user_detail, name="user"),
    path("users/<uuid:user>/roles/", console.user_roles, name="user_roles"),
    path("users/<uuid:user>/suspend/", console.user_suspend, name="user_suspend"),
    path("users/<uuid:user>/resume/", console.user_resume, name="user_resume"),
    path("users/<uuid:user>/invite/", console.user_invite, name="user_invite"),
    path("users/<uuid:user>/demand-password/", console.user_demand_password, name="user_demand_password"),
    path("users/<uuid:user>/end-sessions/", sessions.user_sessions_end, name="user_sessions_end"),
    path("sessions/", sessions.session_list, name="sessions"),
    path("sessions/end/", sessions.sessions_end, name="sessions_end"),
    path("security/", policy.security, name="security"),
    path("security/preview/", policy.security_preview, name="security_preview"),
    path("roles/", roles.role_list, name="roles"),
    path("roles/new/", roles.role_new, name="role_new"),
    path("roles/matrix/", roles.role_matrix, name="role_matrix"),
    path("roles/<uuid:role>/", roles.role_detail, name="role"),
    path("roles/<uuid:role>/remove/", roles.role_remove, name="role_remove"),
]
