"""The times a dial goes by: one place, so that what must be longer than what can be seen."""

from __future__ import annotations

from contact_center.kernel.data_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DialTimings:
    """All in milliseconds (reliability §4 gives the starting figures).

    Attributes:
        function_ms: The dialer's timeout: its process is dead after that.
        lease_margin_ms: A claim outlives its process by this much.
        post_ms: The longest a POST may take.
        ending_ms: What is kept at the end of an invocation to write the outcome down.
        claim_before_ms: The claim is taken this long before the slot, times `patience`.
        connect_ms: The connection is opened this long before the claim.
        clocks_ms: A clock is off by at most this, either way; with lateness_ms it makes up the
            slack of pacing: slack_ms >= 2 * clocks_ms + lateness_ms.
        lateness_ms: A POST leaves at most this long after its slot.
        reserve_lead_ms: A fresh slot is asked for no sooner than this from now, times `patience`.
        reserve_within_ms: And not later than this.
        longest_wait_ms: For a slot further away the job is sent again instead of waited.
        job_early_ms: A job sent again is to come this long before its slot.
        settle_ms: After the lease, how long the provider may take to list a call.
        look_up_every_ms: Between two look-ups of one attempt.
        empty_look_ups: Complete and empty ones before an attempt is settled as unknown.
        failed_look_ups: Failed or incomplete ones before a person is asked.
        stumbles: Failures of its own before an attempt is set aside; between two of them twice
            the time of the last pause passes, from look_up_every_ms to longest_pause_ms.
        max_call_ms: The longest a call may last (the assistant's maxDurationSeconds).
        call_margin_ms: A placed call is asked about when it is this much overdue.
        talk_ms: A call that a customer is in is believed for so long when nobody tells its end.
        send_again_ms: A queued attempt's job is sent again after this.
        job_lost_ms: A job that was sent a moment ago is believed lost after this.
        provider_clock_ms: How far the provider's clock may be behind ours.
        capacity_ms: The wait when every line or the account is full.
        failure_ms: The wait after a connection that failed.
        passing_ms: A reason that another may follow is told to those who plan after this.
    """

    function_ms: int = 30_000
    lease_margin_ms: int = 5_000
    post_ms: int = 10_000
    ending_ms: int = 3_000
    claim_before_ms: int = 300
    connect_ms: int = 500
    clocks_ms: int = 6
    lateness_ms: int = 8
    reserve_lead_ms: int = 400
    reserve_within_ms: int = 20_000
    longest_wait_ms: int = 10_000
    job_early_ms: int = 2_500
    settle_ms: int = 120_000
    look_up_every_ms: int = 60_000
    empty_look_ups: int = 3
    failed_look_ups: int = 10
    stumbles: int = 10
    longest_pause_ms: int = 1_800_000
    max_call_ms: int = 600_000
    call_margin_ms: int = 60_000
    talk_ms: int = 7_200_000
    send_again_ms: int = 300_000
    job_lost_ms: int = 60_000
    provider_clock_ms: int = 60_000
    capacity_ms: int = 15_000
    failure_ms: int = 30_000
    passing_ms: int = 300_000

    def pause_ms(self, failures: int) -> int:
        """How long an attempt is left alone after so many failures of its own."""
        return min(self.look_up_every_ms << min(failures, 16), self.longest_pause_ms)

    @property
    def lease_ms(self) -> int:
        """How long a claim is believed to be at work: longer than its process can live."""
        return self.function_ms + self.lease_margin_ms


MOST_PATIENCE = 5


def patience(posts: int) -> int:
    """How much more time than at first a dial is given before its slot, by the POSTs so far.

    Where everything is slow a claim is not through when its slot comes. Missing it again and
    again would spend slots for nothing, so each time there is more time, up to five times.
    """
    return min(1 + posts, MOST_PATIENCE)
