"""What the four processors share: state, incoming and outgoing records, alignment of control copies."""
