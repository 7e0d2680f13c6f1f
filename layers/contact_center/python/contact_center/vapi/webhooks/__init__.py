"""What Vapi tells us: whose word it is, and what it says, in our own words."""
