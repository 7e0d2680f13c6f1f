"""What people say who want no more calls, and what people say who mean something else.

Written down by us as people speak; one sentence a line, as a recogniser might write it.
"""

ANYWHERE = """\
Remove my number please.
take me off your, uh, list
I'd like to be taken off the list.
I revoke my consent.
Don't call this number no more.
I don't want any more phone calls from you people
My number's on the national do not call list.
stop fucking calling me
lose my number
quit calling
quit calling me
unsubscribe
Unsubscribe me.
Remove me from your list.
Remove me from the list.
Remove me.
Take me off.
Take me off the call list.
please take me off this calling list
Take my number off your list.
take our number off of your list
Take this number off your list please
Can you take me off the list?
Could you please remove me from your system?
Would you mind taking me off your list?
I want to be removed from your list.
I want off your list.
I want to be off your list
I would like to be removed from your calling list.
I'd like you to remove my number.
I need you to take me off your list
I want my number removed.
I want my number taken off your list
Get me off your list
Get my number out of your system.
Delete my number.
Delete my phone number from your records
Erase my number.
Scratch me off your list
Cross me off your list.
Put me on your do not call list.
Put me on the do-not-call list
Add me to your do not call list.
add my number to the DNC list
place me on your internal do not call list please
I want to be on your do not call list.
I'd like to be added to your do not call list
I'm on the do not call list.
I am on the do not call registry.
This number is on the do not call list.
We're on the no call list
my phone number is registered on the national do not call registry
I've been on the do not call list for years
Mark this number as do not call.
Do not call this number.
Don't call here anymore.
Don't call here no more
Never call this number again.
don't ever call me again
Don't you ever call this house again
Do not contact me again.
Don't bother me again.
Please don't call again.
Please do not call us again
don't call me ever again
Don't call my phone again.
don't call my cell anymore
Don't call my house.
Don't call me back.
do not call back
Stop calling.
Stop calling me!
stop calling me please
Stop calling here.
Stop calling this number.
Stop calling my phone.
Stop calling us.
stop calling my mother
You need to stop calling me.
You have to stop calling me
You guys need to stop calling.
I want you to stop calling me.
I need you to stop calling
I'm asking you to stop calling me.
Will you please stop calling me?
Why don't you stop calling me
Why won't you stop calling me?
Can't you just stop calling me
I told you to stop calling.
I've told you people to stop calling me
I told you last time not to call me.
I asked you not to call here again.
I already told you guys to stop calling me
I said stop calling.
How many times do I have to tell you to stop calling me?
For the last time stop calling me
Stop, um, calling me.
Stop like calling me okay
stop, stop calling me
Quit bothering me.
stop harassing me
Stop bugging me.
Stop pestering us
Cease and desist.
Cease calling this number.
Stop contacting me.
Stop with the calls.
Stop the calls.
Stop these calls please.
Stop all calls to this number.
No more calls.
No more calls please.
No more phone calls.
I want no more calls.
I don't want any calls.
I don't want these calls
I don't want your calls.
I don't want to get any more calls from you.
I don't wish to receive calls from you.
I no longer wish to receive calls.
I no longer want to be contacted.
I do not want to be called again.
I don't want to be contacted.
I'd rather not be called.
I prefer not to be contacted
I don't want to be on your list.
I don't want to be on any list
I don't wanna be on this list
I don't want to hear from you again.
I don't ever want to hear from you again
I never want to hear from you guys again
I don't want you to call me.
I don't want you calling me anymore
I don't want you guys to call this number again
You don't have my permission to call me.
You do not have my consent to call.
I withdraw my consent.
I withdraw consent to be called.
I'm revoking my consent to be contacted
I hereby revoke my consent to receive calls.
I want to revoke my consent.
I take back my consent
I never gave you permission to call me.
I do not consent to these calls.
I didn't consent to being called
opt me out
Opt out.
I want to opt out.
I'd like to opt out please
I opt out.
I'm opting out.
I wish to opt out of future calls
opt me out of everything
Leave me alone and don't call back
Lose this number.
Forget my number.
forget this number
Throw away my number
Get rid of my number.
Make the calls stop
I want the calls to stop.
I want these calls to stop now
These calls need to stop.
These calls have to stop.
This has to stop, no more calls
Discontinue calling me.
Please refrain from calling me.
please refrain from calling this number in the future
Don't you dare call me again
You better not call me again
You'd better never call this number again
Not interested, take me off your list.
I'm not interested please remove me from your list
No thank you please take me off your list
No thanks and don't call again
I'm not interested, don't call me again.
Wrong number, take me off your list.
You've got the wrong number please don't call again
Who is this? Stop calling me.
Hey, uh, can you, like, take me off your list?
Yeah, um, take me off the, uh, the list, please.
Take me, uh, off your list
Please, um, remove my, uh, number.
Can you remove my name and number from your list
Take my name off your list
I'd appreciate it if you'd stop calling
I'd appreciate it if you didn't call me anymore.
I would appreciate it if you would not call me again
I would prefer that you not call me
I request that you not call me again
I demand that you stop calling me
I don't take sales calls.
I don't accept solicitation calls
We don't want any solicitations
If you call me again I'll report you to the FCC.
If you don't stop calling me I'm going to sue you.
If you call here again, I will call the police
Don't call anymore.
don't call no more
Do not dial this number again.
don't phone me again
Don't ring me again
Stop ringing me.
stop phoning me
Please end these calls.
Enough with the calls.
I don't need any more calls
I don't want another call from you
Quit calling my house
quit callin' me
You people need to quit calling me
I'm gonna need you to stop calling me
stop damn calling me
Stop the goddamn calls
stop calling my fucking phone
take me off your fucking list
take me off your goddamn list
Remove me from whatever list I'm on.
Take me off of all your lists
Remove me from all lists
Take me off every list you have
remove this phone number from your database
Remove my contact from your list
Remove us from your call list immediately.
I'd like my number taken off your list.
I'd like my number removed from your system
I want to be taken off.
I want to be removed.
Can I be taken off the list?
Can I be removed from this list please?
How do I get off this list?
How do I get taken off your list?
How can I get removed from your list
How do I stop these calls?
How do I opt out?
How do I unsubscribe?
I want to unsubscribe.
Can you unsubscribe me
I'd like to unsubscribe from these calls
Unsubscribe me from this list.
This is a do not call number.
We're on the do not call list so please don't call.
I am asking to be put on your do not call list
please have me removed from your list
Have my number removed.
please make a note not to call me again
Make sure nobody calls me again
See that I'm not called again
Don't let anyone call me again
Do not call me under any circumstances.
Don't ever contact me for any reason
Never contact me again please
I don't want to be bothered anymore
I do not want to be disturbed
don't disturb me again
Stop disturbing me
Please stop disturbing us
I don't want to receive any more calls from your company
Don't call me any more, thank you.
Please no more calls to this number
I don't want any more of these calls
I don't want any more of your calls
Please delete me from your list
Drop me from your list
strike my number from your list
Take me off your contact list
Take me off your marketing list
Take me off your books.
take me out of your database
Take me out of the system
I've asked to be removed from this list
I asked to be taken off your list
I already asked you to take me off your list
I keep asking you to remove me from your list
Would you take me off your list
You can take me off your list.
you can remove my number
Just take me off
go ahead and take me off your list
Go ahead and remove me
I think you should take me off your list
I want to stop getting these calls
I don't want to keep getting these calls
I want the calls stopped.
I'd like these calls to stop.
Stop all contact with me.
No further contact please
How'd you get this number? Don't call it again.
Don't text or call me.
Don't call or text me again.
stop texting and calling me
I signed up for the do not call list
I registered my number with the national do not call registry
my cell phone is on the do not call list
You aren't authorized to call me.
Please stop all these phone calls.
yeah hi um can you take me off your list i'm not interested thanks
please remove my number i'm not interested
i said take me off the list
no i don't want this take me off your list
I don't know why you keep calling but take me off your list
I don't care, take me off your list
please remove me off the list
can you make sure you don't call me again
Please make sure that I'm not called again.
Don't let anybody call me again.
revoke consent
I rescind my permission to be called
I am withdrawing my consent.
I revoke all consent for calls
My consent is revoked.
Please take our company off your list
Take my business off your list
We do not accept sales calls.
I'm asking you politely to take me off your list
you guys keep calling me stop calling
stop calling this damn number
Stop calling my job
stop calling me at this number
Don't call me at this number again
Please don't call this phone again
Do not call me at all
Do not call me for any reason.
do not ever ring this phone again
I don't want to be called no more
I want you to take my number off
remove me from whatever list this is
please delete my phone number from wherever you got it
You need to take this number off of your list
stop ringing this number
do not call my number
Do NOT call me again.
don't you people call me again
Don't ya call me again
please never call me
don't call on this number again
don't be calling me
don't be calling here anymore
Y'all need to stop calling
stop blowing my phone up
I don't want no more calls
I don't want no calls
ain't interested quit calling
I ain't interested, take me off the list
do me a favor and take me off your list
do me a favor, lose my number
Please cancel all calls
cancel these calls
please put a stop to these calls
put an end to these calls
take me off from the list
Can you take out my number
take my number out
I want my name off that list
no longer call me
I do not authorize you to call
I never authorized you to call me
I never signed up for this, remove me
Opt-out
please unsubscribe my number
unsubscribe this number
remove me from your auto dialer
Would you stop calling?
Will you stop calling me?
stop, I don't want any calls
I said no, don't call again
I told you, no more calls
Can you not call me again?
Could you not call this number again
can you please don't call me again
I really don't want you to call me again
I'd rather you don't call
I don't need you calling me
I don't like you calling me
I don't want you all calling here
stop your people from calling me
Tell them to stop calling me
have them stop calling
get them to stop calling me
make them stop calling me
Please instruct your staff not to call me
I'm requesting that you do not call me
I request to be removed from your list
I request to be placed on your do not call list
this is a request to stop calling
You're calling a number on the do not call list
you are calling a do not call number
my number is registered do not call
don't contact this number
Do not contact us.
never phone me again
Don't telephone me.
don't ever dial this number
Please don't reach out again
don't reach out to me again
Stop reaching out to me
don't get in touch again
stop spamming me
Stop soliciting me
We don't accept solicitations.
I'm not interested so please remove my number
I'm not interested stop calling
I don't want to talk to you, don't call again
I don't want you to have my number
delete my details and don't call
You have to remove me from your list
you must remove me from this list
You better take me off that list
I need to be taken off of this list
I need to be removed
I need off this list
I've been trying to get off this list
how do I get off your call list
how can I stop these calls
How do I make these calls stop
how do you get these calls to stop
what do I have to do to get you to stop calling
stop calling me or I will sue you
Don't call me or I'm calling the cops
leave us alone and stop calling
I wish you'd stop calling
I wish you would stop calling me
I hope you stop calling me
I'd love it if you stopped calling me
Please stop it with the calls
Enough! Stop calling!
uh stop calling
stop calling me now
stop calling me right now
Stop calling me immediately
Stop calling me today
stop calling me every five minutes
Stop calling me all the time
stop calling me so much
stop calling me three times a day
quit calling me all day
stop calling me over and over
stop calling me constantly
Stop calling me for this
stop calling me about this
Stop calling me with this nonsense
stop calling me with offers
Stop calling me from different numbers
stop calling looking for John
Don't call here looking for John
don't call here for him anymore
please stop. calling me.
stop, calling me
take me off your... list
Take me, off your list
""".splitlines()

# On a call of ours alone: in a caller's mouth it may mean something else.
ON_OUR_CALL = """\
Stop.
Stop, please.
No, stop.
Please stop.
Stop stop stop!
I've asked you to stop.
No calls please
Leave me alone.
Do not call list.
Please quit
I'd like to be left alone.
no solicitation please
please leave me alone
just leave me alone
could you guys please stop
""".splitlines()

NONE = """\
stop, wait, I want to book
Stop. Wait, I want to book an appointment.
don't stop
Don't stop, go on.
can you stop the subscription of my newspaper
I do not want to stop the calls
I don't want you to stop calling
I don't want you to stop calling me
Don't take me off the list
Please don't take me off your list.
don't remove my number
I don't want to be taken off the list
I don't want to be removed from the list
I'm not asking you to stop calling
I never said stop calling
I didn't say to stop calling me
You don't have to stop calling
no need to stop calling
I don't want to opt out
I don't want to unsubscribe
Don't unsubscribe me
I never opted out
I'm not revoking my consent
I did not revoke my consent
Did I opt out?
Did you take me off your list?
Have you taken me off your list?
Did you remove my number?
Why did you stop calling me?
When did you stop calling?
They stopped calling.
they told me to stop calling them
my doctor told me to stop smoking
How did I get on your list?
Why am I on your list?
Is my number on the do not call list?
Do you have a do not call list?
What is the do not call list?
I'm not on the do not call list
I am not on the do not call list, you can call me
Don't put me on the do not call list
Stop calling me Bob, it's Robert.
Don't call me before noon.
Don't call me after nine.
Don't call me at work
Don't call me today
Don't call me on weekends
stop calling me so early
Stop calling me at work
Stop calling me in the morning
Call me again tomorrow
Can you call me back?
Please call me again
I don't want to miss your call
I don't want to miss any more calls
I missed your call
I don't get any calls
I can't take calls right now
I don't take calls at work
No, go ahead.
No.
Not now.
I'm busy
I'm not interested.
Who is calling?
I want to cancel my appointment
Cancel.
Cancel it.
cancel my order
I revoke my offer
I withdraw my application
I withdraw my consent to the recording
I do not consent to being recorded.
I don't consent to the recording
Remove my old address
remove my number from the account and add my wife's
remove my old number from my account
Please remove the charge
Take me off hold
take me off speaker
take me off speakerphone
take me off mute
Take me off the waiting list
take me off the guest list
Take that off my bill
I lost my number
I lost your number
You stopped at the wrong place
Stop talking.
Stop interrupting me.
Stop it.
stop the music
Stop right there.
Stop sending me emails
stop my subscription
Stop my service
Can you stop by tomorrow?
Where does the bus stop?
the bus stop
Quit my job
I quit my job
I want to quit smoking
I'd like to quit my plan
I want to opt out of paperless billing
unsubscribe me from the newsletter
leave me a message
Leave it alone
leave me out of it
Don't leave me alone
I don't want to be left alone
Don't hang up
don't call me crazy
Don't call it quits
You never call me back
Why don't you call me
if you don't call me back I'll cancel
If you call me again tomorrow I'll have the papers
If you call again I will answer
Please don't forget to call me
don't contact me by email
Contact me again next week
I don't mind the calls
I don't mind you calling
the calls are fine
Your calls help
I never got a call
No more questions
no calls came through
I had no calls
I get too many calls
I want more calls
put me on the list
Put me on your list for the demo
Add me to the list
My number is on the website
Could you remind me not to call them
Tell them not to worry
I was told not to call the office
Ask him not to call me
Don't be sorry
How do I stop these calls from my ex
How do I stop my subscription
stop recording
Stop recording this call.
I don't want this call recorded
I don't want this call to be recorded
end call
End the call
I don't want to be on hold
I don't want to be on speaker
don't stop calling me I like it
I told you to call me back
I want to be on the list
If I opt out, what happens?
What happens if I opt out?
can people opt out
before you take me off the list tell me why
I'm glad you called me again
remove the item
remove it
The system removed me
is this the do not call people
I'd never unsubscribe
Yes you can call me again
I said don't stop
Stop calling it that
I don't call it a problem
We don't call it that here
don't contact him
Don't let them call my bank
make sure you don't call me before nine
Make sure you call me
I like calls
I need you to call me
I want to sign up for the list
I don't want to be removed
I don't want my number removed
I'd like to be left alone with my wife for a minute
Why would I opt out
do people usually opt out
Please stop the recording
no contact with the sensor
I have no further contact there
I make calls and stop
we need to stop by
My calls need to be forwarded
did the calls stop
the calls have to be good
I want calls to be shorter
I want the call back
make the calls shorter
I received your email, stop by
remove my name from the order
remove my phone from the plan
remove my line from the plan
Remove my card.
I lost my phone
drop my line from the contract
get rid of my phone
I want to get rid of my landline
forget it
forget my password
I forgot my number
lose the attitude
delete my line please
I want to drop my line
take my name off the account
get my phone out of repair
my contact information changed
Delete my information
cancel my line
Don't call me unless hell freezes over
""".splitlines()
