"""One outside thing a file; its errors turned into ours."""
