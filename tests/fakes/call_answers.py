"""What tests ask about a call: little of what the shipped call_outcomes.toml asks."""

from contact_center.records.domain.call_questions import CallQuestions, Question

QUESTIONS = CallQuestions(
    {
        "summary": Question(frozenset(), 600),
        "achieved": Question(
            frozenset({"meeting_booked", "callback_promised", "question_answered", "nothing"}), 200
        ),
        "next_step": Question(frozenset(), 200),
    }
)
