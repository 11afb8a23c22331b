"""Two inquiries: one that support has answered, and one whose first answer is due."""

from accounts.menus import OPERATOR
from accounts.models import User
from incidents.inquiries import attachments
from incidents.inquiries.answering import answer
from incidents.inquiries.asking import ask
from incidents.inquiries.attachments import Sent
from incidents.inquiries.models import InquiryKind, InquiryState, Priority
from incidents.inquiries.notes import add_note
from tenants.isolation.directory import provider_company
from tenants.isolation.transactions import tenant_transaction
from tenants.models import Tenant

_ASKS = "SAKURA"
_QUESTION = (
    "監査ログのエクスポートを、監査法人へ毎月提出したいと考えています。\n期間を指定して、毎月自動で作成できますか。"
)
_ANSWER = (
    "お問い合わせいただきありがとうございます。\n\n"
    "期間を指定したエクスポートは、管理コンソールの「監査ログ」からいつでも作成いただけます。"
    "毎月自動で受け取る場合は、監査ログの転送をご利用ください。"
)
_FAULT = (
    "取引先を検索すると、結果が表示されるまでに30秒ほどかかることがあります。\n今朝9時ごろからです。ログを添付します。"
)
_LOG = "09:02:11 GET /documents/counterparties/?q=東京 31.2s\n09:05:40 GET /documents/counterparties/?q=大阪 28.7s\n"


def ask_support(tenant: Tenant, admin: User) -> None:
    """Its administrator asks twice, an operator answers once, if it is the one that asks. With no transaction open."""
    provider = provider_company()
    if tenant.company_code != _ASKS or provider is None:
        return
    with tenant_transaction(tenant.id):
        question = ask(
            kind=InquiryKind.QUESTION,
            priority=Priority.NORMAL,
            subject="監査ログの毎月の提出について",
            text=_QUESTION,
            actor=admin.as_actor(),
        )
    sent = [Sent("search.log", _LOG.encode())]
    with attachments.stored(sent, tenant_id=tenant.id) as files, tenant_transaction(tenant.id):
        ask(
            kind=InquiryKind.FAULT,
            priority=Priority.HIGH,
            subject="取引先の検索に時間がかかります",
            text=_FAULT,
            files=files,
            actor=admin.as_actor(),
        )
    with tenant_transaction(provider.tenant_id):
        operator = User.objects.filter(roles__code=OPERATOR).earliest("user_id")
        actor = operator.as_actor()
        answer(question, text=_ANSWER, state=InquiryState.WAITING_FOR_COMPANY, operator=operator, actor=actor)
        add_note(question, text="転送の設定手順書を次回の改訂で追加する。", actor=actor)
