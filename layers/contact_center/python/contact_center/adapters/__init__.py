"""One outside thing a file; each turns its errors into ours."""
