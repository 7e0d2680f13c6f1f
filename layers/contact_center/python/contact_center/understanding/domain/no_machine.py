"""Whether a caller refuses to talk to a machine: he asks for a person by that."""

from __future__ import annotations

from contact_center.kernel.late_patterns import any_of
from contact_center.understanding.domain.person_words import BOT, MACHINE

_TELL = (
    r"(?:talk|talking|speak|speaking|chat|chatting|deal|dealing|explain|explaining|tell|telling|"
    r"discuss|discussing|repeat|repeating|arguing|argue|interact|interacting|trust)"
)
# What is also done on a machine that is bought, mended or paid at: only "to a machine" refuses it.
_DO = r"(?:give|giving|answer|answering|share|sharing|do|doing|get past|getting past)"
_SOME = r"(?:a|an|this|these|that|those|your|some|any|more|another|the same)"
_UNWANTED = (
    r"(?:no|not|never|hate|hates|sick of|tired of|stop|refuse|refuses|wasting (?:my )?time|fed up "
    r"with|"
    r"done with|enough of|rather not|without|can not stand|anyone but|anybody but|anything but|"
    r"skip|"
    r"instead of|dislike|out of)"
)
NO_MACHINE = any_of(
    (
        # "I'm not a robot" says who one is, and who does not mind one puts up with it
        (
            rf"\b(?!(?:(?<=i am )|(?<=we are ))not an? ){_UNWANTED}(?! mind)(?: \w+){{0,2}} "
            rf"{BOT}\b(?! (?:vacuum|mower|lawn|calls?))"
        ),
        rf"\b{_UNWANTED}(?: \w+){{0,4}}? {_TELL}(?: \w+){{0,5}}? (?:{_SOME} )(?:\w+ )?{MACHINE}\b",
        (
            rf"\b{_UNWANTED}(?: \w+){{0,4}}? {_DO}(?: \w+){{0,5}}? (?:to|with|by|from|past) "
            rf"(?:a|an|your|any|some) (?:\w+ )?{MACHINE}\b(?! (?:to|in|at|and|that) )"
        ),
        rf"\b{_UNWANTED}(?: \w+){{0,4}}? {_TELL} (?:to|with) {MACHINE}\b",
        rf"\b(?:not|never) (?:do|trust) (?:{BOT}|machines|computers|recordings)\b",
        (
            rf"\b{_UNWANTED}(?: \w+){{0,2}} (?:comfortable|happy) (?:\w+ ){{1,5}}(?:with|to) "
            rf"{_SOME} {MACHINE}\b"
        ),
        (
            rf"\b(?:hate|sick of|tired of|fed up with|can not stand|enough of) (?:all )?(?:these|"
            rf"this|those|your)"
            rf"(?: \w+)? {MACHINE}\b"
        ),
        (
            rf"\b(?:no|not) (?:want|need|like) (?:a |an |the |any |your |this )?{MACHINE}(?= ,|$| "
            rf"please| again)"
        ),
        (
            r"\b(?:not|never|stop) (?:give|giving|put|putting|get|getting|send|sending|"
            r"transfer|connect)"
            rf"(?:ing)? me(?: back)? (?:to |on |with )?(?:(?:the|a|an|this|that|your|any|more) )?"
            rf"{MACHINE}(?= ?$| ,| again| please)"
        ),
        rf"^(?:no|not) (?:a |an |any |more |another )*{MACHINE}\b",
        rf"(?:, |^)(?:please )?not (?:a |an |the )?{MACHINE}$",
        (
            rf"\b(?:anyone|anybody|anything) but (?:you|this|a|these|the)\b|\bskip (?:the |this "
            rf")?{MACHINE}\b"
        ),
        rf"\b(?:this|you|stupid|dumb|useless) (?:\w+ )?{BOT} (?:is|are|can not|does not)\b",
        r"\bnot want to (?:talk|speak|chat) (?:to|with) (?:you|this|it)\b",
        r"\bthis (?:conversation|chat) is (?:not|going nowhere|useless|pointless)\b",
    )
)
