"""What everything is counted and named in: money, months, steps of a timeline, ids, refusals, the error tree."""
