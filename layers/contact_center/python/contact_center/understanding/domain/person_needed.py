"""A human being who is needed, wanted or looked for, in the words with which callers say so."""

from __future__ import annotations

from contact_center.understanding.domain.person_words import (
    ANYONE,
    ARTICLE,
    CALLING,
    KIND,
    NO_NAME,
    SOUL,
)

# I want a human, is there a person, what do I press, a real person, wherever it is said.
NEEDING = (
    (
        r"\b(?:want|need|needs|prefer|like|demand|require|rather(?: have)?|(?:can|could|may) i "
        r"(?:please )?"
        r"(?:have|get)|let me have|will take|(?<!the )(?<!your )(?<!my )contact|reach|"
        r"contacting|reaching|hold of|through to|get to|"
        r"hear from|is there|are there|"
        r"where is|ask for|asking for|looking for|request|give|get|not a (?:ro)?bot|only) "
        rf"{ARTICLE}{KIND}(?:human being|humans?|person|operator|representative|rep|agent|"
        r"assistant|"
        rf"manager|"
        r"supervisor|team leader|(?:service|care|support) (?:rep|executive))\b"
        r"(?! (?:number|(?:to|who can) (?:carry|lift|mow|clean|deliver|drive|collect|mount|"
        r"assemble|unload|look after|fix|repair|install|come|be|have|paint)|of (?!your)|"
        rf"overseas|"
        rf"to my))(?<!no person){NO_NAME}"
    ),
    (
        r"\b(?:want|need|like|get|give me|let me have|have) (?:me )?(?:whoever|the person (?:in "
        r"charge|"
        rf"responsible)|(?:a )?members? of (?:your|the) (?:team|staff)|{ANYONE} (?:senior|higher|"
        r"in charge|with (?:some |any )?(?:authority|power)|(?:who|that) (?:can (?:actually|really|"
        r"make)|"
        r"knows|understands|is not|speaks)|from (?:your|the) office))\b"
    ),
    r"\b(?:want|need|like) (?:someone|somebody)(?: (?:please|now|real))*$",
    (
        rf"^{ANYONE} (?:(?:who|that) (?:is (?:not|alive|real|human)|can actually|can really|"
        r"knows)|senior|in charge|"
        rf"with (?:some )?"
        r"authority)"
    ),
    (
        r"(?:^|\b(?:to|with|me|want|need|get|is|for|there) )whoever (?:is (?:in charge|"
        r"responsible)|handles|"
        r"deals|runs|manages|looks after)\b(?! (?:\w+ ){0,2}(?:made|did|has|should|must|"
        r"charged|sent|took)\b)"
    ),
    (
        rf"\b(?:reach|contact|contacting|reaching|"
        rf"hold of|get through to|through to|get to) {ANYONE}\b(?! (?:abroad|by|overseas|with|"
        r"(?:in|from|on) "
        r"(?:my|the)))"
    ),
    (
        r"\bwho is (?:in charge|the (?:boss|manager|supervisor|owner)(?: there| here)?$)|"
        r"\b(?:want|get me) my "
        r"(?:account "
        r"manager|adviser|advisor|case worker)\b|\bis my (?:case worker|account manager|adviser) "
        r"there\b"
    ),
    (
        rf"\b(?:is|are) (?:there )?(?:not )?(?!{ANYONE} (?:there|here|around)(?: ,| i need|"
        r" hello|$))"
        rf"(?:{ANYONE}|(?:no |any |a |an |the )?{KIND}(?:humans?|"
        rf"{CALLING}|"
        r"person|people|agent|representative|rep|operator|manager|supervisor|receptionist|owner|"
        r"boss))(?: (?:human|"
        r"real|actual|else))? (?:there|"
        r"here|available|"
        r"around|free|on duty|able to (?:talk|speak|take)|i can (?:talk|speak|chat)|working|human|"
        r"real)\b(?! (?:to (?!talk|speak|chat|help|take|explain|answer|assist|discuss|listen)|"
        r"(?:on|at|"
        r"over) (?:the )?(?:weekends?|\w+days?|night|christmas)))"
    ),
    (
        rf"\b(?:do|have|has|does) (?:you|they) (?:not )?(?:have |got )?(?:an? |any )?(?:{ANYONE}|"
        rf"{KIND}(?:person|human|staff|agents?|people|operators?|colleague))(?: (?:there|here|"
        r"available|in the office|free)\b|(?: who| that)? "
        r"(?:i|we|(?:can|could)) (?:can |could |may )?(?:explain|talk|speak|help)\b)"
    ),
    (
        r"\bdo(?:es)? (?:any|actual)(?: any)?(?: actual| real| live)* ?(?:humans?|people|body|one)"
        r"(?: real| human| ever)* (?:work|answer|talk|speak|pick)\b"
    ),
    r"\bdoes (?:anybody|anyone)(?: real| human| ever)+ (?:work|answer|talk|speak|pick)\b",
    (
        r"\b(?:what|which|how)\b(?: \w+){0,6} (?:press|say|option|button|number|key)(?: \w+){0,4}? "
        rf"(?:a |an |the )?{KIND}{SOUL}\b"
    ),
    (
        r"\b(?:this|it) needs (?:a|an) (?:person|human)\b|\b(?:want|need|give me) a real one\b"
        r"|\ban? (?:real )?(?:person|human)(?: being)? (?:could|can|might|would|should) (?:help|"
        r"explain|do)\b"
    ),
    (
        r"\b(?:real|live|actual|living|genuine|human)(?: real| live| human| actual| breathing)* "
        r"(?:person"
        r"(?! is)|human(?! resources)|human being|agent|representative|operator|somebody|someone)\b"
        + NO_NAME
    ),
    (
        r"\b(?:human|real|live|living|warm) (?:help|assistance|support|contact|touch|agent|please|"
        r"voice|body|soul|being|one)\b|\bflesh and blood\b"
        rf"|\bwith a (?:pulse|heartbeat|brain)(?: please)?$|\b{ANYONE} (?:there )?(?:human|real|in "
        rf"charge|"
        r"higher up)\b"
    ),
    (
        r"(?:^|, )(?:just |yes |no |yeah )*an? (?:real |live |actual )?(?:person|human|human being|"
        r"operator|"
        rf"representative|agent)\b{NO_NAME}(?! (?:who|that|of|is|and|i|on|keeps?)\b)"
    ),
    (
        rf"^(?:no |yes |not |just )*(?:to|with|someone|somebody) (?:an? )?{KIND}(?:person|human|"
        r"agent|real)\b"
    ),
    (
        r"(?:^|, |\b(?:again|say|take|want|wants|need|needs|like|prefer|have|get|getting|give|"
        r"me|us|rather|but|please|"
        r"now|just|only|yes|no|okay|said|with|to|for real|asked for|into|through|and|want is|"
        r"hello) )"
        r"(?:just |only )?an? (?:real |live |actual )?"
        r"(?:person|human|human being|operator|representative|agent)(?: please| now| instead)?$"
    ),
)
