"""Other people's servers: one request over HTTP, and what is known of it afterwards."""
