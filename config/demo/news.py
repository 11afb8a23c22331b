"""What the companies of the demonstration were told: one notice that was read, one that was not, maintenance ahead."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from auditlog.actors import Actor
from config.business_hours import current_calendar
from incidents.maintenance.plan import Plan
from incidents.maintenance.services import announce_maintenance, plan_maintenance
from incidents.notices.content import Content
from incidents.notices.models import Kind, MailTo
from incidents.notices.queries import find_notice_for
from incidents.notices.services import draft_notice, mark_read, publish_notice
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant

_ACTOR = Actor.system("demo")
_READ = Content(
    kind=Kind.NEW_FUNCTION,
    title_ja="お知らせ機能の提供開始",
    body_ja="メンテナンスや障害の情報を、画面とメールでお届けします。\n\n未読のお知らせは画面右上のベルで確認できます。",
    title_en="Notices in the product",
    body_en="Maintenance and incidents are announced on these pages and by mail.\n\nThe bell shows what is new.",
    tenant_ids=None,
    public=True,
    mail_to=MailTo.NOBODY,
)


def tell_news(tenants: list[Tenant]) -> None:
    """As operators do it; the first user of each company has read the first one."""
    first = publish_notice(draft_notice(_READ, actor=_ACTOR), actor=_ACTOR)
    for tenant in tenants:
        with tenant_transaction(tenant.id):
            reader = User.objects.earliest("created_at")
            found = find_notice_for(first.id, reader)
            if found is not None:
                mark_read(found, reader=reader, actor=reader.as_actor())
    change = Content(
        kind=Kind.HARMFUL_CHANGE,
        title_ja="古いブラウザーのサポート終了",
        body_ja="2年以上更新されていないブラウザーでは、ログインできなくなります。最新のブラウザーをご利用ください。",
        title_en="Old browsers are no longer supported",
        body_en="Browsers that were not updated for two years can no longer log in. Please use a current one.",
        tenant_ids=None,
        mail_to=MailTo.NOBODY,
        takes_effect_at=timezone.now() + timedelta(days=60),
    )
    publish_notice(draft_notice(change, actor=_ACTOR), actor=_ACTOR)
    begins = current_calendar().end_of_business_day(timezone.now(), 9) + timedelta(hours=5)
    plan = Plan(
        title_ja="データベースの定期更新",
        title_en="Regular update of the database",
        components=["web", "documents"],
        impact_ja="作業中はログインできません。",
        impact_en="Nobody can log in while it is done.",
        begins_at=begins,
        ends_at=begins + timedelta(hours=2),
    )
    announce_maintenance(plan_maintenance(plan, actor=_ACTOR), actor=_ACTOR)
