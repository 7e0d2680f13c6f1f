"""What is done when a machine answers: a campaign's wish, and the words for it."""

HANG_UP = "hang_up"
LEAVE_MESSAGE = "leave_message"
VOICEMAIL = (HANG_UP, LEAVE_MESSAGE)
