"""What the law says, as values: packs of dated amounts, programmes and effects, looked up by place, programme and month."""
