"""What is said in a call, what it means, what to do next."""
