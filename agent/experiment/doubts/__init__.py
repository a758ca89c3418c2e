"""What speaks against an edit or a result, told without running anything: before its launch, once to its coder, after it ended."""
