"""What is said in a call, what to do next."""
