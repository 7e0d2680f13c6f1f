"""The keys of the three tables: the one place where they are spelled (DESIGN §5).

calls table, partition `CALL#<call id>`:

    sort key                     item
    RECORD                       the call's record: small, merged, versioned
    TURN#<at_ms>#<fact key>      what was said, and that the customer cut in: by time, last of all
    FACT#<fact key>              every other fact, for deduplication and the fold
    FOLDED                       what its turns up to a moment have come to
    TOOL#<fact key>              the stored answer of a tool call, and the call itself
    ASKED#<fact key>             what a call begins with, written at the door: a fact as well
    LEFT#<fact key>              what a caller left or booked, written at the door: a fact as well
    CLAIM#<fact key>             what a caller is about to book in somebody else's calendar
    READ#<fact key>              that it was read back to the caller before it is kept
    OFFERED                      of a call that broke off: who was asked about it, once
    DECISION#<number>            one decision of the conversation policy and its outcome
    LOOK_UPS                     when what nobody has told of it is asked for
    COUNTED                      what of it is in the figures, and that it is to be counted anew
    FORGOTTEN                    nothing else is there any more, and what comes late is swallowed
    PROBE                        of no call (probe-<digits>): that one of `make doctor` came

partition `VISIT#<visit id>`: RECORD, a caller's whole stay: small, merged, versioned; COUNTED.

Roll-ups of the figures: partition `FIGURES#<day>` HOUR#<hh>#<department>#<campaign>, partition
`FIGURES#<month>` DAY#<dd>#<department>#<campaign>, and in it LENGTHS#<dd>, how many durations of
the day's calls were how long, and WORST#<dd>, the worst second of each of its hours.

Partition `DAY_BOOK#<month>`: LEAF#<since_ms>, which calls began in a span of a day, and what
filters ask of each.

Partition `CAUSES`: <counter>, how often something was counted that somebody is told of, and what he
was told.

partition `CALENDAR#<calendar>`: SLOT#<start_ms>, which calls have booked it, by start.

partition `CUSTOMER#<E.164, or visit:<id>>`: what must happen elsewhere, and has.

    EFFECT#<effect id>           one effect: what is told, and what came of it
    EFFECTS#<receiver>           the line in which his effects for a receiver wait
    STORY#<at_ms>#<effect id>    of the built-in receiver: one thing that happened
    KNOWN#<crm>                  the id of the record that is this customer's there
    WHO                          what a CRM said last of who he is

partition `DEAD#<effect id>`: DEAD, an effect that was given up, until somebody replays it.
partition `AUDIT#<day>`: AT#<at_ms>#<entry id>, what somebody did by the operators' API.
partition `LOOKING#<name>`: LOOKING, when an operator's page last asked what is live; partition
`LOOKING`: when anybody's did.
partition `LOGIN#<mark of an address>`: TRIES, how often a token was tried from there lately.
partition `RECEIVER#<name>`: HEALTH, whether it is to be asked, and BUDGET#<kind>, when the next
request of a kind may leave.

Index effects-by-due-time (effects, due_at_ms), sparse: in `DUE#<receiver>` lines that are not
empty, in `DEAD` what was given up, in `LOOK_UPS` calls of which something is still to be asked, in
`TO_COUNT` calls and visits that are to be counted.

Indexes: by-customer (customer, started_at_ms; a customer's visits in `VISIT#<E.164>`), by-day (day,
started_at_ms),
active (active, last_seen_ms; sparse: only calls that have not ended), follow-ups (follow_up,
asked_at_ms; sparse: facts that leave somebody something to do, until it is attended to; in
partition `WISHES` visits whose caller talks and is to get a person, until he was told of it; in
`BREAKS` those whose caller hung up in a talk, until somebody has seen whether he is rung back).

contacts table, partition `CAMPAIGN#<campaign id>`:

    sort key                     item
    CAMPAIGN                     the campaign: what was asked for, state, version
    SNAPSHOT                     assistant and policy as they were when it started
    PLAN                         the planner's own note: when to look again, what was planned
    COUNT#<shard>                contacts by state, money spent; their sum is the truth
    TALLY#<five minutes>         outcomes of calls, for the circuit breaker
    CONTACT#<contact id>         one contact
    IMPORT#<import id>           one import of contacts, its progress and its last bad lines
    JOB#<job id>                 one preview or export and what came of it

National lists stand where campaigns do: `CAMPAIGN#national-<country>` has their imports, and
`CAMPAIGN#national-` COMPLETE, the time of each country's latest complete list.

partition `PERSON#<E.164>`: PERMISSION, what a person permits, whatever the campaign.
partition `FORGOTTEN#<mark>`: FORGOTTEN, who was forgotten, by a keyed digest of the number: that
nobody calls him, and how far forgetting is.
partition `CALLER#<phone number id>`: REST, until when one of our numbers is not used, and
HOUR#<hour>, what became of its calls in an hour.
partition `PLANNER`: NOTE, up to when slots have been reserved.

Index due (due_shard, due_at_ms), sparse: `WAIT#<campaign>#<shard>` and `URGENT#<campaign>` hold
contacts that wait, `CHECK#<campaign>` those whose attempt is under way, `RUNNING` the PLAN of
every running campaign, `LISTS` imports, previews, exports and forgetting that are not done,
`FAILED_LISTS` imports that failed, by when,
`NATIONAL#<country>#<shard>` people on a national list, by the time the list is of. Index listed
(listed, created_at_ms): campaigns, newest last.

dialing table:

    partition, sort key          item
    ATTEMPT#<id>, ATTEMPT        one attempt; `revision` is what changes are conditioned on
    CUSTOMER#<E.164>, CUSTOMER   who rings this telephone now, and when it rang
    LINES#<account>, COUNT       how many lines are in use
    LINES#<account>, LEASE#<h>   a line in use: `attempt.k` of a POST, `visit:<id>`, `call:<id>`
    LINES#<account>, ENDED#<h>   an other call that is over, remembered for a day
    PACE#<account>, LOG          the slot log
    SWITCH, DIALING              the one switch that stops every dial
    TRIGGER#<digest>, ANSWER     what a trigger was answered, for 24 hours
    TURN#<digest>, TURN          which attempt a phone and a campaign mean without a key
    VISIT#<visit id>, OFFER#<offer id>   one person asked about one caller
    MESSAGES, MESSAGES           what callers of departments hear first, while many call
    TRANSFERS#<day>, COUNT#<shard>   how many offers of that day ended how
    COLLEAGUE#<id>, COLLEAGUE    what a person who takes callers does, and whom he holds
    PIN#<name>, TRIES            how often a number, or a person's PIN, was tried lately
    ENTRY#<visit id>, ENTRY      a visit in a queue; `revision` is what changes are conditioned on
    QUEUE#<department>, BOARD#<what for>        places, turn and latest servings of a queue
    QUEUE#<department>, PLACE#<what for>#<place>#<visit id>   who waits, by place
    QUEUE#<department>, OFFER#<place>#<visit id>              whom a person is asked about
    KEPT, NUMBER#<e164>          whose place is kept for a number; `FAILED#<visit id>`: whose was
    ASIDE#<kind>-<digest of its id>, ASIDE   how often one of many has failed in a row, and why

Index open-by-due-time (open, due_at_ms), sparse: attempts that somebody has to look at, in
partitions `OPEN#0` to `OPEN#7`, and those that are settled and to be reported, in `REPORT#0`
to `REPORT#7`; in `DOUBTS` those that a person has to look at, and whatever else was set aside; in
`PEOPLE` people whose lease is looked after; in `OFFERS` offers; entries in queues in `ENTRY#0` to
`ENTRY#7`. Index by-customer (customer): the keys of attempts, by whom they ring.

Index needs (needs, needs_since_ms) of each of the three tables, sparse: what waits for a person
(needs_index.py).
"""

from __future__ import annotations

import hashlib

# Ids and fact keys come from outside. DynamoDB takes 2048 bytes of partition key and 1024 of
# sort key; this leaves room for the prefixes.
WORD_LIMIT = 256

CALLS = "CALL#"
RECORD = "RECORD"
OFFERED = "OFFERED"
LOOK_UPS = "LOOK_UPS"  # sort key, and partition of the index
FORGOTTEN = "FORGOTTEN"
FOLDED = "FOLDED"
PROBE = "PROBE"
ACTIVE_SHARD = "ACTIVE"
TURNS = "TURN#"
LAST_MS = 9_999_999_999_999  # what has more digits would not sort by time


def call(call_id: str) -> str:
    """Partition key of a call."""
    return f"{CALLS}{word(call_id)}"


def fact(key: str) -> str:
    """Sort key of a fact that is no turn."""
    return f"FACT#{word(key)}"


def turn(at_ms: int, key: str) -> str:
    """Sort key of a turn; sorts by time."""
    return f"{turns_since(at_ms)}#{word(key)}"


def turns_since(at_ms: int) -> str:
    """What sort keys of turns since a time begin with, or come after; of others none does."""
    return f"{TURNS}{min(max(at_ms, 0), LAST_MS):013d}"


def tool(key: str) -> str:
    """Sort key of a tool call's stored answer, by the key of the call's fact."""
    return f"TOOL#{word(key)}"


def asked(key: str) -> str:
    """Sort key of what a call begins with, by the key of its fact."""
    return f"ASKED#{word(key)}"


def left(key: str) -> str:
    """Sort key of what a caller left or booked, by the key of its fact."""
    return f"LEFT#{word(key)}"


def claim(key: str) -> str:
    """Sort key of what is about to be booked elsewhere, by the key of its fact."""
    return f"CLAIM#{word(key)}"


def read_back(key: str) -> str:
    """Sort key of when something was read back, by the key of what its fact would be."""
    return f"READ#{word(key)}"


CALENDAR = "CALENDAR#"
BUILT_IN = "built_in"


def calendar(name: str) -> str:
    """Partition key of the slots of a calendar that are booked."""
    return f"{CALENDAR}{word(name)}"


def slot(start_ms: int) -> str:
    """Sort key of a slot; sorts by time."""
    return f"SLOT#{start_ms:013d}"


def decision(number: int) -> str:
    """Sort key of a decision; sorts by number."""
    return f"DECISION#{number:06d}"


# -- effects (calls table) ---------------------------------------------------------------------

DEAD = "DEAD"
DEAD_ONES = "DEAD#"
WHO = "WHO"
EFFECTS = "EFFECT#"
STORY = "STORY#"
KNOWN = "KNOWN#"
HEALTH = "HEALTH"


def customers(customer: str) -> str:
    """Partition key of what must happen elsewhere because of a customer."""
    return f"CUSTOMER#{word(customer)}"


def effect(effect_id: str) -> str:
    """Sort key of an effect."""
    return f"{EFFECTS}{word(effect_id)}"


def effect_line(receiver: str) -> str:
    """Sort key of the line of a customer's effects for a receiver."""
    return f"EFFECTS#{word(receiver)}"


def due_effects(receiver: str) -> str:
    """Index partition of lines of effects for a receiver."""
    return f"DUE#{word(receiver)}"


def dead(effect_id: str) -> str:
    """Partition key of an effect that was given up."""
    return f"{DEAD_ONES}{word(effect_id)}"


def story(at_ms: int, effect_id: str) -> str:
    """Sort key of what happened to a customer; sorts by time."""
    return f"{STORY}{at_ms:013d}#{word(effect_id)}"


def receiver(name: str) -> str:
    """Partition key of what is known of a receiver."""
    return f"RECEIVER#{word(name)}"


def budget(kind: str) -> str:
    """Sort key of when the next request of a kind may leave."""
    return f"BUDGET#{word(kind)}"


# -- the audit trail (calls table) -------------------------------------------------------------

AUDITED = "AT#"


def audit(day: str) -> str:
    """Partition key of what was done on a day, YYYY-MM-DD."""
    return f"AUDIT#{day}"


def audited(at_ms: int, entry_id: str) -> str:
    """Sort key of one thing that was done; sorts by time."""
    return f"{AUDITED}{at_ms:013d}#{word(entry_id)}"


# -- the operators' page (calls table) ---------------------------------------------------------

LOGIN_TRIES = "TRIES"
LOOKING = "LOOKING"


ANYBODY_LOOKS = "LOOKING"  # partition key of when anybody's page last asked


def looking(name: str) -> str:
    """Partition key of when somebody's page last asked, by the name of theirs."""
    return f"LOOKING#{word(name)}"


def login(mark: str) -> str:
    """Partition key of the tries of tokens from an address, by its mark."""
    return f"LOGIN#{word(mark)}"


# -- figures (calls table) ---------------------------------------------------------------------

CAUSES = "CAUSES"  # partition of what somebody is told of
COUNTED = "COUNTED"
KEPT_OF_FORGOTTEN = frozenset({FORGOTTEN, COUNTED})  # of a call whose customer was forgotten
TO_COUNT = "TO_COUNT"  # partition of effects-by-due-time
HOURS, DAYS, LENGTHS, WORST = "HOUR#", "DAY#", "LENGTHS#", "WORST#"


def figures(of: str) -> str:
    """Partition key of roll-ups: hours of a day, YYYY-MM-DD, or days of a month, YYYY-MM."""
    return f"FIGURES#{of}"


def roll_up(of: str, department: str, campaign: str) -> str:
    """Sort key of a roll-up, of `HOUR#<hh>` or `DAY#<dd>`; sorts by time."""
    return f"{of}#{word(department)}#{word(campaign)}"


DAY_BOOK, LEAVES = "DAY_BOOK#", "LEAF#"


def day_book(month: str) -> str:
    """Partition key of the leaves of a month, YYYY-MM."""
    return f"{DAY_BOOK}{month}"


def leaf(since_ms: int) -> str:
    """Sort key of a leaf; sorts by time."""
    return f"{LEAVES}{since_ms:013d}"


CAMPAIGN = "CAMPAIGN"
SNAPSHOT = "SNAPSHOT"
PLAN = "PLAN"
PERMISSION = "PERMISSION"
REST = "REST"
NOTE = "NOTE"
PLANNER = "PLANNER"
RUNNING = "RUNNING"
OPEN_LISTS = "LISTS"
FAILED_LISTS = "FAILED_LISTS"
LISTED = "CAMPAIGNS"
CAMPAIGNS = "CAMPAIGN#"
CONTACT = "CONTACT#"
IMPORT = "IMPORT#"
PERSON = "PERSON#"
CALLERS, FORGOTTEN_ONES, LINES = "CALLER#", "FORGOTTEN#", "LINES#"


def campaign(campaign_id: str) -> str:
    """Partition key of a campaign and all that belongs to it."""
    return f"{CAMPAIGNS}{word(campaign_id)}"


def count(shard: int) -> str:
    """Sort key of one part of a campaign's figures."""
    return f"COUNT#{shard:02d}"


def tally(bucket: int) -> str:
    """Sort key of the outcomes of five minutes; sorts by time."""
    return f"TALLY#{bucket:09d}"


def contact(contact_id: str) -> str:
    """Sort key of a contact."""
    return f"{CONTACT}{word(contact_id)}"


def contact_import(import_id: str) -> str:
    """Sort key of an import."""
    return f"{IMPORT}{word(import_id)}"


def job(job_id: str) -> str:
    """Sort key of a preview or an export."""
    return f"JOB#{word(job_id)}"


def person(number: str) -> str:
    """Partition key of what is kept of a person, by E.164."""
    return f"{PERSON}{word(number)}"


def forgotten(mark: str) -> str:
    """Partition key of a person who was forgotten, by a keyed digest of the number."""
    return f"{FORGOTTEN_ONES}{word(mark)}"


def known_at(crm: str) -> str:
    """Sort key of whose record in a CRM a customer's is."""
    return KNOWN + word(crm)


# A national list is written as fast as the table takes it.
LISTED_SHARDS = 16
NATIONAL = "national-"
COMPLETE = "COMPLETE"


def listed_shard(country: str, number: str) -> str:
    """Index partition of a person on a national list, due at the time their list is of."""
    digest = hashlib.sha256(number.encode("utf-8", "surrogatepass")).digest()
    return listed_shards(country)[digest[0] % LISTED_SHARDS]


def listed_shards(country: str) -> list[str]:
    """Every partition of the index of those on a country's national list."""
    return [f"NATIONAL#{word(country)}#{shard:02d}" for shard in range(LISTED_SHARDS)]


def caller(phone_number_id: str) -> str:
    """Partition key of one of our own numbers."""
    return f"{CALLERS}{word(phone_number_id)}"


LAST_HOUR = 9_999_999  # of the year 3110


def caller_hour(hour: int) -> str:
    """Sort key of what became of a number's calls in an hour since 1970; sorts by time."""
    return f"HOUR#{hour:07d}"


def waiting(campaign_id: str, shard: int) -> str:
    """Index partition of a campaign's waiting contacts."""
    return f"WAIT#{word(campaign_id)}#{shard:02d}"


def urgent(campaign_id: str) -> str:
    """Index partition of a campaign's contacts who are called before the others."""
    return f"URGENT#{word(campaign_id)}"


def check(campaign_id: str) -> str:
    """Index partition of a campaign's contacts whose attempt is to be looked at."""
    return f"CHECK#{word(campaign_id)}"


ATTEMPT, ATTEMPTS = "ATTEMPT", "ATTEMPT#"
CUSTOMER = "CUSTOMER"
LINE_COUNT = "COUNT"
LEASE = "LEASE#"
PACE_LOG = "LOG"
SWITCH = "SWITCH"
DIALING = "DIALING"
ANSWER = "ANSWER"
TURN = "TURN"

# One partition of an index takes a thousand writes a second; eight are more than any account.
OPEN_SHARDS = 8
OPEN = "OPEN"
TO_REPORT = "REPORT"
DOUBTS = "DOUBTS"  # what a person has to look at: attempts by their slot, else by its first failure


def attempt(attempt_id: str) -> str:
    """Partition key of an attempt."""
    return f"{ATTEMPTS}{word(attempt_id)}"


def open_shard(attempt_id: str, listed: str = OPEN) -> str:
    """Index partition of an open attempt: always the same for the same attempt and list."""
    digest = hashlib.sha256(attempt_id.encode("utf-8", "surrogatepass")).digest()
    return f"{listed}#{digest[0] % OPEN_SHARDS}"


def open_shards(*lists: str) -> list[str]:
    """Every partition of the index of open attempts, of these lists or of both."""
    named = lists or (OPEN, TO_REPORT)
    return [f"{listed}#{shard}" for listed in named for shard in range(OPEN_SHARDS)]


def customer(number: str) -> str:
    """Partition key of a customer's telephone, by E.164."""
    return f"CUSTOMER#{word(number)}"


def lines(account: str) -> str:
    """Partition key of the lines of a calling account."""
    return f"{LINES}{word(account)}"


def lease(holder: str) -> str:
    """Sort key of a line in use."""
    return f"{LEASE}{word(holder)}"


def ended(holder: str) -> str:
    """Sort key of the memory that a call is over."""
    return f"ENDED#{word(holder)}"


def pace(account: str) -> str:
    """Partition key of the slot log of a calling account."""
    return f"PACE#{word(account)}"


def trigger(key_digest: str) -> str:
    """Partition key of a stored trigger answer."""
    return f"TRIGGER#{word(key_digest)}"


def trigger_turn(pair_digest: str) -> str:
    """Partition key of the turn of a phone and a campaign."""
    return f"TURN#{word(pair_digest)}"


ASIDE = "ASIDE"


def aside_name(thing: str, of_id: str) -> str:
    """Under which name it is known that one of many failed: plain, whatever its id is."""
    return f"{thing}-{hashlib.sha256(of_id.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def aside(name: str) -> str:
    """Partition key of how often one of many has failed, by `aside_name`."""
    return f"{ASIDE}#{word(name)}"


def word(said: str) -> str:
    """A word from outside as part of a key: itself when short printable ASCII, else its digest.

    The same word gives the same part, and no word can make a key that DynamoDB refuses.
    """
    if said.isascii() and said.isprintable() and 0 < len(said) <= WORD_LIMIT:
        return said
    return "sha256-" + hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


DUE = "due"
VISITS = "VISIT#"


def visit(visit_id: str) -> str:
    """Partition key of a visit in the calls table, and of what is asked about it in dialing."""
    return f"{VISITS}{word(visit_id)}"


def visits_of(number: str) -> str:
    """Partition of by-customer that holds a customer's visits, by E.164; calls stand elsewhere."""
    return f"{VISITS}{word(number)}"


# -- callers offered to people (dialing table) -------------------------------------------------

OFFER = "OFFER#"
OFFERS_DUE = "OFFERS"  # partition of open-by-due-time: offers that somebody has to look at


def offer(offer_id: str) -> str:
    """Sort key of an offer."""
    return f"{OFFER}{word(offer_id)}"


# -- people who take callers (dialing table) ---------------------------------------------------

MESSAGES_LEFT = "MESSAGES"  # partition of follow-ups: visits whose caller left a message
WISHES = "WISHES"  # partition of follow-ups: visits whose caller is to get a person
BREAKS = "BREAKS"  # partition of follow-ups: visits of which nobody has seen if a talk broke off

MESSAGES = "MESSAGES"

TRANSFER_COUNT = "COUNT"


def transfers(day: str) -> str:
    """Partition of what came of the offers of a day, YYYY-MM-DD."""
    return f"TRANSFERS#{day}"


COLLEAGUE = "COLLEAGUE"
COLLEAGUES = "COLLEAGUE#"
PEOPLE_DUE = "PEOPLE"  # partition of open-by-due-time: people whose lease is looked after
PIN_TRIES = "TRIES"


def colleague(person_id: str) -> str:
    """Partition key of what a person of ours does, by the key in people.toml."""
    return f"{COLLEAGUES}{word(person_id)}"


def pin_tries(name: str) -> str:
    """Partition key of the tries at PINs of a number or a person."""
    return f"PIN#{word(name)}"


# -- callers who wait (dialing table) ----------------------------------------------------------

ENTRY = "ENTRY"
ENTRIES = "ENTRY#"
ENTRIES_DUE = "ENTRY"  # list of open-by-due-time: entries that somebody has to look at
BOARD = "BOARD#"


def entry(visit_id: str) -> str:
    """Partition key of a visit's entry in a queue."""
    return f"{ENTRIES}{word(visit_id)}"


KEPT = "KEPT"  # partition of kept places
KEPT_NUMBER, KEPT_FAILED = "NUMBER#", "FAILED#"


def kept_number(e164: str) -> str:
    """Sort key of whose place is kept for a number."""
    return f"{KEPT_NUMBER}{e164}"


def kept_failed(visit_id: str) -> str:
    """Sort key of a kept place that came to nothing."""
    return f"{KEPT_FAILED}{word(visit_id)}"


def queue(department: str) -> str:
    """Partition key of a department's queues."""
    return f"QUEUE#{word(department)}"


def board(waits_for: str) -> str:
    """Sort key of what is known of a queue as a whole."""
    return f"{BOARD}{waits_for}"


def places(waits_for: str) -> str:
    """What the sort keys of those who wait in a queue begin with."""
    return f"PLACE#{waits_for}#"


def place(listed: str, place_key: int, visit_id: str) -> str:
    """Sort key of a visit in a queue, after `places` or OFFER; sorts by place."""
    return f"{listed}{place_key:020d}#{word(visit_id)}"
