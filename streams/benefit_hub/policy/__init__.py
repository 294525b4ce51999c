"""What the law says, as data: packs, and the book that finds a rule by programme, place and month."""
