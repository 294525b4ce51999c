"""Opens schemas, topics and policies, and checks everything against everything."""
