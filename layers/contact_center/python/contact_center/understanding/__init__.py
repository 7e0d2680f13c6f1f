"""What words mean: where a caller wants to go, whether a person is wanted, who is a machine."""
