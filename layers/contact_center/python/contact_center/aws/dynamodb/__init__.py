"""DynamoDB: keys, items, reads and writes, by boto3 and without it."""
