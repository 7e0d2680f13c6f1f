"""`make reference`: the pages under docs/reference, made of what the code and the template say."""
