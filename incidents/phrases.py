"""The words of drafts, in the polite style of Japanese business and in English: one place to read and to change them.

They go to customers in both languages at once, so they are not looked up by the language of whoever drafts.
"""

from incidents.models import ReportKind, Status

Phrases = dict[str, str]  # by language

TITLES: dict[str, Phrases] = {
    ReportKind.FIRST_NOTICE: {"ja": "【第一報】{what}", "en": "First notice: {what}"},
    ReportKind.UPDATE: {"ja": "【続報】{what}", "en": "Update: {what}"},
    ReportKind.RECOVERY: {"ja": "【復旧報】{what}", "en": "Recovery: {what}"},
    ReportKind.FINAL_REPORT: {"ja": "【最終報告書】{what}", "en": "Final report: {what}"},
}
SERVICE: Phrases = {"ja": "本サービス", "en": "the service"}
NEUTRAL_TITLE: Phrases = {"ja": "{components}の障害について", "en": "Trouble with: {components}"}

SUMMARIES: dict[str, Phrases] = {
    ReportKind.FIRST_NOTICE: {
        "ja": (
            "平素は格別のご高配を賜り、厚く御礼申し上げます。\n"
            "{began}頃より、「{components}」において障害が発生しております。"
            "お客さまには多大なご迷惑とご不便をおかけしておりますことを、深くお詫び申し上げます。\n"
            "現在、復旧に向けて全力で対応しております。"
        ),
        "en": (
            "Since about {began} there has been trouble with: {components}. "
            "We are very sorry for the inconvenience that this causes you.\n"
            "We are doing all we can to restore the service."
        ),
    },
    ReportKind.UPDATE: {
        "ja": (
            "{detected}に検知いたしました「{components}」の障害につきまして、現在の状況をご報告申し上げます。\n"
            "{standing}\n"
            "お客さまには引き続きご迷惑をおかけしておりますことを、重ねてお詫び申し上げます。"
        ),
        "en": (
            "This is where we stand with the trouble that we detected at {detected} ({components}).\n"
            "{standing}\n"
            "We apologise once more for the inconvenience."
        ),
    },
    ReportKind.RECOVERY: {
        "ja": (
            "「{components}」において発生しておりました障害は、{recovered}に復旧いたしました。\n"
            "お客さまには多大なご迷惑をおかけいたしましたことを、深くお詫び申し上げます。"
        ),
        "en": (
            "The trouble with {components} was resolved at {recovered}.\n"
            "We are very sorry for the inconvenience that it caused you."
        ),
    },
    ReportKind.FINAL_REPORT: {
        "ja": (
            "{detected}に検知いたしました「{components}」の障害につきまして、下記のとおりご報告申し上げます。\n"
            "お客さまには多大なご迷惑をおかけいたしましたことを、改めて深くお詫び申し上げます。"
            "今回の事態を重く受け止め、再発防止に努めてまいります。"
        ),
        "en": (
            "This is our final report on the trouble that we detected at {detected} ({components}).\n"
            "We apologise again for the inconvenience. We take what happened seriously, and do what is written below "
            "so that it does not happen again."
        ),
    },
}

STANDINGS: dict[str, Phrases] = {
    Status.INVESTIGATING: {
        "ja": "引き続き、原因の調査を進めております。",
        "en": "We are still looking into the cause.",
    },
    Status.IDENTIFIED: {
        "ja": "原因を特定し、復旧作業を進めております。",
        "en": "The cause is known, and we are working on the recovery.",
    },
    Status.MONITORING: {
        "ja": "対策を実施し、現在は経過を観察しております。",
        "en": "Measures have been taken, and we are watching how they work.",
    },
}
RESTORED: Phrases = {"ja": "サービスは復旧しております。", "en": "The service has recovered."}

IMPACT: Phrases = {
    "ja": "影響のある機能：{components}\n対象のお客さま：{companies}",
    "en": "What is affected: {components}\nWho is affected: {companies}",
}
EVERYBODY: Phrases = {"ja": "すべてのご契約企業さま", "en": "all customers"}
SOME: Phrases = {"ja": "一部のご契約企業さま", "en": "some customers"}
COUNTED: Phrases = {"ja": "ご契約企業さま{count}社", "en": "{count} customers"}

CAUSE: Phrases = {
    "ja": "現在調査中です。判明次第、ご報告いたします。",
    "en": "We are looking into it, and shall report as soon as we know.",
}
STOPGAP: Phrases = {"ja": "復旧作業を進めております。", "en": "We are working on the recovery."}

# Lines of the timeline.
BEGAN: Phrases = {"ja": "障害発生", "en": "The trouble began"}
DETECTED: Phrases = {"ja": "障害を検知", "en": "We detected it"}
RECOVERED: Phrases = {"ja": "復旧", "en": "Recovered"}
COURSE: dict[str, Phrases] = {
    Status.IDENTIFIED: {"ja": "原因を特定", "en": "Cause identified"},
    Status.MONITORING: {"ja": "対策を実施し、経過観察を開始", "en": "Measures taken; watching"},
    ReportKind.FIRST_NOTICE: {"ja": "第一報を公開", "en": "First notice published"},
    ReportKind.UPDATE: {"ja": "続報を公開", "en": "Update published"},
    ReportKind.RECOVERY: {"ja": "復旧報を公開", "en": "Recovery report published"},
}
