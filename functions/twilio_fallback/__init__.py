"""What a caller hears when Twilio's door fails."""
