"""What is counted of an event: its life from the journal, the facts of it, and the indicators over them. Pure."""
