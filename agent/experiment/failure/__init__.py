"""Why a launch failed: what its process raised first, whose code that was, what a coder is shown."""
