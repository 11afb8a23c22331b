"""Jobs of accounts."""

from uuid import UUID

from celery import shared_task
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import links, sessions, users
from accounts.models import UserState
from auditlog.actors import Actor, ActorKind
from tenants.isolation.directory import current_company
from tenants.isolation.tasks import platform_task
from tenants.isolation.transactions import atomic


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=8)
def send_invitation(user_key: str, actor_user_id: str) -> None:
    """Mail a fresh invitation (A7). Tried again, it sends a new link and voids the one before."""
    with atomic():
        user = users.invitation_target(UUID(user_key))
        if user.state != UserState.INVITED:
            return
        link = links.issue_invitation(user, actor=Actor(ActorKind.SYSTEM, actor_user_id))
        company = current_company()
    with translation.override(user.language or "ja"):
        send_mail(
            subject=_("Your invitation to %(company)s") % {"company": company.name if company else ""},
            message=render_to_string("accounts/mail/invitation.txt", {"user": user, "company": company, "link": link}),
            from_email=None,
            recipient_list=[user.email],
        )


@platform_task
def remove_ended_sessions() -> int:
    """Delete sessions that ended more than a day ago."""
    return sessions.remove_ended_sessions()
