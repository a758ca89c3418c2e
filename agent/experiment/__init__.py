"""From an Edit to a Run: launch, cause of a failure, score, prove, verdict."""
