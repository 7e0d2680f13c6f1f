"""People who are named and not asked for: sold, one's own, oneself, or when they work.

Each pattern is a kind of near miss, in words with the marks of `person_words.marked`.
"""

from __future__ import annotations

from contact_center.understanding.domain.person_words import CONNECT, HUMAN, ME, OVER, PARTNER

_TALK = r"(?:talk|speak|chat)(?:ing)? (?:only )?(?:to|with)"
_THING = (
    r"(?:manuals?|handbooks?|samples?|emails?|discounts?|logins?|accounts?|seats?|"
    r"licen[cs]es?|badges?|fees?|surcharge|portal|dashboard|console|headsets?|course|role|view|"
    r"mailbox|approval|subscription|salary|commission)"
)
_DENIED = (
    r"(?:(?:do|did|does|would|will|must) not (?:want|need|have|like|wish)|no need|"
    r"not (?:asking|telling|want|need))"
)
_THEIR_CALLERS = (
    r"(?:(?:our|my|the|a) (?:customer|caller|client|tenant|guest)|customers|callers|clients|"
    r"tenants|guests)(?! (?:service|care|support))"
)
_CALL = r"(?:contact|call|reach|ring|phone|(?:talk|speak) (?:to|with))"

ELSEWHERE = (
    # denied: "I don't want you to transfer me", "I'm not looking for an agent"
    rf"\b{_DENIED}(?: you| them| anyone)?(?: to)? {CONNECT} {ME}{OVER}",
    rf"\bnot looking (?:for|to {_TALK}) {HUMAN}(?! but)",
    rf"\bnot think (?:that )?(?:i|we) (?:need|want) {HUMAN}",
    rf"\bdid not {_TALK} {PARTNER}",
    rf"\b(?:will|would) not {_TALK} {HUMAN}(?! but)",
    rf"\bwho needs {HUMAN}",
    rf"\bbefore (?:i|we) {_TALK} {PARTNER}",
    # the machine is preferred: "I'd rather do it with you than with a person"
    rf"\bthan (?:(?:to|with|{_TALK}) )?{HUMAN}",
    # when they work: "at what time can I contact customer service"
    (
        r"\b(?:(?:what|which) (?:time|times|hours|days?)|(?:until|till|from) when|tell me when)"
        rf"(?: can| could| do| may)? (?:i|we|you|one)(?: can| could| may)? {_CALL} {PARTNER}"
    ),
    # sold, or in one's own house: "a customer of mine wants to talk to a person"
    (
        rf"\b{_THEIR_CALLERS}(?: (?!i\b)\w+){{0,5}} (?:{_TALK}|reach|to) "
        rf"(?!qq your){PARTNER}"
    ),
    (
        r"\bhow (?:do|can|would) (?:i|we) (?:forward|transfer|put|assign|route|hand)"
        rf"(?: (?!me\b|us\b|this\b|my call\b)\w+){{1,4}} to {HUMAN}"
    ),
    (
        rf"\b{_TALK} (?:only )?{PARTNER} (?:at the same time|at a time|over bluetooth|outside|"
        r"(?:on|with) (?:this|that) (?:device|phone|handset|watch)|at the (?:gate|door))"
    ),
    (
        r"\b(?:rent|hire|comes?)(?: (?!call|appointment|meeting|talk)\w+){0,3} "
        rf"(?:with|without) {HUMAN}"
    ),
    # names of things: "a manager login", "the agent's email", "the human body"
    rf"{HUMAN} {_THING}\b",
    r"\bqq (?:\w+ )*human zz (?:body|bodies|readable|sized|anatomy|nature|made|interest)\b",
    r"\bqq (?:\w+ )*person zz to (?:qq )?person\b",
    # who one is, or would be: "I want to be an agent", "treat me like a person"
    rf"\b(?:want|like|love|wish|how do i|can i) to be(?:come)? {HUMAN}|\bbecom(?:e|ing) {HUMAN}",
    rf"\b(?:thank|rate|praise) {HUMAN}",
    rf"\btreat(?:ed)? \w+ (?:like|as) {HUMAN}",
    rf"\b(?:she|he) is {HUMAN}(?: here| there)?",
    r"\bthe only qq \w+ zz (?:on|in|here|at|with|who|left)\b",
    rf"\bthere is {HUMAN} (?:here )?who (?:wants|would|needs|has)\b",
    # third ones: "my lawyer will speak to yours", "I'll speak to my manager about the price"
    (
        r"\b(?:my|our) (?:lawyers?|solicitors?|attorney|accountant)(?: zz)?(?: will| shall| can)? "
        rf"(?:talk|speak) (?:to|with) {PARTNER}"
    ),
    (
        r"\b(?:ill|(?:i|we) (?:will|have to|must|should|would have to)) (?:speak|talk|"
        r"check) (?:to|with) qq (?:my|our) (?:manager|boss|supervisor|team) zz"
    ),
    # past, and what would have been: "it was good to talk to a person yesterday"
    rf"\b(?:was|were) (?:good|nice|great|lovely|useful|a pleasure) (?:to )?{_TALK} {PARTNER}",
    rf"\bif (?:i|we) had (?:wanted|needed) (?:to {_TALK} )?{PARTNER}",
    rf"\bwas (?:going to|gonna|about to) (?:ask for|{_TALK}) {HUMAN}(?=.* but )",
    rf"\bwhen (?:i|we) asked (?:for|to {_TALK}) {PARTNER} (?:he|she|they|it|you)\b",
    rf"\b(?:promised|agreed) to (?:get|put|send) {HUMAN} on (?:it|this|that)\b",
    rf"\b(?:they|he|she|it) (?:said|promised) (?:that )?{HUMAN} (?:would|will) (?:call|ring|phone)",
    # who is sent for a deed: "send me someone to fix it", "get a person to cut my hair"
    (
        rf"\b(?:send|get|need|want|find)(?: me| us)? {HUMAN} (?:to|who can) (?:come (?:to|over|out|"
        r"and|by)|deliver|cut|clean|paint|install|carry|collect|read the|mow|move|assemble|drive|"
        r"dig|build)\b"
    ),
    rf"\bsend(?: me| us)? {HUMAN} (?:to|who can) (?:fix|mend|repair|look at)\b",
    rf"\bis {HUMAN} (?:already |still )?working on\b|{PARTNER} free of charge\b",
)
