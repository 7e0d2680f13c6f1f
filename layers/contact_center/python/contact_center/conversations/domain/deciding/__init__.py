"""What is to be done in a call: decided, carried out, and given up when nobody hears of it."""
