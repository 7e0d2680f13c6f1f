"""Cal.com as the calendar that meetings are booked in."""
