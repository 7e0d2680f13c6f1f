"""The wordings of a plain wish not to be called again, as patterns over normal words.

They are matched against what `opt_out.py` makes of a sentence: lower case, one space around each
word, no apostrophes (`dont`), a bar between clauses, so that no pattern reaches from one into the
next.
"""

from __future__ import annotations

# What makes a wish one for a certain time, place or way: then it is not for ever.
_LIMIT = (
    "(?! (?:until|till|before|after|during|while|when|if|unless|except|later|so (?:late|early)"
    "|today|tonight|tomorrow|right now|now|this (?:week|month|morning|afternoon|evening|time)"
    "|(?:at|on) (?!this|my|our|all|any)|in the|in an?|for (?:a|an|the|two|three|now)|by (?:e?mail"
    "|text)|with|without|collect)\\b)"
)
_ADVERB = (
    "(?: (?:again|anymore|any more|no more|any longer|ever|back|please|period|forever|at all"
    "|for good|from now on|in the future|you hear|under any circumstances|for any reason))"
)
# How a sentence goes on after a plain wish; "me Bob" and "me that" are other sentences.
_GOES_ON = (
    "(?= (?:about|and|or|because|cause|since|im|ive|id|i|its|this is|thats|that is|we|were"
    "|you|youre|youve|thanks|thank|bye|goodbye|ok|okay|already|immediately|every|all"
    "|from now|by phone|by telephone|over the phone|(?:at|on) (?:this|my|our))\\b| \\|)"
)
_TAIL = f"(?:{_ADVERB}+{_LIMIT}|{_GOES_ON})"
# After a wish that needs no more words: what follows may only underline it.
_END = (
    "(?: (?:right now|right away|now|today|immediately|at once|asap|permanently|for good|forever"
    "|again|anymore|completely|entirely|from (?:everything|all of it|there|it)))*"
    "(?= (?:\\||thanks|thank|bye|goodbye|ok|okay|because|cause|since|im|ive|id|its|or (?:ill|else)"
    "|and (?:dont|never|stop|quit|lose|leave|forget))\\b| \\|)"
)

# -- what is spoken of -----------------------------------------------------------------------

_I = "(?: i| we)?"  # first persons are no story here
_NOT = "(?:dont|never|no longer)(?: ever| even)?"
_CALL = (
    "(?:call|ring|phone|telephone|contact|bother|dial|solicit|harass|disturb|bug|pester"
    "|reach out(?: to)?|get in touch(?: with)?)"
)
_CALLING = (
    "(?:calling|ringing|phoning|telephoning|contacting|bothering|harassing|dialing|disturbing"
    "|soliciting|bugging|pestering|hassling|spamming|robocalling|annoying"
    "|reaching out(?: to)?)"
)
_CALLED = "(?:called|phoned|rung|telephoned|contacted|bothered|disturbed|solicited|harassed)"
_PLACE = (
    "(?:number|phone|line|house|home|cell|mobile|office|place|residence|business|job|work"
    "|workplace)"
)
_KIN = (
    "(?:wife|husband|mother|mom|mum|father|dad|parents|son|daughter|kids|family|grandmother"
    "|grandma|grandfather|household)"
)
_WHOM = (
    f"(?: me| us| here| over here|(?: on| at)? (?:this|my|our) (?:{_PLACE}(?: phone| number)?"
    f"|{_KIN}))"
)
_CALLS = (
    "(?:(?:phone|telephone|sales|marketing|telemarketing|unwanted|unsolicited|robo|spam|cold"
    "|automated|junk|promotional|annoying|stupid) )*(?:calls|robocalls|solicitations)"
)
_FROM_YOU = "(?: from (?:you(?: guys| people| all| folks)?|yall|your company|this company|here))?"
_SOMEBODY = (
    "(?:you(?: guys| people| all| folks)?|yall|anyone|anybody|anyone else|them"
    "|your (?:company|people|staff|team|agents|guys))"
)
_NUMBER = (
    "(?:my|our|this)(?: (?:phone|cell|mobile|home|work|office|telephone))*"
    "(?: name and(?: my| phone)*)? (?:numbers?|line|cell|name|phone|info|information"
    "|contact|details|company|business)"
)
_MY = f"(?:me|us|{_NUMBER})"
_JUST_NUMBER = (
    "(?:my|our|this)(?: (?:phone|cell|mobile|home|work|office|telephone))*"
    "(?: name and(?: my| phone)*)? (?:numbers?|name)"
)
_OFF = (
    "(?:take|taking|remove|removing|delete|deleting|get|strike|scrub|drop|scratch|cross|erase"
    "|knock|pull|clear)"
)
_TAKEN = "(?:taken|removed|deleted|struck|scrubbed|dropped|scratched|erased|pulled)"
_LIST = (
    "(?: (?:your|the|this|that|all|any|every|of|these|those|whatever|call|calling|calls|phone"
    "|contact|contacts|marketing|telemarketing|dialing|auto|sales|cold|robocall|stupid|company|companys"
    "|future|internal|lead|number))*"
    " (?:lists?|databases?|data base|systems?|records|books|files|contacts|rolodex|call sheet"
    "|dialer"
    "|directory|calls|rotation)\\b"
)
_NO_CALL_LIST = (
    "(?:(?:dont call|no call|dnc|not call)(?: lists?| registry| register)?"
    "|telephone preference service|tps)\\b"
)
_FEW = "(?:(?! not\\b| never\\b) \\w+)"
_CONSENT = "(?:consent|permission|authorization|authorisation)"
_TO_CALLS = (
    f"(?: (?:to|for)(?: (?:call|contact|ring|be|being|get|getting|receive|receiving|you|me|us|any"
    f"|this|these|your|all|future|further|calling|{_CALLED}|{_CALLS}))+)?"
)
_WITHDRAW = "(?:revoke|withdraw|rescind|retract|cancel|take back|revoking|withdrawing|rescinding)"
_STOP = (
    "(?:stop|quit|cease|cease and desist(?: from)?|discontinue|refrain from|desist from|knock off)"
)

# A demand to stop may say how often it has been, which limits nothing.
_HOW_IT_HAS_BEEN = (
    "(?= (?:today|tonight|so (?:much|often|many)|over and over|constantly|nonstop"
    "|(?:\\w+ ){1,3}times|for (?:this|that|him|her|them)|looking for"
    "|with (?:this|these|that|your|all|offers)"
    "|from (?:different|all|new|unknown|random|other|your|these|this))\\b)"
)

# -- the wishes ------------------------------------------------------------------------------

# Each of these may be denied or told of, which is looked for before it.
WISHES = (
    # Stop calling me.
    (
        rf" {_STOP} (?:(?:texting|emailing|messaging)(?: me| us)? (?:and|or) )?{_CALLING}{_WHOM}?"
        rf"(?: right)?(?: now| away| immediately)?(?:{_TAIL}|{_HOW_IT_HAS_BEEN})"
    ),
    rf" {_STOP} (?:getting|receiving)(?: \w+){{0,2}}? {_CALLS}{_FROM_YOU}{_TAIL}",
    (
        rf" {_STOP}(?: (?:all|any|further|future|your|of))* (?:contact|communications?)"
        rf"(?: with{_WHOM})?{_END}"
    ),
    rf" {_STOP} (?:blowing|lighting)(?: up)? (?:my|our|this) (?:phone|cell|line)(?: up)?{_TAIL}",
    # Stop these calls. I want the calls to stop.
    (
        rf" (?:{_STOP}|end|halt|cancel|enough)(?: it)?(?: with| making| placing)?"
        rf"(?: (?:all|of|the|these|those|your|this|any|future|further|more))* {_CALLS}"
        rf"(?: to{_WHOM})?{_FROM_YOU}(?: (?:right )?now)?{_TAIL}"
    ),
    (
        rf" {_CALLS} (?:(?:have|has|need|needs|got) to|to|must|better|should) (?:be )?"
        rf"(?:stop|stopped|end|cease){_END}"
    ),
    (
        rf"{_I} (?:want|like|need|make)(?: (?:all|of|the|these|those|your))* {_CALLS}"
        rf"(?: to)? (?:stop|stopped|end|ended){_END}"
    ),
    " cease and desist\\b",
    rf" put (?:a stop|an end) to(?: (?:all|of|the|these|those|your|this|any))* {_CALLS}{_TAIL}",
    (
        rf" (?:stop|keep|prevent) (?:your|you|them|these)(?: \w+){{0,2}}? from {_CALLING}{_WHOM}?"
        rf"{_TAIL}"
    ),
    # Take me off your list. I'd like to be taken off the list. I want off your list.
    rf" {_OFF} {_MY} (?:off|from|out)(?: of| from)?{_LIST}",
    (
        rf"{_I} (?:be|get|(?:have|get|want|need|like|id like) {_MY}) {_TAKEN} (?:off|from|out)"
        rf"(?: of)?{_LIST}"
    ),
    rf"{_I} (?:want|wanted|need|get|like)(?: to be| to get)? off(?: of)?{_LIST}",
    rf"{_I} (?:want|need|like) {_MY} off(?: of)?{_LIST}",
    rf" (?:take|get) out {_JUST_NUMBER}{_END}",
    rf" (?:take|get) {_MY} (?:off|out){_END}",
    (
        rf"{_I} (?:(?:like|want|wish|need|asked|asking|request|requesting|can i|could i|may i)"
        rf"(?: to)?"
        rf" (?:be|get)|(?:have|get|want|need|like) {_MY}) (?:taken off|removed|scrubbed){_END}"
    ),
    # Remove my number. Lose this number.
    (
        rf" (?:remove|removing|delete|erase|scrub|unlist) (?:me|us|{_JUST_NUMBER})"
        rf"(?:{_END}| from (?:wherever|anywhere|everywhere)\b)"
    ),
    (
        rf" (?:lose|forget|discard|toss|destroy|throw away|throw out|get rid of|drop)"
        rf" {_JUST_NUMBER}{_END}"
    ),
    # Put me on your do-not-call list. My number is on the do-not-call list.
    (
        rf"{_I} (?:put|add|added|place|list|listed|register|registered|mark|flag|stick|have"
        rf"|get) {_MY}"
        rf"(?: (?:put|placed|added|listed))? (?:on|onto|to|in|as|for|with){_FEW}{{0,3}}? "
        rf"{_NO_CALL_LIST}"
    ),
    (
        rf"{_I} (?:be|want|go|signed up|get put|get added)(?: (?:put|added|placed|listed"
        rf"|registered))?"
        rf" (?:on|onto|to|in|for){_FEW}{{0,3}}? {_NO_CALL_LIST}"
    ),
    r" (?:(?:this is|its|calling) (?:a|on)|my) (?:dont call|no call|dnc) (?:number|request|list)\b",
    rf" calling (?:a|some|someone|somebody){_FEW}{{0,2}}? (?:on|in){_FEW}{{0,3}}? {_NO_CALL_LIST}",
    rf" blacklist {_MY}\b",
    (
        rf" (?:im|were|we are|(?:numbers?|phone|line|cell) (?:is|are|has been)|numbers|phones|its"
        rf"|ive been|been){_FEW}{{0,3}}? (?:on|in|with){_FEW}{{0,3}}? {_NO_CALL_LIST}"
    ),
    # I revoke my consent.
    (
        rf"{_I}(?: hereby)? {_WITHDRAW}(?: (?:my|our|any|all|prior|previous|that|the|your"
        rf"|of))* {_CONSENT}"
        rf"{_TO_CALLS}{_END}"
    ),
    rf" {_CONSENT}(?: (?:is|has been|hereby))* (?:revoked|withdrawn|rescinded){_END}",
    # Unsubscribe me. I want to opt out.
    rf" unsubscribe(?: {_MY})?{_TAIL}",
    (
        r" unsubscribe(?: me| us)? from (?:your|these|this|all|the)(?: calling| call| phone)?"
        r" (?:calls?|lists?)\b"
    ),
    (
        rf"{_I}(?: hereby)? (?:opt|opting|opted)(?: {_MY})? out"
        rf"(?: of(?: (?:this|these|your|all|the|any|everything|future))*(?: {_CALLS})?)?{_TAIL}"
    ),
)

# On a call of ours only: said to us in another call it may mean something else.
ON_OURS = (
    rf" (?:can|could|would|will) (?:you guys|you people|yall) (?:stop|quit){_END}",
    rf" leave (?:me|us|my family) (?:alone|be|in peace){_END}",
    rf"{_I} (?:like|want|wish)(?: to)? be left alone{_END}",
    (
        rf"{_I} (?:told|asked|telling|asking) {_SOMEBODY}(?: \w+){{0,4}}? to (?:stop|quit)"
        rf"(?: (?:already|before|last time|last week|many times))*{_END}"
    ),
)

# These hold their own refusal, so that nothing before it can turn it round.
_NO_SUBJECT = "(?<! i)(?<! we)(?<! they)(?<! he)(?<! she)(?<! you)(?<! it)(?<! who)(?<! why)"
REFUSALS = (
    # Don't ever call me again.
    (
        rf"{_NO_SUBJECT} {_NOT}(?: ever| even| you(?: guys| people| all)?| ya| dare(?: to)?)*"
        rf" {_CALL}{_WHOM}?{_TAIL}"
    ),
    (rf"{_NO_SUBJECT} {_NOT} (?:text|email|message)(?: me| us)? (?:or|and) {_CALL}{_WHOM}?{_TAIL}"),
    rf"{_NO_SUBJECT} {_NOT} {_CALL} it{_ADVERB}+{_LIMIT}",
    rf"{_NO_SUBJECT} dont(?: you)? be {_CALLING}{_WHOM}?{_TAIL}",
    rf"{_NO_SUBJECT} {_NOT} {_CALL}{_WHOM}? (?:looking for|for (?:him|her|them|that person))\b",
    rf" {_NOT} want {_SOMEBODY} to (?:have|keep|use) {_JUST_NUMBER}{_END}",
    (
        rf" (?:love|like|appreciate|prefer|great|nice|glad|happy)(?: it)? if (?:you|youd)(?: would"
        rf"| could| all| guys| people)? (?:stopped|stop|quit) {_CALLING}{_WHOM}?{_TAIL}"
    ),
    (
        rf" (?:dont|didnt|never|no longer) (?:authorize|authorized|permit|permitted|allow|allowed)"
        rf"(?: {_SOMEBODY})? to {_CALL}{_WHOM}?{_END}"
    ),
    rf" dont let {_SOMEBODY} {_CALL}{_WHOM}{_TAIL}",
    (
        rf" (?:sure|that) (?:(?:nobody|no one) {_CALL}s{_WHOM}|you (?:never|dont) {_CALL}"
        rf"{_WHOM}"
        rf"|(?:im|were) (?:not|never) {_CALLED}){_TAIL}"
    ),
    (
        rf" (?:you dont|you never|(?:youd |you )?better not) {_CALL}{_WHOM}"
        rf" (?:again|anymore|any more){_LIMIT}"
    ),
    (
        rf" (?:youre not|you are not|you arent) (?:\w+ )?(?:allowed |permitted |authorized "
        rf"|welcome )?to {_CALL}{_WHOM}{_TAIL}"
    ),
    rf" forbid you (?:to {_CALL}|from {_CALLING}){_WHOM}?{_TAIL}",
    rf" if you dont (?:stop|quit) {_CALLING}{_WHOM}?(?: right now)?{_TAIL}",
    (
        rf" if you (?:ever )?{_CALL}{_WHOM}?(?: ever)? again(?: \|)? (?:ill|im|well|we will)\b"
        r"(?: \w+){0,4}? (?:sue|suing|report|reporting|complain|police|lawyer|attorney|ftc|fcc"
        r"|court|file|filing)\b"
    ),
    # I told you not to call me.
    (
        " (?:told|asked|ask|asking|want|like|prefer|need|tell|telling|demand|insist|request|note"
        "|instruct)"
        rf"(?: that)?(?: {_SOMEBODY}{_FEW}{{0,4}}?)? (?:not to|never to|to not|to never)(?: ever)?"
        rf" {_CALL}{_WHOM}?{_TAIL}"
    ),
    (
        rf" (?:ask|demand|insist|request)(?: that)? {_SOMEBODY} (?:not|never|no longer) {_CALL}"
        rf"{_WHOM}?{_TAIL}"
    ),
    rf" (?:can|could|would|will) you (?:not|never) {_CALL}{_WHOM}{_TAIL}",
    (
        rf" (?:rather|prefer|appreciate it if|appreciate if)(?: that)? you"
        rf" (?:didnt|not|dont|wouldnt|never) {_CALL}{_WHOM}?{_TAIL}"
    ),
    # I don't want you to call me. I don't want to be called.
    (
        rf" {_NOT} (?:want|need|like) {_SOMEBODY}(?: to)?(?: ever)? (?:{_CALL}|{_CALLING}){_WHOM}?"
        rf"{_TAIL}"
    ),
    rf" {_NOT} (?:want|wish|like|care|need) to be {_CALLED}{_TAIL}",
    (
        rf" (?:rather|prefer|like|want|wish|asked|asking|request)(?: to)? (?:not|never)(?: to)? be "
        rf"{_CALLED}{_TAIL}"
    ),
    rf" wish to (?:not|no longer) be {_CALLED}{_TAIL}",
    # I don't want any more calls. No more calls. I don't take sales calls.
    (
        rf" {_NOT} (?:want|need|wish|care)(?: (?:to|for))?(?: (?:get|receive|have|take"
        rf"|be getting|keep getting"
        "|keep receiving))?"
        rf"(?: (?:any|no|these|those|your|more|anymore|further|such|all|future|of))* {_CALLS}"
        rf"{_FROM_YOU}{_TAIL}"
    ),
    rf" {_NOT} (?:want|need)(?: to (?:get|receive))? another (?:phone )?call(?: from you)?{_TAIL}",
    (
        rf" {_NOT} (?:take|accept|appreciate|want|answer) (?:any |your |these )*"
        r"(?:(?:sales|marketing|telemarketing|unsolicited|robo|cold|solicitation) ?calls"
        rf"|solicitations?|solicitors|telemarketers){_TAIL}"
    ),
    (
        rf"(?<! get)(?<! receive)(?<! are)(?<! had)(?<! have)(?<! got) no (?:more|further)"
        rf"(?: of)?(?: these| your)? (?:{_CALLS}|contact)(?: to{_WHOM})?{_FROM_YOU}{_TAIL}"
    ),
    # I never want to hear from you again. I don't want to be on your list.
    rf" {_NOT} (?:want|wish|care|need) to (?:hear|get calls|be hearing) from {_SOMEBODY}{_TAIL}",
    rf" rather not hear from {_SOMEBODY}{_TAIL}",
    rf" {_NOT} (?:want|wish|like)(?: to)?(?: be)? on{_LIST}",
    # You don't have my permission to call me.
    rf" you (?:dont|no longer) have (?:my|our|any) {_CONSENT}{_TO_CALLS}{_END}",
    (
        rf" (?:dont|didnt|never|no longer) (?:give|gave|given)(?: {_SOMEBODY})?(?: (?:my|any|the))?"
        rf" {_CONSENT} (?:to|for) (?:call|contact|ring|phone|{_CALLS}){_WHOM}?{_END}"
    ),
    (
        rf" (?:dont|didnt|never|no longer) consent(?:ed)?(?: to(?: \w+){{0,3}}? (?:{_CALLS}|"
        rf"{_CALLED}))"
    ),
)
