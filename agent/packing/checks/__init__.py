"""What must be true of a package, one small function each: from its bytes up to the sentences of its paper."""
