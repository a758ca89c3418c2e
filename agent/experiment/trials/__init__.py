"""A trial from its launch to what came of it, alone or several side by side: launch → cause or result → proof → score → proof."""
