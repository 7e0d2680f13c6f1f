"""The openings that openings.py leaves out: patterns of words, our own, in English."""

from __future__ import annotations

# One opening a line: words, "a/b" where either will do, "?" after what may be missing, "*" for one
# to three words that begin no clause, "#" for numbers, "~" at the end where a new clause has to
# follow. A line that begins with a space goes on with the one before.
OPENINGS = """
hi/hello/hey/hiya/hallo/howdy/greetings/yo there?
good morning/afternoon/evening
morning/afternoon/evening ~
good day to? you?
gday
bonjour/hola/salaam/namaste/ciao/salut/aloha/merhaba
dear sir/madam/team
sir/madam/maam/mate/love/dear/buddy/guys/folks/everyone/darling ~
how are/is you/things/everything/it/we/your doing/going/day/keeping? going/today/tonight/this?
  morning/afternoon/evening/today/tonight/so?
how are you? doing? today?
how is it going today?
how you doing today?
how do you do
how have you been
what is up
are you well/okay/there ~
i am? doing/very? doing/very/all? fine/good/great/well/okay thank/thanks? you/yourself? and?
  you/yourself? ~
not too? bad thank/thanks? you?
and you/yourself ~
very well
i? hope you/everyone are/is/had? doing/having/all? a? well/good/fine/great/nice/lovely/okay
  day/morning/afternoon/evening/weekend/one?
i? hope all/this/everything is/finds you? well/good/fine
nice/good/lovely/great/pleased/pleasure to meet/talk/speak/hear to/with/from/you? you?
thank/thanks you? very/so? much? for? taking/answering/picking/being/helping/your?
  my/the/up/here/time/help/patience? call/phone?
lovely/nice/beautiful/terrible/hot/cold/awful weather/day is? it/not? it/not? today?
what a lovely/beautiful/nice/sunny/great/horrible/busy day/morning
happy/merry monday/tuesday/wednesday/thursday/friday/saturday/sunday/new/christmas/easter/holidays
  year?
god? bless you for? answering?
i? am? so/really/very? sorry to/for/about
  bother/bothering/trouble/troubling/disturb/disturbing/interrupt you
i? am? so/really/very? sorry about/for the/my/all? that/noise/english/accent/dog/delay
i am so/really/very? sorry
i? hope you/someone/somebody can/could/will help me? out? with? this?
maybe/perhaps/possibly you/someone/somebody can/could help me? out? with? this?
i was hoping/wondering if? you/someone/somebody can/could/would/might be/help able/me? to? help?
  me? out? with? this/something?
i wonder if you/someone/somebody can/could/would help me out? with? this/something?
i was hoping for some help with?
can/could/would/will you please? help/assist me/us out? please? with? this/something/that?
can/could/would someone/somebody/anyone please? help/assist me/us out? please? with?
please help/assist me/us? out? with?
help me please?
i just? really? need/want/require/am? your/some/a/any? little/bit/quick? of?
  help/assistance/advice/hand please? with?
i am looking for some? help/assistance/advice with?
i? would like/love/appreciate some? help/assistance please? with?
i could use some? help with? please?
i? just? have/had got? a/an/one/this/another quick/small/little/short/simple/silly/stupid/general?
  question/query/enquiry/inquiry/request for? you? please? about/regarding/concerning/on/with?
i? just? have/had got? a/some few/couple/lot? of? questions/queries/doubts for? you? please?
  about/regarding/concerning/on/with?
just? a/one? quick/simple/small/little question/query for? you? please?
  about/regarding/concerning/on?
just a question/query about/regarding/concerning/on?
i just? want/wanted/need/like/wish/have/am to? ask you? something/a/this? question? please?
  about/regarding/concerning?
i just? would like to ask you? something/a? question? please? about/regarding/concerning?
can/could/may i just? ask you? something/a? quick? question? please? about/regarding?
i? have got? a/an/this/some bit/kind/sort/little/small/big/huge/slight/real/serious? of? a/an?
  problem/issue/trouble/situation/concern here/today? ~
there is a/an/some bit? of? a? problem/issue/situation here? ~
there is something wrong here? ~
something/somethings is? wrong/off/strange/weird ~
something went wrong ~
i am having some/a/an? problem/issue/trouble/problems/issues/difficulty ~
i am/was just? calling/phoning/ringing/writing/contacting/reaching you? up/out/back/in/today/now?
  today? because/about/regarding/concerning/to/in/over/for/with
  see/ask/say/tell/let/report/inform/reference/regards/regard/check/find?
  you/out/to/know/if/on/about? that/if/know/about/to? that?
i am/was just? calling/phoning/ringing/writing you? today? ~
calling/phoning/ringing because/about/regarding to?
the/my reason for/i/why? i/my/of? am/was? calling/call/phoning/ringing is? that/because/to/about?
i just? want/wanted/need/needed/like/wish/would to/like to?
  ask/know/say/tell/report/inform/mention/inquire/enquire you? about/if/whether/that?
i just? want/wanted/need/needed/wish to find out about/if/whether?
i just? would like/love to know/ask/say/tell/report/find/inform/mention out/you?
  about/if/whether/that?
i am/was just? wondering/curious if/whether/about? you/someone? can/could? tell? me?
can/could/would/will you please? tell me please? about? please?
do you happen? to? know ~
i need/want you/someone/somebody to tell me
tell me something?
may/might i ask/know about?
it/this/its is about/regarding/concerning/to/in/over do/regards/regard/reference/relation? with/to?
my/the question/problem/issue/concern/trouble/thing/point/situation/matter is
  that/this/like/about? this?
here is the/my thing/problem/situation/question/issue/deal
so? what happened/happens is that?
what has happened is that?
so? what i need/want/would/am like/looking? for? is
it is like this
long story short
to make a long story short
i will keep it short/brief/quick/simple
so/well/okay/ok/right/alright/yeah/yep/yup/yes/ah/oh/ooh/hmm/huh/ugh/gosh/wow/look/listen/basically/actually/honestly/anyway/anyways/finally/please/sorry/like/obviously/frankly/literally/apparently/and/but/because/again/maybe/perhaps/um/uh/quickly/see/secondly
now then?
all right
yes/yeah please
no no that is? fine/okay/alright? so?
you know what?
you see
i mean
i think ~
i guess ~
let me/us see/think
let us see
just/give? me? a/one second/sec/moment/minute please?
hang/hold on a/one? second/sec/moment/minute? please?
wait a/one? second/sec/moment/minute?
bear with me
okay? there we/you go
pardon/excuse me
to be honest/frank/fair with? you?
with all due respect
if i may
forgive me if this is a? silly/stupid/dumb question? but?
maybe? this is a? silly/stupid/dumb question? but?
this is going to sound silly/stupid/weird/strange/crazy but?
no rush/hurry/offence/offense/worries but?
between you and me
as/like i said/told/mentioned before/earlier/already/you?
once more/again
first/firstly of? all?
first off
for starters
real/really/super quick
just quickly
by the way
as a matter of fact
the fact/truth/thing is that?
in fact
oh? my god/goodness/gosh/word
oh? dear
oh? good/dear lord
oh? thank goodness/god/heavens
if you do not mind/mind
if it is? possible
if that is okay
let me start/begin/try over/again
let me start/begin over/again
sorry? let me rephrase/explain that/this?
what i mean/meant is/was
what i am trying to say is
how do/can/shall i put/say/explain this/it/that
what/where was i saying?
where do i start/begin
no? hang on
no wait/sorry
i am/was a an? long? time/standing/term? existing/current/loyal/regular/old?
  customer/client/member/subscriber/patient/guest of/with? yours/you? and?
i have been a/with? loyal/regular/good/long/you? time? customer/client/member/subscriber/patient?
  of/with? yours/you? for/since * years/year/months/ages/time and?
i have been a customer/client/member/subscriber for? ages/years/long? and?
long time customer/caller first/last? time? caller?
i have got? an account with you and?
my account/customer/order/policy/reference/membership/booking/phone/telephone/client/card?
  number/id is # and?
my date of birth is # and?
my/the postcode/zip code? is # and?
i am calling/ringing/phoning from the? * ~
i am a bit/little hard of hearing so? please? speak? up? please?
speak up please ~
i am driving/busy/travelling/traveling/rushing right? now? so? ~
i am at work/home so? i have to be quick? ~
i am in a bit/little/real/big? of? a? hurry/rush so/and?
i am on a train/bus/plane/break so?
i do not have much/a/any lot? of? time so? please?
i have only got? five/ten/two/a few/couple? of? minutes
i know you are busy but?
it is my first time calling/here and/so?
i have never done/called this/here/before? before? but?
i was on mute
my dog/baby/kid is barking/crying
i called/rang/phoned/tried before/earlier/already/yesterday/today/online but nobody/no/it one/did?
  answered/not? let? me?
i called/rang/phoned # minutes/hours ago
it is only/just? me again ~
can/could you hear me okay/now/well/alright/clearly?
i do not know/think if/whether? i have/am/got the/in/at/calling right/correct
  number/place/department/person/line but?
i am? not sure if/whether you/i/this are/have/am/is the/in/at/a right/correct/place?
  number/place/department/person/one? but?
i hope this/i is/have the right/correct number/place/department/line
am i in/at/through/with the right number/place/department/person/line
is this the right number/place/department/person/line
i do not know who to ask/call but?
i speak/know a/only? little/bad/poor english please?
no offense/offence
"""

# A name is given after these; "~" where it may be something else than a name.
NAMED = """
my good? name is
the name is
my names
name is
names
you are speaking/talking to/with
i am called
"""
# Of these "this is" takes a word that no example has, the others a common name alone.
MAY_BE_NAMED = """
this is
it is me?
i am
"""
